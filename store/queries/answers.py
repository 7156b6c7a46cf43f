"""Answers and watched clips."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from store.tables import Answer, ClipWatch

NEWEST = (Answer.edited_at.desc(), Answer.sequence.desc(), Answer.id.desc())


# Built once: a save asks them all, and building a statement costs more than asking it.
_OF_EXERCISE = (
    Answer.person_id == bindparam("person_id"),
    Answer.module == bindparam("module"),
    Answer.exercise == bindparam("exercise"),
)
_OF_DEVICE = (*_OF_EXERCISE, Answer.device == bindparam("device"))
_NEWEST = select(Answer).where(*_OF_EXERCISE).order_by(*NEWEST).limit(1)
_UP_TO = (
    select(Answer)
    .where(*_OF_DEVICE, Answer.sequence <= bindparam("sequence"))
    .order_by(Answer.sequence.desc())
    .limit(1)
)
_AFTER = (
    select(Answer)
    .where(*_OF_DEVICE, Answer.sequence > bindparam("sequence"))
    .order_by(Answer.sequence)
    .limit(1)
)


def around(
    session: Session, person_id: str, module: str, exercise: str, device: str, sequence: int
) -> tuple[Answer | None, Answer | None]:
    """What a device wrote to an exercise last up to a sequence, and first after it."""
    key = {"person_id": person_id, "module": module, "exercise": exercise}
    place = key | {"device": device, "sequence": sequence}
    return session.scalar(_UP_TO, place), session.scalar(_AFTER, place)


def find_newest(session: Session, person_id: str, module: str, exercise: str) -> Answer | None:
    """The answer that counts."""
    key = {"person_id": person_id, "module": module, "exercise": exercise}
    return session.scalar(_NEWEST, key)


def newest(session: Session, person_id: str, module_key: str | None = None) -> list[Answer]:
    """The answers that count, one an exercise, of one module or of all."""
    rank = func.row_number().over(partition_by=(Answer.module, Answer.exercise), order_by=NEWEST)
    ranked = select(Answer, rank.label("rank")).where(Answer.person_id == person_id)
    if module_key is not None:
        ranked = ranked.where(Answer.module == module_key)
    inner = ranked.subquery()
    answer = aliased(Answer, inner)
    return list(session.scalars(select(answer).where(inner.c.rank == 1)))


def watched(session: Session, person_id: str, module_key: str | None = None) -> list[ClipWatch]:
    """Which clips a person watched, in one module or in all."""
    query = select(ClipWatch).where(ClipWatch.person_id == person_id)
    if module_key is not None:
        query = query.where(ClipWatch.module == module_key)
    return list(session.scalars(query))
