"""The library with 100,000 posts on SQLite, beside a plain LIKE over the same posts.

Processor time of one page of 20 with its count, and described for its reader: the median of the
runs, in milliseconds. The plain way is what one writes first: `LIKE '%word%'` over the bodies,
newest first, with its count and the same description of what it found.
"""

import random
import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import thread_time
from typing import Any

from sqlalchemy import func, insert, select

from bench.rows import Row
from sharing import library, posts, shelf
from store.database import Database, Session
from store.queries import library as queries
from store.schema import upgrade
from store.search import stems, words_of
from store.tables import Answer, LibraryEntry, Person, Post
from tests.factories import MODULE, a_person, a_version, an_answer

POSTS = 100_000
AUTHORS = 500
RUNS = 15
COMMON, RARE = "শ্রেণির", "জাফলং"
# the words of teachers' reflections, each as often as its place in the list is low
WORDS = (  # noqa: SIM905 - sentences read better than a list
    "শিক্ষার্থীরা শ্রেণিতে জোড়ায় কথা বলেছে প্রশ্ন করার পর অপেক্ষা করেছি সবাই উত্তর দিয়েছে দলে কাজ "
    "মেয়েরা ছেলেরা পেছনের বেঞ্চে গণিত বাংলা ইংরেজি পাঠ পৃষ্ঠা খাতায় লিখে দেখিয়েছে বোর্ডে ছবি আঁকা গল্প "
    "তৃতীয় চতুর্থ পঞ্চম শ্রেণির শিক্ষার্থীদের ৬০ জনের ক্লাসে সময় কম ছিল পরের দিন আবার করব সহকর্মীকে বলেছি "
    "ভগ্নাংশ যোগ বিয়োগ নামতা কবিতা ছড়া বিজ্ঞান পরিবেশ মাটি পানি গাছ খেলা হাততালি চুপ লাজুক সাহস আনন্দ"
).split()


def measure() -> list[Row]:
    """Fill a library, then time the ways to look through it."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'library.sqlite'}"
        upgrade(url)
        database = Database(url)
        try:
            reader = database.write(_fill)
            return _rows(database, reader)
        finally:
            database.close()


def _rows(database: Database, reader: Person) -> list[Row]:
    def ours(**wish: Any) -> float:
        return _milliseconds(database, partial(library.find, person=reader, **wish))

    def theirs(word: str) -> float:
        return _milliseconds(database, partial(_plain, person=reader, word=word))

    return [
        Row("newest", ours(), theirs(""), "ms of CPU"),
        Row("most useful", ours(order="useful"), None, "ms of CPU"),
        Row("one district", ours(district="ভোলা"), None, "ms of CPU"),
        Row("search, a word that most have", ours(words=COMMON), theirs(COMMON), "ms of CPU"),
        Row("the same, most useful", ours(words=COMMON, order="useful"), None, "ms of CPU"),
        Row("search, a word that few have", ours(words=RARE), theirs(RARE), "ms of CPU"),
        Row("search, while typing two words", ours(words=f"{COMMON} গণি"), None, "ms of CPU"),
    ]


def _milliseconds(database: Database, find: Callable[[Session], object]) -> float:
    times = []
    for _ in range(RUNS):
        with database.read() as session:
            began = thread_time()
            find(session)
            times.append((thread_time() - began) * 1000)
    return statistics.median(times)


def _plain(session: Session, person: Person, word: str) -> None:
    visible = [Post.audience == "everyone", Post.withdrawn_at.is_(None)]
    if word:
        visible.append(func.json_extract(Post.body, "$.value").like(f"%{word}%"))
    query = select(Post).where(*visible).order_by(Post.shared_at.desc(), Post.id).limit(20)
    posts.describe(session, person, list(session.scalars(query)))
    session.scalar(select(func.count()).select_from(Post).where(*visible))


def _fill(session: Session) -> Person:
    """100,000 posts for everyone, of 500 authors in four districts."""
    chance = random.Random(60)  # noqa: S311 - the same posts at every run
    version = a_version(session)
    places = [("চরফ্যাশন স. প্রা. বি.", "চরফ্যাশন", name) for name in ("ভোলা", "ঢাকা", "সিলেট", "বগুড়া")]
    authors = [a_person(session, school=places[number % 4]) for number in range(AUTHORS)]
    an_answer(session, authors[0])
    answer = session.scalars(select(Answer)).one()
    began, weights = datetime(2026, 1, 1, tzinfo=UTC), [1 / (n + 3) for n in range(len(WORDS))]
    rows, entries = [], []
    for number in range(POSTS):
        author, at = authors[number % AUTHORS], began + timedelta(minutes=number)
        words = " ".join(chance.choices(WORDS, weights, k=40))
        words += f" {RARE}" if number % 2000 == 0 else ""
        rows.append(_post(number, author, answer, words, at))
        stars = [
            0,
            chance.randrange(3),
            chance.randrange(3),
            chance.randrange(9),
            chance.randrange(9),
        ]
        entries.append(
            {
                "number": round(at.timestamp() * 1_000_000),
                "post_id": rows[-1]["id"],
                "course": version.module.partition("/")[0],
                "module": version.module,
                "kind": "reflection",
                "district": author.school.district if author.school else None,
                "ratings": sum(stars),
                "usefulness": shelf.usefulness(stars),
            }
        )
        known = words_of(words)
        queries.keep_words(
            session, entries[-1]["number"], known, {s for w in known for s in stems(w)}
        )
    session.execute(insert(Post), rows)
    session.execute(insert(LibraryEntry), entries)
    return authors[0]


def _post(number: int, author: Person, answer: Answer, words: str, at: datetime) -> dict[str, Any]:
    return {
        "id": f"{number:032x}",
        "person_id": author.id,
        "module": MODULE,
        "exercise": "saw",
        "answer_id": answer.id,
        "body": {"kind": "reflection", "value": words},
        "excerpt": words[:160],
        "audience": "everyone",
        "consented_at": at,
        "licence": "CC BY 4.0",
        "device_at": at,
        "shared_at": at,
    }
