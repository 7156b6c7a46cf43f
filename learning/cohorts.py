"""Who learns together, and whose teachers a trainer follows and an evaluator marks.

Staff see the people of cohorts that were given to them. People in no cohort of a course are seen
by all its trainers and evaluators: else nobody could mark them. Administrators see what the
trainers of all cohorts see. Codes and waiting for approval are in `joining`.
"""

import unicodedata
from typing import Literal

from learning import people
from store import audit, clock
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.queries import cohorts as queries
from store.tables import Cohort, CohortMember, CohortStaff, Person

StaffRole = Literal["trainer", "evaluator"]
NAME_LETTERS = 200


def create_cohort(
    session: Session, name: str, course: str, *, needs_approval: bool = False, by: str = "command"
) -> Cohort:
    """Make a cohort; raise NotAllowed("cohort-exists"), Invalid("cohort-name-invalid")."""
    name = _normalise(name)
    if queries.find(session, name, course) is not None:
        raise NotAllowed(
            "cohort-exists", "There is a cohort {name} on this course already.", {"name": name}
        )
    cohort = Cohort(name=name, course=course, created_at=clock.now(), needs_approval=needs_approval)
    session.add(cohort)
    session.flush()
    audit.record(session, by, "create-cohort", f"cohort/{cohort.id}")
    return cohort


def ensure_cohort(session: Session, name: str, course: str, by: str = "command") -> Cohort:
    """The cohort of this name on a course, made if it is not there."""
    found = queries.find(session, _normalise(name), course)
    return found or create_cohort(session, name, course, by=by)


def get_cohort(session: Session, cohort_id: int) -> Cohort:
    """The cohort of this id; raise NotFound("cohort-not-found")."""
    cohort = session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFound("cohort-not-found", "There is no such cohort.")
    return cohort


def set_approval(session: Session, cohort_id: int, needs_approval: bool, by: str) -> Cohort:
    """Say whether who joins from now on has to wait for approval."""
    cohort = get_cohort(session, cohort_id)
    cohort.needs_approval = needs_approval
    audit.record(
        session, by, f"approval-{'on' if needs_approval else 'off'}", f"cohort/{cohort_id}"
    )
    return cohort


def add_member(session: Session, cohort_id: int, person_id: str) -> None:
    """Let a person learn in a cohort; harmless to repeat."""
    if session.get(CohortMember, (cohort_id, person_id)) is None:
        session.add(CohortMember(cohort_id=cohort_id, person_id=person_id, joined_at=clock.now()))
        session.flush()


def remove_member(session: Session, cohort_id: int, person_id: str, by: str) -> None:
    """Take a person out of a cohort; her work stays hers. Harmless to repeat."""
    member = session.get(CohortMember, (cohort_id, person_id))
    if member is not None:
        session.delete(member)
        session.flush()
        audit.record(session, by, "leave-cohort", f"cohort/{cohort_id}/person/{person_id}")


def give_staff(
    session: Session, cohort_id: int, person_id: str, role: StaffRole, by: str = "command"
) -> None:
    """Let somebody follow (trainer) or mark (evaluator) a cohort; harmless to repeat.

    Raise NotFound("cohort-not-found", "person-not-found"), NotAllowed("role-missing").
    """
    get_cohort(session, cohort_id)
    people.get_person(session, person_id)
    if role not in people.roles_of(session, person_id):
        raise NotAllowed("role-missing", "This person has no role {role}.", {"role": role})
    if session.get(CohortStaff, (cohort_id, person_id, role)) is None:
        session.add(
            CohortStaff(cohort_id=cohort_id, person_id=person_id, role=role, since=clock.now())
        )
        session.flush()
        audit.record(session, by, f"give-{role}", f"cohort/{cohort_id}/person/{person_id}")


def take_staff(
    session: Session, cohort_id: int, person_id: str, role: StaffRole, by: str = "command"
) -> None:
    """Take a cohort away from a trainer or evaluator; harmless to repeat."""
    given = session.get(CohortStaff, (cohort_id, person_id, role))
    if given is not None:
        session.delete(given)
        session.flush()
        audit.record(session, by, f"take-{role}", f"cohort/{cohort_id}/person/{person_id}")


def cohorts_of(session: Session, person_id: str, course: str | None = None) -> list[Cohort]:
    """The cohorts in which a person learns, last joined first."""
    return queries.of_member(session, person_id, course)


def share_cohort(session: Session, one: str, other: str) -> bool:
    """Whether two people learn in the same cohort."""
    return queries.share(session, one, other)


def cohorts_followed(session: Session, person: Person, role: StaffRole) -> list[Cohort]:
    """The cohorts that somebody follows or marks, by course and name."""
    if _sees_all(session, person, role):
        return queries.all_cohorts(session)
    return queries.of_staff(session, person.id, role)


def people_followed(
    session: Session, person: Person, role: StaffRole, course: str | None = None
) -> list[Person]:
    """The teachers that somebody follows or marks, by shown name.

    With a course, also those who are in none of its cohorts; without, those in no cohort at all.
    """
    at = clock.now()
    if _sees_all(session, person, role):
        return queries.teachers(session, at)
    return queries.teachers_followed(session, person.id, role, at, course)


def follows(
    session: Session, person: Person, role: StaffRole, teacher_id: str, course: str | None = None
) -> bool:
    """Whether this trainer or evaluator may see that teacher's work on a course (None: any)."""
    if _sees_all(session, person, role):
        return True
    return queries.is_followed(session, person.id, role, teacher_id, course)


def may_reset_password(session: Session, staff: Person, person: Person) -> bool:
    """Whether this trainer or administrator may give that person a new password.

    A trainer for the teachers of the cohorts given to him, never for staff; an administrator for
    everyone but administrators, whom the command helps.
    """
    held = set(people.roles_of(session, person.id))
    roles = people.roles_of(session, staff.id)
    if "administrator" in roles:
        return "administrator" not in held
    given = {cohort.id for cohort in queries.of_staff(session, staff.id, "trainer")}
    joined = {cohort.id for cohort in queries.of_member(session, person.id)}
    return "trainer" in roles and not held & people.STAFF and bool(given & joined)


def _sees_all(session: Session, person: Person, role: StaffRole) -> bool:
    return role == "trainer" and "administrator" in people.roles_of(session, person.id)


def _normalise(name: str) -> str:
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    if not 0 < len(plain) <= NAME_LETTERS:
        raise Invalid("cohort-name-invalid", "A cohort's name has 1 to 200 letters.")
    return plain
