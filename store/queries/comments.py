"""Comments on shared work: who may see them, and how many there are."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from store.tables import Comment, Complaint


def _is_visible(person_id: str) -> ColumnElement[bool]:
    reported = select(Complaint.comment_id).where(
        Complaint.person_id == person_id,
        Complaint.comment_id.is_not(None),
        Complaint.outcome.is_distinct_from("kept"),
    )
    return and_(_is_shown(person_id), Comment.id.not_in(reported))


def _is_shown(person_id: str) -> ColumnElement[bool]:
    return and_(
        Comment.withdrawn_at.is_(None),
        or_(Comment.hidden_at.is_(None), Comment.person_id == person_id),
    )


def find_by_key(session: Session, person_id: str, key: str) -> Comment | None:
    """What a person wrote under the key of her browser."""
    return session.scalar(select(Comment).where(Comment.person_id == person_id, Comment.key == key))


def find_visible(session: Session, person_id: str, comment_id: str) -> Comment | None:
    """The comment, unless it is taken back, reported by this person, or another's and hidden."""
    return session.scalar(select(Comment).where(Comment.id == comment_id, _is_visible(person_id)))


def find_shown(session: Session, person_id: str, comment_id: str) -> Comment | None:
    """The comment as this person may see it, or could before reporting it."""
    return session.scalar(select(Comment).where(Comment.id == comment_id, _is_shown(person_id)))


def of_post(
    session: Session, person_id: str, post_id: str, limit: int, before: Comment | None = None
) -> list[Comment]:
    """The newest comments on a post that this person may see, oldest first; those `before` one."""
    query = (
        select(Comment)
        .where(Comment.post_id == post_id, _is_visible(person_id))
        .order_by(Comment.written_at.desc(), Comment.id)
        .limit(limit)
    )
    if before is not None:
        at = before.written_at
        same_moment = and_(Comment.written_at == at, Comment.id > before.id)
        query = query.where(or_(Comment.written_at < at, same_moment))
    return list(session.scalars(query))[::-1]


def counts(session: Session, person_id: str, post_ids: Collection[str]) -> dict[str, int]:
    """How many comments this person may see, by post; posts without any are left out."""
    query = (
        select(Comment.post_id, func.count())
        .where(Comment.post_id.in_(post_ids), _is_visible(person_id))
        .group_by(Comment.post_id)
    )
    return {post_id: count for post_id, count in session.execute(query)}
