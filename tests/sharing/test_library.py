"""The library finds what was shared with everyone, however it is spelt, on both databases."""

from typing import Any

import pytest

from sharing import library, posts, ratings, shelf, views
from store.database import Session
from store.errors import Invalid
from store.queries import library as queries
from store.tables import Person, Post
from tests.factories import MODULE, OTHER_SCHOOL, REPORT, Clock, a_person, a_version, an_answer

WORDS = "তৃতীয় শ্রেণির ৬০ জন শিক্ষার্থীকে জোড়ায় বসিয়েছি; র‍্যাঙ্ক, উদ্বৃত্ত, দুঃখ।"


@pytest.fixture
def reader(session: Session) -> Person:
    a_version(session)
    return a_person(session)


def shared(session: Session, clock: Clock, value: Any = WORDS, **person: Any) -> Post:
    """Somebody new shares these words with everyone, a minute later than the last."""
    clock.move(minutes=1)
    author = a_person(session, **person)
    exercise = "plan" if isinstance(value, dict) else "saw"
    an_answer(session, author, exercise, value)
    return posts.share(
        session,
        person=author,
        module_key=MODULE,
        exercise=exercise,
        audience="everyone",
        consent=True,
        device_at=clock.at,
    )


def rate(session: Session, clock: Clock, post: Post, *stars: int) -> None:
    for count in stars:
        person = a_person(session)
        view = views.look(session, person=person, post_id=post.id, shown_seconds=0)
        view.looked_at = clock.at
        session.flush()
        ratings.rate(session, person=person, post_id=post.id, stars=count, device_at=clock.at)


def found(session: Session, reader: Person, words: str = "", **wish: Any) -> list[str]:
    return [post["id"] for post in library.find(session, reader, words=words, **wish)["posts"]]


@pytest.mark.parametrize(
    "words",
    [
        "শ্রেণি",
        "শ্রেণিতে",
        "শ্রেণী",  # as it was spelt before
        "শ্রে",  # while typing
        "60",
        "৬০ জনের",
        "জোড়ায়",
        "জো\u09a1\u09bcা",  # ড় in two codes
        "র্যাঙ্ক",  # without its joiner
        "উদ্বৃত্তের",
        "শিক্ষার্থীদের শ্রেণিতে",
        "ঢাকার",  # the author's district
        "pair TALKS",  # the module's English title
    ],
)
def test_a_word_is_found_in_any_spelling_and_with_any_ending(
    session: Session, reader: Person, clock: Clock, words: str
) -> None:
    post = shared(session, clock, school=OTHER_SCHOOL)
    assert found(session, reader, words) == [post.id]


@pytest.mark.parametrize("words", ["পঞ্চম", "শ্রেণি পঞ্চম", "ণির", "দ্ধ", '" OR *', "শ্রেণি' & !x"])
def test_what_is_not_there_is_not_found(
    session: Session, reader: Person, clock: Clock, words: str
) -> None:
    shared(session, clock)
    assert found(session, reader, words) in ([], found(session, reader, "শ্রেণি x"))


def test_a_question_without_a_word_asks_for_everything(
    session: Session, reader: Person, clock: Clock
) -> None:
    post = shared(session, clock)
    for words in ("", " । “ ” ", "\u200d"):
        answer = library.find(session, reader, words=words, order="match")
        assert [each["id"] for each in answer["posts"]] == [post.id]
        assert answer["order"] == "newest"


def test_words_as_typed_come_before_their_kin_and_new_before_old(
    session: Session, reader: Person, clock: Clock
) -> None:
    old = shared(session, clock, "শ্রেণিতে জোড়ায় কথা")
    kin = shared(session, clock, "আমার শ্রেণি")
    new = shared(session, clock, "শ্রেণিতে দলে কাজ")
    assert found(session, reader, "শ্রেণিতে") == [new.id, old.id, kin.id]


def test_only_what_everyone_may_see_stands_in_the_library(
    session: Session, reader: Person, clock: Clock
) -> None:
    post = shared(session, clock)
    author = session.get_one(Person, post.person_id)
    posts.withdraw(session, author, post.id)
    assert found(session, reader) == found(session, reader, "শ্রেণি") == []
    posts.restore(session, author, post.id)
    assert found(session, reader) == found(session, reader, "শ্রেণি") == [post.id]
    an_answer(session, author, "saw", "নতুন লেখা")
    clock.move(minutes=1)
    again: dict[str, Any] = {"person": author, "module_key": MODULE, "exercise": "saw"}
    within = posts.share(session, **again, audience="cohort", consent=True, device_at=clock.at)
    assert found(session, reader) == []
    posts.restore(session, author, post.id)
    assert found(session, reader) == [post.id]
    assert within.withdrawn_at is not None, "of one exercise one wording is shared at a time"


def test_filters_and_their_choices(session: Session, reader: Person, clock: Clock) -> None:
    near = shared(session, clock)
    report = shared(session, clock, REPORT, school=OTHER_SCHOOL)
    shared(session, clock, "কোথাও নেই", school=None)
    assert found(session, reader, district="ঢাকা") == [report.id]
    assert found(session, reader, kind="report", course="active-learning") == [report.id]
    assert found(session, reader, course="active-learning", module="other") == []
    assert found(session, reader, "শ্রেণি", kind="reflection") == [near.id]
    choices = library.filters(session, "en")
    assert choices["districts"] == ["ঢাকা", "ময়মনসিংহ"]
    assert choices["modules"][0]["title"] == "Pair talk"


def test_many_good_ratings_come_before_a_perfect_pair_and_none_last(
    session: Session, reader: Person, clock: Clock
) -> None:
    many, pair, poor, none = (shared(session, clock) for _ in range(4))
    rate(session, clock, many, 5, 4, 4, 5, 4, 3, 5)
    rate(session, clock, pair, 5, 5)
    rate(session, clock, poor, 1, 2, 1)
    useful = found(session, reader, order="useful")
    assert useful[:2] == [many.id, pair.id]
    assert set(useful[2:]) == {poor.id, none.id}
    assert found(session, reader, order="unrated") == [none.id]


def test_pages_follow_each_other_while_others_share(
    session: Session, reader: Person, clock: Clock
) -> None:
    wanted = [shared(session, clock).id for _ in range(5)][::-1]
    for order in ("newest", "match", "useful"):
        first = library.find(session, reader, words="শ্রেণি", order=order, limit=2)
        assert first["count"] == 5
        late = shared(session, clock)
        second = library.find(
            session, reader, words="শ্রেণি", order=order, limit=9, after=first["next"]
        )
        ids = [each["id"] for each in first["posts"] + second["posts"]]
        assert ids == wanted, order
        assert (second["next"], second["count"]) == (None, None)
        posts.withdraw(session, session.get_one(Person, late.person_id), late.id)


@pytest.mark.parametrize("after", ["", "x", "1.0", "1_2_3", "9e999_1", "0.0_" + "9" * 19])
def test_a_place_that_is_none_is_refused(session: Session, reader: Person, after: str) -> None:
    with pytest.raises(Invalid):
        library.find(session, reader, after=after)


def test_what_was_shared_before_there_was_a_library_is_put_into_it(
    session: Session, reader: Person, clock: Clock
) -> None:
    post = shared(session, clock)
    entry = queries.find_entry(session, post.id)
    assert entry is not None
    queries.drop(session, entry)
    assert found(session, reader) == []
    assert (shelf.fill(session), shelf.fill(session)) == (1, 0)
    assert found(session, reader, "শ্রেণি") == [post.id]
