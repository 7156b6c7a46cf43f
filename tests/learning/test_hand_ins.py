"""Handing in: a snapshot, a receipt, rounds, several people, taking back."""

from datetime import timedelta

import pytest

from learning import hand_ins
from learning.hand_ins import AutoScore
from store import clock as store_clock
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.queries import hand_ins as queries
from store.tables import HandIn, Mark, Person
from tests.factories import (
    MODULE,
    OTHER_SCHOOL,
    PLAN,
    WORDS,
    Clock,
    a_hand_in,
    a_person,
    a_version,
    an_answer,
    an_exercise,
)


@pytest.fixture
def teacher(session: Session, teacher: Person) -> Person:
    an_answer(session, teacher)
    an_answer(session, teacher, "wait-time", "b")
    return teacher


def handed_values(session: Session, record: HandIn) -> dict[str, object]:
    kept = queries.answers_of(session, [record.number])[record.number]
    return {name: answer.value for name, answer in kept.items()}


def mark(session: Session, record: HandIn, *, released: bool = True, score: float = 2.0) -> None:
    evaluator = a_person(session, role="evaluator")
    at = store_clock.now()
    session.add(
        Mark(
            hand_in_number=record.number,
            exercise="saw",
            marker_id=evaluator.id,
            levels={},
            comment="সুন্দর",
            score=score,
            maximum=3.0,
            marked_at=at,
            released_at=at if released else None,
        )
    )
    session.flush()


def give_back(session: Session, record: HandIn) -> None:
    hand_ins.mark_autograded(session, record.number, [AutoScore("wait-time", 2.0, 2.0)])
    mark(session, record)
    hand_ins.mark_returned(session, record.number)


def refused(session: Session, person: Person, **facts: object) -> str:
    with pytest.raises((NotAllowed, Invalid, NotFound)) as error:
        a_hand_in(session, person, **facts)
    return error.value.code


def test_a_hand_in_is_what_was_written_then(session: Session, teacher: Person) -> None:
    record = a_hand_in(session, teacher)
    an_answer(session, teacher, "saw", "পরে বদলেছি")
    assert handed_values(session, record) == {"saw": WORDS, "wait-time": "b", "plan": None}
    assert (record.state, record.round, record.number > 0) == ("waiting", 1, True)


def test_a_second_tap_gives_the_same_receipt(session: Session, teacher: Person) -> None:
    first = a_hand_in(session, teacher, key="tap")
    assert a_hand_in(session, teacher, key="tap").number == first.number


def test_nothing_is_handed_in_twice_at_once(session: Session, teacher: Person) -> None:
    a_hand_in(session, teacher)
    assert refused(session, teacher) == "already-handed-in"


def test_nothing_answered_is_nothing_to_hand_in(session: Session, teacher: Person) -> None:
    newcomer = a_person(session)
    an_answer(session, newcomer, "saw", "  ")
    assert refused(session, newcomer) == "nothing-answered"
    assert refused(session, teacher, module_key="x/y") == "module-not-found"
    assert refused(session, teacher, key="") == "hand-in-invalid"


def test_a_returned_hand_in_opens_the_next_round(session: Session, teacher: Person) -> None:
    give_back(session, a_hand_in(session, teacher))
    an_answer(session, teacher, "plan", PLAN)
    second = a_hand_in(session, teacher)
    assert second.round == 2
    assert handed_values(session, second)["plan"] == PLAN
    assert [r.round for r in hand_ins.hand_ins_of(session, teacher.id, MODULE)] == [2, 1]


def test_people_hand_in_together_and_each_has_the_receipt(
    session: Session, teacher: Person
) -> None:
    colleague = a_person(session)
    record = a_hand_in(session, teacher, together=[colleague.id, teacher.id, colleague.id])
    for person in (teacher, colleague):
        assert hand_ins.hand_ins_of(session, person.id, MODULE) == [record]
    receipt = hand_ins.describe(session, colleague.id, [record], "bn")[0]
    assert {who["id"] for who in receipt["people"]} == {teacher.id, colleague.id}
    assert receipt["handed_by"] == teacher.id


def test_only_colleagues_hand_in_together(session: Session, teacher: Person) -> None:
    stranger = a_person(session, school=OTHER_SCHOOL, cohort=None)
    assert refused(session, teacher, together=[stranger.id]) == "not-a-colleague"
    assert refused(session, teacher, together=["nobody"]) == "not-a-colleague"


def test_a_colleague_who_waits_for_marks_is_named(session: Session, teacher: Person) -> None:
    colleague = a_person(session, display_name="জ্যোৎস্না, রানী")
    an_answer(session, colleague)
    a_hand_in(session, colleague)
    with pytest.raises(NotAllowed) as error:
        a_hand_in(session, teacher, together=[colleague.id])
    assert error.value.code == "colleague-already-handed-in"
    assert error.value.facts == {"name": "জ্যোৎস্না, রানী"}


