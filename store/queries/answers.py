"""Answers and watched clips."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, insert, select
from sqlalchemy.orm import Session, aliased

from store.tables import Answer, ClipWatch, Module, Version

NEWEST = (Answer.edited_at.desc(), Answer.sequence.desc(), Answer.id.desc())


# Built once: saves and pages ask them, and building a statement costs more than asking it.
_OF_EXERCISE = (
    Answer.person_id == bindparam("person_id"),
    Answer.module == bindparam("module"),
    Answer.exercise == bindparam("exercise"),
)
_OF_DEVICE = (*_OF_EXERCISE, Answer.device == bindparam("device"))
_NEWEST = select(Answer.id).where(*_OF_EXERCISE).order_by(*NEWEST).limit(1)
_UP_TO = (
    select(Answer.id)
    .where(*_OF_DEVICE, Answer.sequence <= bindparam("sequence"))
    .order_by(Answer.sequence.desc())
    .limit(1)
)
_AFTER = (
    select(Answer.id)
    .where(*_OF_DEVICE, Answer.sequence > bindparam("sequence"))
    .order_by(Answer.sequence)
    .limit(1)
)
_NEWEST_NUMBER = select(func.max(Version.number)).where(Version.module == bindparam("module"))
_AROUND = (
    select(Version.id, Version.content_hash, Answer)
    .outerjoin(
        Answer, Answer.id.in_([each.scalar_subquery() for each in (_NEWEST, _UP_TO, _AFTER)])
    )
    .where(
        Version.module == bindparam("module"),
        Version.number == _NEWEST_NUMBER.scalar_subquery(),
    )
)
_KEEP = insert(Answer.metadata.tables["answers"]).returning(Answer.id)


def _first_ranked(*where: ColumnElement[bool]) -> Select[Answer]:
    """The newest answer to each exercise of those that are meant."""
    rank = func.row_number().over(partition_by=(Answer.module, Answer.exercise), order_by=NEWEST)
    ranked = select(Answer, rank.label("rank")).where(*where).subquery()
    return select(aliased(Answer, ranked)).where(ranked.c.rank == 1)


_NEWEST_OF_ALL = _first_ranked(Answer.person_id == bindparam("person_id"))
_NEWEST_OF_MODULE = _first_ranked(
    Answer.person_id == bindparam("person_id"), Answer.module == bindparam("module")
)


@dataclass(frozen=True)
class Around:
    """What is there of an exercise: the newest version of its module, (id, content hash), the
    answer that counts, and of one device the last up to a sequence and the first after it.
    """

    version: tuple[int, str] | None
    newest: Answer | None
    before: Answer | None
    after: Answer | None


def around(
    session: Session, person_id: str, module: str, exercise: str, device: str, sequence: int
) -> Around:
    """What a new answer has to be compared with."""
    place: dict[str, object] = {"person_id": person_id, "module": module, "exercise": exercise}
    place |= {"device": device, "sequence": sequence}
    rows = session.execute(_AROUND, place).all()
    found = [answer for _, _, answer in rows if answer is not None]
    mine = sorted((a for a in found if a.device == device), key=lambda answer: answer.sequence)
    return Around(
        version=(rows[0][0], rows[0][1]) if rows else None,
        newest=max(found, key=in_order, default=None),
        before=next((a for a in reversed(mine) if a.sequence <= sequence), None),
        after=next((a for a in mine if a.sequence > sequence), None),
    )


def in_order(answer: Answer) -> tuple[datetime, int, int]:
    """What the newest has most of; the same as `NEWEST`."""
    return answer.edited_at, answer.sequence, answer.id


def keep(session: Session, **facts: Any) -> Answer:
    """Add an answer of these columns, in one plain statement: looking for what else has changed,
    as a session does before it writes, takes longer than the writing.
    """
    return Answer(id=session.execute(_KEEP, facts).scalar_one(), **facts)


def newest(session: Session, person_id: str, module_key: str | None = None) -> list[Answer]:
    """The answers that count, one an exercise, of one module or of all."""
    query = _NEWEST_OF_ALL if module_key is None else _NEWEST_OF_MODULE
    return list(session.scalars(query, {"person_id": person_id, "module": module_key}))


_WATCHING = (
    select(Version.id, Version.content_hash, ClipWatch)
    .join(Module, Module.current_version_id == Version.id)
    .outerjoin(
        ClipWatch,
        and_(
            ClipWatch.person_id == bindparam("person_id"),
            ClipWatch.module == Module.key,
            ClipWatch.clip == bindparam("clip"),
        ),
    )
    .where(Module.key == bindparam("module"))
)


def watching(
    session: Session, person_id: str, module_key: str, clip: str
) -> tuple[tuple[int, str] | None, ClipWatch | None]:
    """The version of a module that readers get, (id, content hash), and what a person watched of
    a clip.
    """
    place = {"person_id": person_id, "module": module_key, "clip": clip}
    row = session.execute(_WATCHING, place).first()
    return ((row[0], row[1]), row[2]) if row else (None, None)


def watched(session: Session, person_id: str, module_key: str | None = None) -> list[ClipWatch]:
    """Which clips a person watched, in one module or in all."""
    query = select(ClipWatch).where(ClipWatch.person_id == person_id)
    if module_key is not None:
        query = query.where(ClipWatch.module == module_key)
    return list(session.scalars(query))
