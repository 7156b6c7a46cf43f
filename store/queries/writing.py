"""What trainers write: course folders as published, and proofs on their way."""

from sqlalchemy import func, or_, select, update

from store.database import Session
from store.tables import Cohort, CohortStaff, Course, CourseSource, Module, Proof, Version


def newest_source(session: Session, course: str) -> CourseSource | None:
    """The folder of a course as last published."""
    return session.scalar(
        select(CourseSource)
        .where(CourseSource.course == course)
        .order_by(CourseSource.id.desc())
        .limit(1)
    )


def courses_of_writer(session: Session, person_id: str) -> list[Course]:
    """Courses that somebody has published, or follows a cohort on as a trainer; in order."""
    published = (
        select(Module.course)
        .join(Version, Version.module == Module.key)
        .where(Version.created_by == person_id)
    )
    followed = (
        select(Cohort.course)
        .join(CohortStaff, CohortStaff.cohort_id == Cohort.id)
        .where(CohortStaff.person_id == person_id, CohortStaff.role == "trainer")
    )
    query = (
        select(Course)
        .where(or_(Course.course.in_(published), Course.course.in_(followed)))
        .order_by(Course.position, Course.course)
    )
    return list(session.scalars(query))


def all_courses(session: Session) -> list[Course]:
    """Every course, in order."""
    return list(session.scalars(select(Course).order_by(Course.position, Course.course)))


def find_proof(session: Session, proof_id: str, person_id: str) -> Proof | None:
    """A proof of somebody's own."""
    return session.scalar(select(Proof).where(Proof.id == proof_id, Proof.person_id == person_id))


def newest_proofs(session: Session, person_id: str) -> list[Proof]:
    """The newest proof of each of somebody's courses and wishes."""
    rank = func.row_number().over(
        partition_by=(Proof.course, Proof.wish), order_by=(Proof.asked_at.desc(), Proof.id)
    )
    ranked = select(Proof.id, rank.label("rank")).where(Proof.person_id == person_id).subquery()
    query = select(Proof).where(Proof.id.in_(select(ranked.c.id).where(ranked.c.rank == 1)))
    return list(session.scalars(query.order_by(Proof.asked_at.desc())))


def proofs_of(session: Session, person_id: str, course: str) -> list[Proof]:
    """All proofs of somebody's course, newest first."""
    query = select(Proof).where(Proof.person_id == person_id, Proof.course == course)
    return list(session.scalars(query.order_by(Proof.asked_at.desc(), Proof.id)))


def asked_of(session: Session, person_id: str) -> list[Proof]:
    """What the studio asked of somebody's Lab and the Lab has not heard yet, oldest first."""
    query = select(Proof).where(Proof.person_id == person_id, Proof.state == "asked")
    return list(session.scalars(query.order_by(Proof.asked_at)))


def oldest_waiting(session: Session) -> str | None:
    """The id of the proof that has waited longest."""
    return session.scalar(
        select(Proof.id).where(Proof.state == "waiting").order_by(Proof.asked_at).limit(1)
    )


def take_waiting(session: Session, proof_id: str) -> bool:
    """Begin a proof; False if another worker was quicker."""
    changed = session.execute(
        update(Proof)
        .where(Proof.id == proof_id, Proof.state == "waiting")
        .values(state="running")
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def wait_again(session: Session) -> None:
    """Let what a worker had begun when it died be begun again."""
    session.execute(update(Proof).where(Proof.state == "running").values(state="waiting"))
