"""An answer is kept, once; the newest counts; other wording stays as a draft."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from learning import answers
from store.database import Database, Session
from store.errors import Invalid, NotAllowed, NotFound
from store.tables import Answer, Person
from tests.factories import (
    CLIP,
    MODULE,
    PLAN,
    REPORT,
    WORDS,
    Clock,
    a_person,
    a_version,
    an_answer,
    an_exercise,
    asking,
)


def kept(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Answer)) or 0


def newest(session: Session, person: Person, exercise: str = "saw") -> Any:
    return answers.newest_answers(session, person.id, MODULE)[exercise].value


def test_the_same_answer_again_gives_the_same_receipt(session: Session, teacher: Person) -> None:
    first = an_answer(session, teacher, sequence=7)
    again = an_answer(session, teacher, sequence=7)
    assert (again.answer.id, again.kept, kept(session)) == (first.answer.id, "newest", 1)


def test_a_save_asks_the_database_twice(session: Session, teacher: Person) -> None:
    an_answer(session, teacher, sequence=1)
    watch(session, teacher, [0, 1])
    session.expire_all()
    person = session.get_one(Person, teacher.id)
    with asking(session) as asked:
        an_answer(session, person, "saw", "পরের কথা", sequence=2)
    assert len(asked) == 2
    with asking(session) as asked:
        watch(session, person, [1, 2])
    assert len(asked) == 2


def test_another_answer_under_the_same_number_is_refused(session: Session, teacher: Person) -> None:
    an_answer(session, teacher, sequence=7)
    with pytest.raises(NotAllowed) as refused:
        an_answer(session, teacher, "saw", "অন্য কথা", sequence=7)
    assert refused.value.code == "answer-key-reused"


def test_two_people_on_one_phone_never_mix(session: Session, teacher: Person) -> None:
    other = a_person(session)
    an_answer(session, teacher, "saw", "আমার", sequence=7)
    an_answer(session, other, "saw", "তোমার", sequence=7)
    assert (newest(session, teacher), newest(session, other)) == ("আমার", "তোমার")


def test_a_late_draft_does_not_replace_newer_words(
    session: Session, teacher: Person, clock: Clock
) -> None:
    written_on_the_bus = clock.at
    clock.move(hours=2)
    an_answer(session, teacher, "saw", "বাড়িতে লেখা", device="laptop")
    late = an_answer(session, teacher, "saw", "বাসে লেখা", edited_at=written_on_the_bus)
    assert (late.kept, late.newest.value) == ("draft", "বাড়িতে লেখা")
    assert kept(session) == 2


def test_a_wrong_clock_is_corrected_by_when_it_sent(
    session: Session, teacher: Person, clock: Clock
) -> None:
    slow = clock.at - timedelta(days=400)
    an_answer(session, teacher, "saw", "আগের", device="laptop")
    clock.move(minutes=10)
    saved = an_answer(
        session,
        teacher,
        "saw",
        "পরের",
        edited_at=slow,
        sent_at=slow + timedelta(seconds=5),
    )
    assert saved.kept == "newest"
    assert saved.answer.edited_at == clock.at - timedelta(seconds=5)


def test_no_edit_is_in_the_future(session: Session, teacher: Person, clock: Clock) -> None:
    ahead = an_answer(session, teacher, edited_at=clock.at + timedelta(days=3))
    assert ahead.answer.edited_at == clock.at
    clock.move(minutes=1)
    assert an_answer(session, teacher, "saw", "পরে", device="laptop").kept == "newest"


edits = st.lists(
    st.tuples(st.sampled_from(["redmi", "laptop", "tablet"]), st.integers(0, 1000)),
    min_size=1,
    max_size=8,
    unique=True,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edits, st.randoms(use_true_random=False))
def test_the_newest_edit_wins_in_whatever_order_answers_arrive(
    session: Session, teacher: Person, clock: Clock, edits: list[tuple[str, int]], random: Any
) -> None:
    writer = a_person(session)
    begin = clock.move(days=1)
    clock.move(seconds=2000)
    numbered = []
    for device in {device for device, _ in edits}:
        own = sorted(second for name, second in edits if name == device)
        numbered += [(device, number, second) for number, second in enumerate(own)]
    random.shuffle(numbered)
    for device, number, second in numbered:
        an_answer(
            session,
            writer,
            "saw",
            f"{device} {number}",
            device=device,
            sequence=number,
            edited_at=begin + timedelta(seconds=second),
        )
    last = max(second for _, _, second in numbered)
    winners = {f"{device} {number}" for device, number, second in numbered if second == last}
    assert newest(session, writer) in winners


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.permutations(range(5)), st.lists(st.integers(-9999, 9999), min_size=5, max_size=5))
def test_of_one_phone_the_last_wording_wins_whatever_its_clock_did(
    session: Session, teacher: Person, clock: Clock, order: list[int], clocks: list[int]
) -> None:
    writer = a_person(session)
    for sequence in order:
        clock.move(seconds=1)
        an_answer(
            session,
            writer,
            "saw",
            str(sequence),
            sequence=sequence,
            edited_at=clock.at + timedelta(seconds=clocks[sequence]),
        )
    assert newest(session, writer) == "4"


@pytest.mark.parametrize(
    ("exercise", "value"),
    [
        ("saw", None),
        ("saw", {"text": "x"}),
        ("saw", "ক" * 20_001),
        ("saw", "a\x00b"),
        ("wait-time", "z"),
        ("wait-time", ["a"]),
        ("wait-time", {}),
        ("plan", "words"),
        ("plan", {"score": "5"}),
        ("plan", {"decision": "perhaps"}),
    ],
)
def test_an_answer_that_does_not_fit_its_exercise_is_invalid(
    session: Session, teacher: Person, exercise: str, value: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        an_answer(session, teacher, exercise, value)
    assert refused.value.code == "answer-invalid"
    assert kept(session) == 0


@pytest.mark.parametrize(
    ("exercise", "value"),
    [
        ("saw", WORDS),
        ("saw", ""),
        ("wait-time", "b"),
        ("wait-time", None),
        ("plan", PLAN),
        ("plan", REPORT),
    ],
)
def test_an_answer_comes_back_as_it_was_given(
    session: Session, teacher: Person, exercise: str, value: Any
) -> None:
    an_answer(session, teacher, exercise, value)
    session.expire_all()
    assert newest(session, teacher, exercise) == value


@pytest.mark.parametrize(
    "facts",
    [
        {"device": ""},
        {"device": "a" * 65},
        {"device": "../x"},
        {"sequence": -1},
        {"sequence": 2**53 + 1},
    ],
)
def test_an_answer_without_a_proper_number_is_invalid(
    session: Session, teacher: Person, facts: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        an_answer(session, teacher, **facts)


def test_what_is_not_there_is_not_found(session: Session, teacher: Person) -> None:
    for facts in ({"module_key": "x/y"}, {"exercise": "nothing"}):
        with pytest.raises(NotFound):
            an_answer(session, teacher, **facts)  # type: ignore[arg-type]


def test_a_new_version_keeps_every_answer(session: Session, teacher: Person) -> None:
    an_answer(session, teacher, "wait-time", "b")
    a_version(
        session,
        exercises=[
            an_exercise("feeling", "Reflection", {"bn": "অনুভূতি", "en": "Feeling"}, points=1)
        ],
    )
    late = an_answer(session, teacher, "saw", "পুরোনো পাতায় লেখা")
    assert late.kept == "newest"
    assert newest(session, teacher, "wait-time") == "b"


def test_an_acknowledged_answer_survives_a_restart(database: Database, clock: Clock) -> None:
    def save(session: Session) -> answers.Saved:
        a_version(session)
        return an_answer(session, a_person(session))

    saved = database.write(save)
    reopened = Database(database.url)
    with reopened.read() as session:
        found = answers.newest_answers(session, saved.answer.person_id, MODULE)
    reopened.close()
    assert found["saw"].value == WORDS


# ---------------------------------------------------------------- clips


def watch(session: Session, person: Person, *stretches: list[float], at: float = 0) -> Any:
    answers.save_clip_watch(session, person, MODULE, CLIP, stretches, at)
    return answers.clips_of(session, person.id, MODULE)[CLIP]


def test_seconds_watched_twice_count_once(session: Session, teacher: Person, clock: Clock) -> None:
    watch(session, teacher, [0, 30])
    clock.move(seconds=40)
    again = watch(session, teacher, [10, 40], [20, 35], at=40)
    assert again == {"ranges": [[0, 40]], "position": 40, "seconds": 40}


def test_nobody_watches_faster_than_time_allows(
    session: Session, teacher: Person, clock: Clock
) -> None:
    watch(session, teacher, [0, 10])
    clock.move(seconds=10)
    assert watch(session, teacher, [0, 95])["seconds"] == 10 + 25
    assert watch(session, teacher, [0, 95])["seconds"] == 35
    clock.move(minutes=5)
    assert watch(session, teacher, [0, 95])["seconds"] == 95


def test_nothing_outside_the_clip_counts(session: Session, teacher: Person) -> None:
    seen = watch(session, teacher, [-50, 5], [90, 5000], at=5000)
    assert seen == {"ranges": [[0, 5], [90, 95]], "position": 95, "seconds": 10}


def test_a_clip_of_another_module_is_not_found(session: Session, teacher: Person) -> None:
    with pytest.raises(NotFound):
        answers.save_clip_watch(session, teacher, MODULE, "0" * 64, [[0, 1]], 0)
