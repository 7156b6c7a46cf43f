"""Hand-ins as those who grade see them: whose turn, which round counts, which mark is newest."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from store.queries import cohorts
from store.tables import (
    AuditEntry,
    HandIn,
    HandInPerson,
    Mark,
    Module,
    Rubric,
    Score,
    Version,
)


def find_hand_in(session: Session, number: int, *, for_change: bool = False) -> HandIn | None:
    """The hand-in with this number; `for_change` keeps other writers from it until the commit."""
    query = select(HandIn).where(HandIn.number == number)
    return session.scalar(query.with_for_update() if for_change else query)


def is_given(session: Session, evaluator_id: str, number: int) -> bool:
    """Whether the hand-in is one that this evaluator marks."""
    query = (
        select(HandIn.number)
        .join(Module, Module.key == HandIn.module)
        .where(HandIn.number == number, cohorts.is_given(evaluator_id))
    )
    return session.scalar(query) is not None


def marks_of(session: Session, number: int, *, released: bool = False) -> dict[str, Mark]:
    """The newest mark of each exercise, or the newest that was released."""
    query = select(Mark).where(Mark.hand_in_number == number).order_by(Mark.id)
    if released:
        query = query.where(Mark.released_at.is_not(None))
    return {mark.exercise: mark for mark in session.scalars(query)}


def held_marks(session: Session, number: int) -> Sequence[Mark]:
    """The marks of a hand-in that its people do not see yet."""
    query = select(Mark).where(Mark.hand_in_number == number, Mark.released_at.is_(None))
    return session.scalars(query).all()


def moved_since(session: Session, since: datetime | None) -> list[tuple[int, datetime]]:
    """Hand-ins that were scored, returned or taken back after `since` (None: ever), or whose marks
    were released then: number and time, the oldest first."""
    times = (HandIn.autograded_at, HandIn.returned_at, HandIn.taken_back_at, Mark.released_at)
    query = select(HandIn.number, *times).outerjoin(Mark, Mark.hand_in_number == HandIn.number)
    query = query.where(
        or_(*(each.is_not(None) if since is None else each > since for each in times))
    )
    newest: dict[int, datetime] = {}
    for number, *moments in session.execute(query):
        known = [each for each in (*moments, newest.get(number)) if each is not None]
        newest[number] = max(known)
    return sorted(newest.items(), key=lambda each: (each[1], each[0]))


class Doubted(NamedTuple):
    """A quiz whose test's outcome was not believed, for one reason, in so many hand-ins."""

    version_id: int
    exercise: str
    reason: str
    hand_ins: int


def doubted(session: Session, versions: Collection[int]) -> list[Doubted]:
    """The quizzes of these versions that could not be scored by machine."""
    query = (
        select(HandIn.version_id, Score.exercise, Score.reason, func.count())
        .join(Score, Score.hand_in_number == HandIn.number)
        .where(
            HandIn.version_id.in_(versions),
            HandIn.state != "taken-back",
            Score.needs_mark.is_(True),
            Score.reason.is_not(None),
        )
        .group_by(HandIn.version_id, Score.exercise, Score.reason)
        .order_by(Score.exercise, Score.reason)
    )
    rows = session.execute(query)
    return [Doubted(row[0], row[1], row[2] or "", row[3]) for row in rows]


def find_rubric(session: Session, rubric_hash: str | None) -> Rubric | None:
    """The rubric that a mark names."""
    return session.get(Rubric, rubric_hash) if rubric_hash else None


def rounds_of(session: Session, person_id: str, module: str) -> Sequence[HandIn]:
    """A person's hand-ins of a module in order, without those that were taken back."""
    query = (
        select(HandIn)
        .join(HandInPerson, HandInPerson.hand_in_number == HandIn.number)
        .where(
            HandInPerson.person_id == person_id,
            HandIn.module == module,
            HandIn.state != "taken-back",
        )
        .order_by(HandIn.number)
    )
    return session.scalars(query).all()


