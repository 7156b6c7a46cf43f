"""Who learns together: teachers on one course."""

from store import clock
from store.database import Session
from store.queries import people as queries
from store.tables import Cohort, CohortMember


def ensure_cohort(session: Session, name: str, course: str) -> Cohort:
    """The cohort of this name on a course, made if it is not there."""
    cohort = queries.find_cohort(session, name, course)
    if cohort is None:
        cohort = Cohort(name=name, course=course, created_at=clock.now())
        session.add(cohort)
        session.flush()
    return cohort


def add_member(session: Session, cohort_id: int, person_id: str) -> None:
    """Let a person learn in a cohort; harmless to repeat."""
    if session.get(CohortMember, (cohort_id, person_id)) is None:
        session.add(CohortMember(cohort_id=cohort_id, person_id=person_id, joined_at=clock.now()))
        session.flush()


def cohorts_of(session: Session, person_id: str) -> list[Cohort]:
    """The cohorts of a person, last joined first."""
    return queries.cohorts_of(session, person_id)


def share_cohort(session: Session, one: str, other: str) -> bool:
    """Whether two people learn in the same cohort."""
    return queries.share_cohort(session, one, other)
