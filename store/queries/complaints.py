"""Complaints about posts and comments."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from store.tables import Complaint


def _is_about(post_id: str | None, comment_id: str | None) -> ColumnElement[bool]:
    return and_(
        Complaint.post_id.is_not_distinct_from(post_id),
        Complaint.comment_id.is_not_distinct_from(comment_id),
    )


def about(session: Session, post_id: str | None, comment_id: str | None) -> list[Complaint]:
    """Every complaint about one thing, oldest first."""
    query = select(Complaint).where(_is_about(post_id, comment_id))
    return list(session.scalars(query.order_by(Complaint.id)))


def find_open(
    session: Session, person_id: str, post_id: str | None, comment_id: str | None
) -> Complaint | None:
    """The complaint of this person about a thing on which nobody has decided yet."""
    return session.scalar(
        select(Complaint).where(
            Complaint.person_id == person_id,
            Complaint.settled_at.is_(None),
            _is_about(post_id, comment_id),
        )
    )


def waiting(session: Session) -> list[Complaint]:
    """Complaints on which nobody has decided, oldest first."""
    query = select(Complaint).where(Complaint.settled_at.is_(None))
    return list(session.scalars(query.order_by(Complaint.reported_at, Complaint.id)))


def settled(session: Session, limit: int = 200) -> list[Complaint]:
    """The last decisions, newest first."""
    query = select(Complaint).where(Complaint.settled_at.is_not(None))
    return list(
        session.scalars(query.order_by(Complaint.settled_at.desc(), Complaint.id).limit(limit))
    )


def reasons_of_hidden(session: Session, post_ids: Collection[str]) -> dict[str, str]:
    """By post: the reason of the first complaint for which it was hidden."""
    query = (
        select(Complaint.post_id, Complaint.reason)
        .where(Complaint.post_id.in_(post_ids), Complaint.outcome == "hidden")
        .order_by(Complaint.id.desc())
    )
    return {post_id: reason for post_id, reason in session.execute(query) if post_id}