def find_counting(session: Session, person_id: str, module: str, structure: int) -> HandIn | None:
    """The newest autograded hand-in of a person for one structure of a module."""
    query = (
        select(HandIn)
        .join(HandInPerson, HandInPerson.hand_in_number == HandIn.number)
        .join(Version, Version.id == HandIn.version_id)
        .where(
            HandInPerson.person_id == person_id,
            HandIn.module == module,
            HandIn.state.in_(("to-mark", "returned")),
            Version.structure == structure,
        )
        .order_by(HandIn.number.desc())
        .limit(1)
    )
    return session.scalar(query)


def autograded(session: Session) -> Iterable[tuple[str, str, int]]:
    """Every (person, module, structure) that has an autograded hand-in."""
    query = (
        select(HandInPerson.person_id, HandIn.module, Version.structure)
        .join(HandIn, HandIn.number == HandInPerson.hand_in_number)
        .join(Version, Version.id == HandIn.version_id)
        .where(HandIn.state.in_(("to-mark", "returned")))
        .distinct()
        .order_by(HandIn.module, Version.structure, HandInPerson.person_id)
    )
    return [(person, module, structure) for person, module, structure in session.execute(query)]


def find_version(session: Session, module: str, structure: int) -> Version | None:
    """The newest version of a module that has this structure."""
    query = (
        select(Version)
        .where(Version.module == module, Version.structure == structure)
        .order_by(Version.number.desc())
        .limit(1)
    )
    return session.scalar(query)


def queue(session: Session, evaluator_id: str, most: int) -> list[dict[str, Any]]:
    """Hand-ins for the desk, oldest first: `hand_in`, `module`, `people`, `to_mark`, `marked`.

    Only what was given to the evaluator, never her own; the newest of those already returned.
    """
    own = select(HandInPerson.hand_in_number).where(HandInPerson.person_id == evaluator_id)
    rows = (
        select(HandIn, Module)
        .join(Module, Module.key == HandIn.module)
        .where(HandIn.number.not_in(own), cohorts.is_given(evaluator_id))
    )
    open_rows = (
        rows.where(HandIn.state.in_(("waiting", "to-mark", "failed")))
        .order_by(HandIn.received_at, HandIn.number)
        .limit(most)
    )
    returned_rows = (
        rows.where(HandIn.state == "returned")
        .order_by(HandIn.returned_at.desc(), HandIn.number.desc())
        .limit(most)
    )
    found = [*session.execute(open_rows), *session.execute(returned_rows)]
    numbers = [hand_in.number for hand_in, _ in found]
    people = _count(session, HandInPerson.hand_in_number, numbers)
    to_mark = _count(session, Score.hand_in_number, numbers, Score.needs_mark.is_(True))
    marked = dict(
        session.execute(
            select(Mark.hand_in_number, func.count(Mark.exercise.distinct()))
            .join(
                Score,
                (Score.hand_in_number == Mark.hand_in_number) & (Score.exercise == Mark.exercise),
            )
            .where(Mark.hand_in_number.in_(numbers), Score.needs_mark.is_(True))
            .group_by(Mark.hand_in_number)
        ).all()
    )
    return [
        {
            "hand_in": hand_in,
            "module": module,
            "people": people.get(hand_in.number, 0),
            "to_mark": to_mark.get(hand_in.number, 0),
            "marked": marked.get(hand_in.number, 0),
        }
        for hand_in, module in found
    ]


def all_marks(session: Session) -> Iterable[Mark]:
    """Every mark that was ever given."""
    return session.scalars(select(Mark).order_by(Mark.id))


def sealed(session: Session, actions: Collection[str]) -> set[str]:
    """What the audit says of marks."""
    return set(session.scalars(select(AuditEntry.object).where(AuditEntry.action.in_(actions))))


def _count(session: Session, column: Any, numbers: list[int], *only: Any) -> dict[int, int]:
    query = select(column, func.count()).where(column.in_(numbers), *only).group_by(column)
    return {number: count for number, count in session.execute(query)}
