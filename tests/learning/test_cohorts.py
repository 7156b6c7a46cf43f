"""Staff see the people of their cohorts, and those whom nobody has placed."""

import pytest

from learning import cohorts
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.tables import Person
from tests.factories import COURSE, a_person

OURS, THEIRS = "ময়মনসিংহ ব্যাচ ১", "উদ্বৃত্তপুর, ২য় ব্যাচ"


def names(found: list[Person]) -> set[str]:
    return {person.name for person in found}


@pytest.fixture
def house(session: Session) -> dict[str, Person]:
    """Two cohorts with a trainer each, and a teacher whom nobody has placed."""
    return {
        "ours": a_person(session, cohort=OURS),
        "theirs": a_person(session, cohort=THEIRS),
        "unplaced": a_person(session, cohort=None),
        "trainer": a_person(session, cohort=OURS, role="trainer"),
        "administrator": a_person(session, cohort=None, role="administrator"),
    }


def test_a_trainer_follows_his_cohorts_and_who_is_in_none(
    session: Session, house: dict[str, Person]
) -> None:
    trainer = house["trainer"]
    assert [each.name for each in cohorts.cohorts_followed(session, trainer, "trainer")] == [OURS]
    found = cohorts.people_followed(session, trainer, "trainer", COURSE)
    assert names(found) == {house["ours"].name, house["unplaced"].name}
    for name, is_followed in (("ours", True), ("theirs", False), ("unplaced", True)):
        person = house[name].id
        assert cohorts.follows(session, trainer, "trainer", person, COURSE) is is_followed
        assert not cohorts.follows(session, trainer, "evaluator", house["ours"].id, COURSE)


def test_a_cohort_of_another_course_places_nobody_here(
    session: Session, house: dict[str, Person]
) -> None:
    other = cohorts.create_cohort(session, "গণিত, প্রথম ব্যাচ", "early-maths")
    cohorts.add_member(session, other.id, house["unplaced"].id)
    trainer, person = house["trainer"], house["unplaced"].id
    assert cohorts.follows(session, trainer, "trainer", person, COURSE)
    assert not cohorts.follows(session, trainer, "trainer", person, "early-maths")
    assert not cohorts.follows(session, trainer, "trainer", person)


def test_an_administrator_sees_what_the_trainers_of_all_see(
    session: Session, house: dict[str, Person]
) -> None:
    admin = house["administrator"]
    found = cohorts.people_followed(session, admin, "trainer")
    assert names(found) == {house[name].name for name in ("ours", "theirs", "unplaced")}
    assert {each.name for each in cohorts.cohorts_followed(session, admin, "trainer")} == {
        OURS,
        THEIRS,
    }
    assert cohorts.cohorts_followed(session, admin, "evaluator") == []


def test_a_cohort_that_was_taken_away_is_followed_no_more(
    session: Session, house: dict[str, Person]
) -> None:
    trainer = house["trainer"]
    cohort = cohorts.cohorts_followed(session, trainer, "trainer")[0]
    cohorts.take_staff(session, cohort.id, trainer.id, "trainer")
    assert cohorts.cohorts_followed(session, trainer, "trainer") == []
    assert not cohorts.follows(session, trainer, "trainer", house["ours"].id, COURSE)


def test_only_somebody_of_the_role_is_given_a_cohort(
    session: Session, house: dict[str, Person]
) -> None:
    cohort = cohorts.cohorts_followed(session, house["trainer"], "trainer")[0]
    with pytest.raises(NotAllowed, match="role-missing"):
        cohorts.give_staff(session, cohort.id, house["ours"].id, "evaluator")
    with pytest.raises(NotFound, match="cohort-not-found"):
        cohorts.give_staff(session, 4711, house["trainer"].id, "trainer")


def test_a_cohorts_name_is_its_own_on_a_course(session: Session) -> None:
    made = cohorts.create_cohort(session, "  ঢাকা   ব্যাচ ", COURSE)
    assert made.name == "ঢাকা ব্যাচ"
    with pytest.raises(NotAllowed, match="cohort-exists"):
        cohorts.create_cohort(session, "ঢাকা ব্যাচ", COURSE)
    with pytest.raises(Invalid, match="cohort-name-invalid"):
        cohorts.create_cohort(session, " " * 9, COURSE)
