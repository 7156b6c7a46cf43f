"""Answers and watched clips."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from store.tables import Answer, ClipWatch

NEWEST = (Answer.edited_at.desc(), Answer.sequence.desc(), Answer.id.desc())


def find_sent(
    session: Session, person_id: str, module_key: str, exercise: str, device: str, sequence: int
) -> Answer | None:
    """The answer that came under this idempotency key."""
    return session.scalar(
        select(Answer).where(
            Answer.person_id == person_id,
            Answer.module == module_key,
            Answer.exercise == exercise,
            Answer.device == device,
            Answer.sequence == sequence,
        )
    )


def find_newest(session: Session, person_id: str, module_key: str, exercise: str) -> Answer | None:
    """The answer that counts."""
    return session.scalar(
        select(Answer)
        .where(
            Answer.person_id == person_id,
            Answer.module == module_key,
            Answer.exercise == exercise,
        )
        .order_by(*NEWEST)
        .limit(1)
    )


def neighbours(session: Session, answer: Answer) -> tuple[Answer | None, Answer | None]:
    """What the same device wrote to the exercise just before and just after."""
    same = (
        select(Answer)
        .where(
            Answer.person_id == answer.person_id,
            Answer.module == answer.module,
            Answer.exercise == answer.exercise,
            Answer.device == answer.device,
        )
        .limit(1)
    )
    before = same.where(Answer.sequence < answer.sequence).order_by(Answer.sequence.desc())
    after = same.where(Answer.sequence > answer.sequence).order_by(Answer.sequence)
    return session.scalar(before), session.scalar(after)


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
