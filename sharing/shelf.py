"""What stands in the library, and under which words: kept with the post, in one transaction.

A post stands there while it is for everyone, not withdrawn and not hidden. Its words are its own
wording, its module's titles, its author's name, school and place. How useful it is follows one
rule, `usefulness`.
"""

import math
from collections.abc import Collection, Iterator, Sequence

from publishing.texts import LANGUAGES, in_language
from sharing.wordings import kind_of, texts_of
from store import search
from store.database import Session
from store.queries import library as queries
from store.queries import modules
from store.queries import posts as post_queries
from store.tables import LibraryEntry, Person, Post

USEFUL_STARS = 4
CONFIDENCE = 1.645  # the lower end of a 90 % interval


def usefulness(counts: Sequence[int]) -> float:
    """How sure we may be that a reader finds it useful, from 0 to 1, by counts of 1 to 5 stars.

    The lower bound of Wilson's interval (1927) for the share of readers who gave 4 or 5 stars:
    two readers who agree weigh less than forty of whom five do not.

    >>> round(usefulness([0, 0, 0, 0, 2]), 2), round(usefulness([0, 0, 5, 20, 15]), 2)
    (0.42, 0.77)
    """
    people, useful = sum(counts), sum(counts[USEFUL_STARS - 1 :])
    if not people:
        return 0.0
    share, doubt = useful / people, CONFIDENCE**2 / people
    spread = math.sqrt(doubt * share * (1 - share) + doubt**2 / 4)
    return (share + doubt / 2 - spread) / (1 + doubt)


def star_counts(session: Session, post_ids: Collection[str]) -> dict[str, list[int]]:
    """By post: how many people gave one, two, ... five stars."""
    counts = {post_id: [0, 0, 0, 0, 0] for post_id in post_ids}
    for post_id, stars, people in post_queries.star_counts(session, post_ids):
        counts[post_id][stars - 1] = people
    return counts


def refresh(session: Session, post: Post) -> None:
    """Put a post into the library, or take it out, as it now is; harmless to repeat."""
    entry = queries.find_entry(session, post.id)
    if entry is not None:
        queries.drop(session, entry)
    if post.audience != "everyone" or post.withdrawn_at or post.hidden_at:
        return
    author = session.get_one(Person, post.person_id)
    number = queries.free_number(session, round(post.shared_at.timestamp() * 1_000_000))
    counts = star_counts(session, [post.id])[post.id]
    session.add(
        LibraryEntry(
            number=number,
            post_id=post.id,
            course=post.module.partition("/")[0],
            module=post.module,
            kind=kind_of(post.body["value"]),
            district=author.school.district if author.school else None,
            ratings=sum(counts),
            usefulness=usefulness(counts),
        )
    )
    session.flush()
    words = search.words_of(" ".join(_texts(session, post, author)))
    queries.keep_words(session, number, words, {s for word in words for s in search.stems(word)})


def count_ratings(session: Session, post_id: str) -> None:
    """Let a rating that was just given count in the library's order."""
    entry = queries.find_entry(session, post_id)
    if entry is not None:
        counts = star_counts(session, [post_id])[post_id]
        entry.ratings, entry.usefulness = sum(counts), usefulness(counts)
        session.flush()


def fill(session: Session) -> int:
    """Put what is missing into the library, as after an upgrade; return how many were."""
    missing = queries.missing(session)
    for post in missing:
        refresh(session, post)
    return len(missing)


def _texts(session: Session, post: Post, author: Person) -> Iterator[str]:
    yield from texts_of(post.body["value"])
    for title in modules.titles(session, {post.module}).values():
        yield from dict.fromkeys(in_language(title, language) for language in LANGUAGES)  # type: ignore[arg-type]
    yield author.display_name
    if author.school:
        yield from (author.school.name, author.school.upazila, author.school.district)
