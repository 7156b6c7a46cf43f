"""Cohorts, who learns in them, and whose teachers a trainer follows and an evaluator marks."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from store.tables import (
    Cohort,
    CohortMember,
    CohortStaff,
    HandIn,
    HandInPerson,
    Module,
    Person,
    Role,
)


def find(session: Session, name: str, course: str) -> Cohort | None:
    """The cohort of this name on a course."""
    return session.scalar(select(Cohort).where(Cohort.name == name, Cohort.course == course))


def named(session: Session, name: str) -> list[Cohort]:
    """The cohorts of this name, on whichever course."""
    return list(session.scalars(select(Cohort).where(Cohort.name == name).order_by(Cohort.id)))


def all_cohorts(session: Session) -> list[Cohort]:
    """Every cohort, by course and name."""
    return list(session.scalars(select(Cohort).order_by(Cohort.course, Cohort.name, Cohort.id)))


def of_member(session: Session, person_id: str, course: str | None = None) -> list[Cohort]:
    """The cohorts of a person, on a course or on all; last joined first."""
    query = (
        select(Cohort)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .where(CohortMember.person_id == person_id)
        .order_by(CohortMember.joined_at.desc(), Cohort.id.desc())
    )
    if course is not None:
        query = query.where(Cohort.course == course)
    return list(session.scalars(query))


def of_staff(session: Session, person_id: str, role: str) -> list[Cohort]:
    """The cohorts that were given to somebody in this role, by course and name."""
    query = (
        select(Cohort)
        .where(Cohort.id.in_(_given(person_id, role)))
        .order_by(Cohort.course, Cohort.name, Cohort.id)
    )
    return list(session.scalars(query))


def share(session: Session, one: str, other: str) -> bool:
    """Whether two people learn in the same cohort."""
    mine = select(CohortMember.cohort_id).where(CohortMember.person_id == one)
    query = select(CohortMember.cohort_id).where(
        CohortMember.person_id == other, CohortMember.cohort_id.in_(mine)
    )
    return session.scalar(query.limit(1)) is not None


def staff(session: Session, cohort_id: int, role: str) -> list[Person]:
    """Who follows or marks a cohort, by shown name; removed ones are left out."""
    query = (
        select(Person)
        .join(CohortStaff, CohortStaff.person_id == Person.id)
        .where(
            CohortStaff.cohort_id == cohort_id,
            CohortStaff.role == role,
            Person.removed_at.is_(None),
        )
        .order_by(Person.display_name, Person.id)
    )
    return list(session.scalars(query))


def teachers(session: Session, at: datetime) -> list[Person]:
    """Everyone who takes courses, by shown name."""
    return list(session.scalars(_teachers(at)))


def teachers_followed(
    session: Session, staff_id: str, role: str, at: datetime, course: str | None = None
) -> list[Person]:
    """The teachers of cohorts given to somebody, and those in no cohort (of the course)."""
    query = _teachers(at).where(_is_followed(staff_id, role, course))
    return list(session.scalars(query))


def is_followed(
    session: Session, staff_id: str, role: str, person_id: str, course: str | None = None
) -> bool:
    """Whether this person is in a cohort given to the other, or in none (of the course)."""
    query = select(Person.id).where(Person.id == person_id, _is_followed(staff_id, role, course))
    return session.scalar(query) is not None


def is_given(evaluator_id: str) -> ColumnElement[bool]:
    """A condition on `HandIn` joined with `Module`: one of its people is in a cohort of the course
    that the evaluator was given, or none of them is in any."""
    placed = (
        select(HandInPerson.hand_in_number)
        .join(CohortMember, CohortMember.person_id == HandInPerson.person_id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(HandInPerson.hand_in_number == HandIn.number, Cohort.course == Module.course)
        .correlate(HandIn, Module)
    )
    given = placed.where(CohortMember.cohort_id.in_(_given(evaluator_id, "evaluator")))
    return or_(exists(given), ~exists(placed))


def _given(staff_id: str, role: str) -> Select[int]:
    return select(CohortStaff.cohort_id).where(
        CohortStaff.person_id == staff_id, CohortStaff.role == role
    )


def _is_followed(staff_id: str, role: str, course: str | None) -> ColumnElement[bool]:
    placed = (
        select(CohortMember.person_id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(CohortMember.person_id == Person.id)
        .correlate(Person)
    )
    if course is not None:
        placed = placed.where(Cohort.course == course)
    given = placed.where(CohortMember.cohort_id.in_(_given(staff_id, role)))
    return or_(exists(given), ~exists(placed))


def _teachers(at: datetime) -> Select[Person]:
    teaching = select(Role.person_id).where(
        Role.role == "teacher",
        Role.starts_at <= at,
        or_(Role.ends_at.is_(None), Role.ends_at > at),
    )
    return (
        select(Person)
        .where(Person.removed_at.is_(None), Person.id.in_(teaching))
        .order_by(Person.display_name, Person.id)
    )
