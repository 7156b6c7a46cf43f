"""People, their roles, schools and signed-in browsers. Cohorts are in `cohorts`."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from store.queries.pages import IS_TAUGHT
from store.tables import CohortMember, Person, Role, School, SignedIn


def find_by_name(session: Session, name: str) -> Person | None:
    """The person of this sign-in name (already normalised), if there and not removed."""
    return session.scalar(select(Person).where(Person.name == name, Person.removed_at.is_(None)))


def find_present(session: Session, person_id: str) -> Person | None:
    """The person of this id, unless removed."""
    return session.scalar(select(Person).where(Person.id == person_id, Person.removed_at.is_(None)))


def present(session: Session) -> Sequence[Person]:
    """Everyone who is not removed, by sign-in name."""
    query = select(Person).where(Person.removed_at.is_(None)).order_by(Person.name)
    return session.scalars(query).all()


def sign_in_names(session: Session) -> set[str]:
    """The sign-in names of everyone who is not removed."""
    return set(session.scalars(select(Person.name).where(Person.removed_at.is_(None))))


def by_id(session: Session, ids: Iterable[str]) -> dict[str, Person]:
    """People by id, removed ones too: their work stays theirs."""
    found = session.scalars(select(Person).where(Person.id.in_(set(ids))))
    return {person.id: person for person in found}


def lock(session: Session, ids: Iterable[str]) -> None:
    """Let nobody else write about these people until the transaction ends."""
    query = select(Person.id).where(Person.id.in_(set(ids))).order_by(Person.id)
    session.execute(query.with_for_update()).all()


def active_roles(session: Session, at: datetime, person_id: str | None = None) -> list[Role]:
    """Roles in force at a time, of one person or of everyone."""
    query = select(Role).where(Role.starts_at <= at, or_(Role.ends_at.is_(None), Role.ends_at > at))
    if person_id is not None:
        query = query.where(Role.person_id == person_id)
    return list(session.scalars(query.order_by(Role.id)))


# asked at every request, so it is built once
_VISIT = (
    select(SignedIn.seen_at, Person, Role.role, IS_TAUGHT)
    .join(Person, and_(Person.id == SignedIn.person_id, Person.removed_at.is_(None)))
    .outerjoin(
        Role,
        and_(
            Role.person_id == Person.id,
            Role.starts_at <= bindparam("at"),
            or_(Role.ends_at.is_(None), Role.ends_at > bindparam("at")),
        ),
    )
    .where(SignedIn.token_hash == bindparam("token_hash"))
)


def find_signed_in(
    session: Session, token_hash: str, at: datetime, module_key: str | None
) -> tuple[datetime, Person, set[str], bool] | None:
    """(last seen, person, roles in force, whether the module is taught) of a signed-in browser,
    unless the person is removed.
    """
    asked = {"token_hash": token_hash, "at": at, "key": module_key}
    rows = session.execute(_VISIT, asked).all()
    if not rows:
        return None
    seen_at, person, _, is_taught = rows[0]
    return seen_at, person, {role for _, _, role, _ in rows if role is not None}, is_taught


def find_school(session: Session, name: str, upazila: str, district: str) -> School | None:
    """The school of this name and place."""
    return session.scalar(
        select(School).where(
            School.name == name, School.upazila == upazila, School.district == district
        )
    )


def colleagues(
    session: Session, person: Person, words: str = "", limit: int | None = None
) -> list[Person]:
    """Others of the same school or of a shared cohort, by shown name; `words` is part of it."""
    mine = select(CohortMember.cohort_id).where(CohortMember.person_id == person.id)
    together = select(CohortMember.person_id).where(CohortMember.cohort_id.in_(mine))
    near: ColumnElement[bool] = Person.id.in_(together)
    if person.school_id is not None:
        near = or_(near, Person.school_id == person.school_id)
    query = select(Person).where(near, Person.id != person.id, Person.removed_at.is_(None))
    if words:
        query = query.where(Person.display_name.icontains(words, autoescape=True))
    return list(session.scalars(query.order_by(Person.display_name, Person.id).limit(limit)))


def end_sign_ins(session: Session, person_id: str) -> None:
    """Sign a person out everywhere."""
    session.execute(delete(SignedIn).where(SignedIn.person_id == person_id))


def end_idle_sign_ins(session: Session, seen_before: datetime) -> None:
    """Forget browsers that were not seen since."""
    session.execute(delete(SignedIn).where(SignedIn.seen_at < seen_before))