def test_any_of_its_people_may_take_it_back(session: Session, teacher: Person) -> None:
    colleague, stranger = a_person(session), a_person(session)
    record = a_hand_in(session, teacher, together=[colleague.id])
    with pytest.raises(NotFound):
        hand_ins.take_back(session, stranger, record.number)
    assert hand_ins.take_back(session, colleague, record.number).state == "taken-back"
    assert hand_ins.take_back(session, teacher, record.number).state == "taken-back"
    assert a_hand_in(session, teacher).round == 1


def test_what_is_being_marked_cannot_be_taken_back(session: Session, teacher: Person) -> None:
    record = a_hand_in(session, teacher)
    hand_ins.mark_autograded(session, record.number, [])
    assert hand_ins.describe(session, teacher.id, [record], "bn")[0]["can_take_back"]
    mark(session, record, released=False)
    assert not hand_ins.describe(session, teacher.id, [record], "bn")[0]["can_take_back"]
    with pytest.raises(NotAllowed) as error:
        hand_ins.take_back(session, teacher, record.number)
    assert error.value.code == "hand-in-closed"


def test_scores_that_come_too_late_change_nothing(session: Session, teacher: Person) -> None:
    record = a_hand_in(session, teacher)
    hand_ins.take_back(session, teacher, record.number)
    hand_ins.mark_autograded(session, record.number, [AutoScore("wait-time", 2.0, 2.0)])
    hand_ins.mark_failed(session, record.number, "timeout")
    assert record.state == "taken-back"
    assert queries.scores_of(session, [record.number]) == {}
    for change in (hand_ins.retry, hand_ins.mark_returned):
        with pytest.raises(NotAllowed):
            change(session, record.number)


def test_a_failed_run_can_be_repeated_and_scores_stand_once(
    session: Session, teacher: Person
) -> None:
    record = a_hand_in(session, teacher)
    hand_ins.mark_failed(session, record.number, "timeout")
    assert (record.state, record.failure) == ("failed", "timeout")
    assert refused(session, teacher) == "already-handed-in"
    hand_ins.retry(session, record.number)
    for score in (0.0, 2.0):
        hand_ins.mark_autograded(session, record.number, [AutoScore("wait-time", score, 2.0)])
    kept = queries.scores_of(session, [record.number])[record.number]
    assert {name: row.score for name, row in kept.items()} == {"wait-time": 2.0}
    assert (record.state, record.failure, record.attempts) == ("to-mark", None, 3)


def test_the_sweep_finds_what_nobody_took_up(
    session: Session, teacher: Person, clock: Clock
) -> None:
    record = a_hand_in(session, teacher)
    assert hand_ins.waiting(session, clock.at - timedelta(seconds=1), 5) == []
    clock.move(minutes=1)
    assert hand_ins.waiting(session, clock.at - timedelta(seconds=1), 5) == [record]


def test_no_points_are_told_before_the_return(session: Session, teacher: Person) -> None:
    record = a_hand_in(session, teacher)
    hand_ins.mark_autograded(session, record.number, [AutoScore("wait-time", 2.0, 2.0)])
    mark(session, record, released=False)
    assert hand_ins.describe(session, teacher.id, [record], "bn")[0]["score"] is None


def test_a_receipt_says_what_went_in_the_readers_language(
    session: Session, teacher: Person
) -> None:
    record = a_hand_in(session, teacher)
    give_back(session, record)
    mark(session, record, released=False, score=0.0)
    receipt = hand_ins.describe(session, teacher.id, [record], "en")[0]
    assert receipt["answers"] == [
        {"exercise": "saw", "title": "What you saw", "answered": True},
        {"exercise": "wait-time", "title": "How long to wait", "answered": True},
        {"exercise": "plan", "title": "My plan", "answered": False},
    ]
    assert (receipt["answered"], receipt["exercises"]) == (2, 3)
    assert (receipt["score"], receipt["maximum"], receipt["state"]) == (4.0, 10.0, "returned")


def test_an_answer_that_fits_no_more_counts_as_missing(session: Session, teacher: Person) -> None:
    changed = an_exercise(
        "wait-time",
        "Choice",
        {"bn": "কতক্ষণ", "en": "How long"},
        kind="quiz",
        points=2,
        options={"1": "এক", "2": "দুই"},
    )
    reflection = an_exercise("saw", "Reflection", {"bn": "কী", "en": "What"}, points=1)
    a_version(session, exercises=[reflection, changed])
    assert handed_values(session, a_hand_in(session, teacher)) == {"saw": WORDS, "wait-time": None}
