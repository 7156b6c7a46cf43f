"""Codes that let people into cohorts, and those who wait for approval."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Cohort, JoinCode, JoinRequest, Person, School


def find_code(session: Session, code: str, *, for_change: bool = False) -> JoinCode | None:
    """The code, live or not; `for_change` lets nobody else use it until the commit."""
    query = select(JoinCode).where(JoinCode.code == code)
    return session.scalar(query.with_for_update() if for_change else query)


def codes(session: Session, cohort_ids: list[int]) -> list[tuple[JoinCode, Cohort]]:
    """The codes of some cohorts, newest first."""
    query = (
        select(JoinCode, Cohort)
        .join(Cohort, Cohort.id == JoinCode.cohort_id)
        .where(JoinCode.cohort_id.in_(cohort_ids))
        .order_by(JoinCode.created_at.desc(), JoinCode.code)
    )
    return [(code, cohort) for code, cohort in session.execute(query)]


def find_waiting(session: Session, cohort_id: int, person_id: str) -> JoinRequest | None:
    """The request of a person that nobody has settled."""
    return session.scalar(
        select(JoinRequest).where(
            JoinRequest.cohort_id == cohort_id,
            JoinRequest.person_id == person_id,
            JoinRequest.state == "waiting",
        )
    )


def requests_of(session: Session, person_id: str) -> list[tuple[JoinRequest, Cohort]]:
    """What a person asked for, newest first."""
    query = (
        select(JoinRequest, Cohort)
        .join(Cohort, Cohort.id == JoinRequest.cohort_id)
        .where(JoinRequest.person_id == person_id)
        .order_by(JoinRequest.id.desc())
    )
    return [(request, cohort) for request, cohort in session.execute(query)]


def waiting(session: Session, cohort_ids: list[int]) -> list[tuple[JoinRequest, Cohort, Person]]:
    """Who waits for approval in some cohorts, longest first."""
    query = (
        select(JoinRequest, Cohort, Person)
        .join(Cohort, Cohort.id == JoinRequest.cohort_id)
        .join(Person, Person.id == JoinRequest.person_id)
        .where(
            JoinRequest.cohort_id.in_(cohort_ids),
            JoinRequest.state == "waiting",
            Person.removed_at.is_(None),
        )
        .order_by(JoinRequest.asked_at, JoinRequest.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def find_request(session: Session, number: int) -> JoinRequest | None:
    """The request of this number; nobody else settles it until the commit."""
    return session.scalar(select(JoinRequest).where(JoinRequest.id == number).with_for_update())


def schools(session: Session, upazila: str, district: str, limit: int) -> list[str]:
    """The names of the schools of an upazila that people have joined from."""
    query = (
        select(School.name)
        .where(School.upazila == upazila, School.district == district)
        .order_by(School.name)
        .limit(limit)
    )
    return list(session.scalars(query))
