"""What a trainer reads first agrees with what teachers did; small groups stay unseen."""

from typing import Any

import pytest

from learning import cohorts, hand_ins, people, reports
from learning.reports import Report
from store.database import Session
from store.errors import NotFound
from store.tables import Mark, Person
from tests.factories import MODULE, PLAN, REPORT, Clock, a_hand_in, a_person, a_version, an_answer

AUTO = [
    hand_ins.AutoScore("wait-time", 2.0, 2.0),
    hand_ins.AutoScore("saw", 0.0, 3.0, needs_mark=True),
    hand_ins.AutoScore("plan", 0.0, 5.0, needs_mark=True),
]


@pytest.fixture
def teacher(session: Session) -> Person:
    a_version(session)
    return a_person(session)


def report_on(session: Session, person: Person) -> Report:
    return reports.cohort_report(session, cohorts.cohorts_of(session, person.id)[0].id)


def reasons(session: Session, person: Person) -> list[tuple[str, int]]:
    return [(each.reason, each.days) for each in report_on(session, person).stuck]


def return_it(session: Session, person: Person, number: int, points: float) -> None:
    """Mark both exercises and give the hand-in back."""
    hand_ins.mark_autograded(session, number, AUTO)
    for exercise, maximum in (("saw", 3.0), ("plan", 5.0)):
        session.add(
            Mark(
                hand_in_number=number,
                exercise=exercise,
                marker_id=person.id,
                levels={},
                comment="",
                score=points,
                maximum=maximum,
                marked_at=hand_ins.clock.now(),
                released_at=hand_ins.clock.now(),
            )
        )
    session.flush()
    hand_ins.mark_returned(session, number)


def test_nobody_is_stuck_on_the_first_days(session: Session, teacher: Person, clock: Clock) -> None:
    assert reasons(session, teacher) == []
    clock.move(days=6)
    an_answer(session, teacher)
    clock.move(days=6)
    assert reasons(session, teacher) == []


def test_who_joined_and_never_began_is_stuck_once(
    session: Session, teacher: Person, clock: Clock
) -> None:
    a_version(session, "active-learning/asking")
    clock.move(days=9)
    assert reasons(session, teacher) == [("not-started", 9)]


def test_who_began_and_went_quiet_is_stuck(session: Session, teacher: Person, clock: Clock) -> None:
    an_answer(session, teacher)
    clock.move(days=7)
    assert reasons(session, teacher) == [("quiet", 7)]


def test_a_plan_whose_day_has_passed_asks_how_it_went(
    session: Session, teacher: Person, clock: Clock
) -> None:
    an_answer(session, teacher, "plan", {**PLAN, "date": "২০২৬-১১-২৩"})
    clock.move(days=4)
    assert reasons(session, teacher) == [("plan-passed", 2)]
    an_answer(session, teacher, "plan", REPORT)
    assert reasons(session, teacher) == []


def test_a_plan_that_lies_ahead_is_no_silence(
    session: Session, teacher: Person, clock: Clock
) -> None:
    an_answer(session, teacher, "plan", {**PLAN, "date": "2026-12-24"})
    clock.move(days=14)
    assert reasons(session, teacher) == []


def test_a_hand_in_that_could_not_be_checked_is_named_by_its_number(
    session: Session, teacher: Person, clock: Clock
) -> None:
    an_answer(session, teacher)
    number = a_hand_in(session, teacher).number
    hand_ins.mark_failed(session, number, "too-slow")
    clock.move(days=1)
    (stuck,) = report_on(session, teacher).stuck
    assert (stuck.reason, stuck.days, stuck.number) == ("hand-in-failed", 1, number)


@pytest.mark.parametrize(("points", "expected"), [(1.0, [("not-revised", 8)]), (3.0, [])])
def test_a_weak_hand_in_that_came_back_waits_for_another_round(
    session: Session, teacher: Person, clock: Clock, points: float, expected: list[Any]
) -> None:
    an_answer(session, teacher)
    number = a_hand_in(session, teacher).number
    return_it(session, a_person(session, role="evaluator", cohort=None), number, points)
    clock.move(days=8)
    assert reasons(session, teacher) == expected
    an_answer(session, teacher, value="এবার আরও ভালো করে দেখলাম")
    assert reasons(session, teacher) == []


def test_a_hand_in_of_two_counts_for_both(session: Session, teacher: Person) -> None:
    mate = a_person(session, display_name="কাকলী")
    an_answer(session, teacher, "plan", REPORT)
    a_hand_in(session, teacher, together=[mate.id])
    report = report_on(session, teacher)
    assert report.missing == []
    assert {each.member.person_id for each in report.tried} == {teacher.id, mate.id}
    assert report.lessons_tried == 2
    assert report.to_mark == 1
    assert report.tried[0].tried_on is not None


def test_what_was_taken_back_is_missing_again(session: Session, teacher: Person) -> None:
    an_answer(session, teacher)
    number = a_hand_in(session, teacher).number
    assert report_on(session, teacher).missing == []
    hand_ins.take_back(session, teacher, number)
    (missing,) = report_on(session, teacher).missing
    assert missing.member.person_id == teacher.id
    assert missing.last_seen_at is not None


def test_figures_count_people(session: Session, teacher: Person) -> None:
    an_answer(session, teacher, "plan", REPORT)
    an_answer(session, a_person(session))
    a_hand_in(session, teacher)
    (figures,) = report_on(session, teacher).figures
    assert figures.module.key == MODULE
    assert (figures.started, figures.handed_in, figures.returned) == (2, 1, 0)
    assert (figures.tried, figures.stuck) == (1, 0)


def test_another_cohort_and_a_removed_person_are_not_in_it(
    session: Session, teacher: Person
) -> None:
    elsewhere = a_person(session, cohort="অন্য ব্যাচ")
    gone = a_person(session)
    for person in (elsewhere, gone):
        an_answer(session, person, "plan", REPORT)
        a_hand_in(session, person)
    people.remove_person(session, gone.id)
    report = report_on(session, teacher)
    assert [member.person_id for member in report.members] == [teacher.id]
    assert (report.tried, report.to_mark) == ([], 0)
    assert report.figures[0].started == 0


@pytest.mark.parametrize(
    ("genders", "shown"),
    [
        (["female"] * 4, []),
        (["female"] * 9, []),
        (["female"] * 9 + ["male"] * 4, []),
        (["female"] * 9 + ["male"] * 5, [("female", 9), ("male", 5)]),
        (["female"] * 9 + ["male"] * 5 + ["other"], [("female", 9), ("rest", 6)]),
        (["female"] * 9 + ["male"] * 6 + [None] * 5, [("female", 9), ("male", 6), ("rest", 5)]),
        (["female"] * 9 + ["male"] * 3 + [None] * 2, [("female", 9), ("rest", 5)]),
    ],
)
def test_figures_by_gender_hide_small_groups(
    session: Session, genders: list[str | None], shown: list[tuple[str, int]]
) -> None:
    a_version(session)
    persons = [a_person(session, gender=gender) for gender in genders]
    report = report_on(session, persons[0])
    assert [(each.gender, each.people) for each in report.genders] == shown


def test_an_unknown_cohort_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        reports.cohort_report(session, 4711)
