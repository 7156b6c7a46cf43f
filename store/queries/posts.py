"""Shared work: who may see it, who looked, what they thought."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from store.tables import CohortMember, Complaint, Post, Rating, View


def is_for_everyone() -> ColumnElement[bool]:
    """Whether a post stands in the library."""
    return and_(Post.audience == "everyone", Post.withdrawn_at.is_(None), Post.hidden_at.is_(None))


def reported_by(person_id: str) -> Select[str | None]:
    """Posts that this person reported and that nobody decided to keep: out of her sight."""
    return select(Complaint.post_id).where(
        Complaint.person_id == person_id,
        Complaint.post_id.is_not(None),
        Complaint.outcome.is_distinct_from("kept"),
    )


def _is_visible(person_id: str) -> ColumnElement[bool]:
    return and_(_is_shared_with(person_id), Post.id.not_in(reported_by(person_id)))


def _is_shared_with(person_id: str) -> ColumnElement[bool]:
    mine = select(CohortMember.cohort_id).where(CohortMember.person_id == person_id)
    return and_(
        Post.withdrawn_at.is_(None),
        or_(
            Post.person_id == person_id,
            and_(
                Post.hidden_at.is_(None),
                or_(
                    Post.audience == "everyone",
                    and_(Post.audience == "cohort", Post.cohort_id.in_(mine)),
                ),
            ),
        ),
    )


def find_visible(session: Session, person_id: str, post_id: str) -> Post | None:
    """The post, if this person may see it; withdrawn ones nobody may, hidden ones its author."""
    return session.scalar(select(Post).where(Post.id == post_id, _is_visible(person_id)))


def find_shared_with(session: Session, person_id: str, post_id: str) -> Post | None:
    """The post, if this person may see it, or could before reporting it."""
    return session.scalar(select(Post).where(Post.id == post_id, _is_shared_with(person_id)))


def by_id(session: Session, ids: Collection[str]) -> dict[str, Post]:
    """Posts by id."""
    return {post.id: post for post in session.scalars(select(Post).where(Post.id.in_(ids)))}


def ever_shared(session: Session, person_id: str) -> list[Post]:
    """Everything a person ever shared, withdrawn or not, newest first."""
    query = select(Post).where(Post.person_id == person_id)
    return list(session.scalars(query.order_by(Post.shared_at.desc(), Post.id)))


def by_author(session: Session, reader_id: str, author_id: str, limit: int) -> list[Post]:
    """What one person may see of another's work, newest first."""
    query = select(Post).where(Post.person_id == author_id, _is_visible(reader_id))
    return list(session.scalars(query.order_by(Post.shared_at.desc(), Post.id).limit(limit)))


def find_own(session: Session, person_id: str, post_id: str) -> Post | None:
    """The person's own post, withdrawn or not."""
    return session.scalar(select(Post).where(Post.id == post_id, Post.person_id == person_id))


def find_by_key(session: Session, person_id: str, key: str) -> Post | None:
    """What a person shared under the key of her browser, withdrawn or not."""
    return session.scalar(select(Post).where(Post.person_id == person_id, Post.key == key))


def visible(session: Session, person_id: str, module_key: str, limit: int) -> list[Post]:
    """What this person may see of a module, newest first."""
    query = select(Post).where(Post.module == module_key, _is_visible(person_id))
    return list(session.scalars(query.order_by(Post.shared_at.desc(), Post.id).limit(limit)))


def shared(session: Session, person_id: str, module_key: str | None = None) -> list[Post]:
    """The person's own posts that are not withdrawn, newest first."""
    query = select(Post).where(Post.person_id == person_id, Post.withdrawn_at.is_(None))
    if module_key is not None:
        query = query.where(Post.module == module_key)
    return list(session.scalars(query.order_by(Post.shared_at.desc(), Post.id)))


def unrated(session: Session, person_id: str, modules: Collection[str]) -> dict[str, int]:
    """How many posts of others in these modules the person may see and has not rated."""
    rated = select(Rating.post_id).where(Rating.person_id == person_id)
    query = (
        select(Post.module, func.count())
        .where(
            Post.module.in_(modules),
            Post.person_id != person_id,
            Post.id.not_in(rated),
            _is_visible(person_id),
        )
        .group_by(Post.module)
    )
    return {module: count for module, count in session.execute(query)}


def find_view(session: Session, person_id: str, post_id: str) -> View | None:
    """What is known of this person's looking at the post."""
    return session.scalar(select(View).where(View.post_id == post_id, View.person_id == person_id))


def last_look(session: Session, person_id: str) -> datetime | None:
    """When this person was last seen looking at any post."""
    return session.scalar(select(func.max(View.last_seen_at)).where(View.person_id == person_id))


def views_of(session: Session, person_id: str, post_ids: Collection[str]) -> dict[str, View]:
    """This person's views by post."""
    query = select(View).where(View.person_id == person_id, View.post_id.in_(post_ids))
    return {view.post_id: view for view in session.scalars(query)}


def find_rating(session: Session, person_id: str, post_id: str) -> Rating | None:
    """The person's rating that counts."""
    return session.scalar(
        select(Rating)
        .where(Rating.post_id == post_id, Rating.person_id == person_id)
        .order_by(Rating.id.desc())
        .limit(1)
    )


def find_rating_by_key(session: Session, person_id: str, key: str) -> Rating | None:
    """What a person gave under the key of her browser."""
    return session.scalar(select(Rating).where(Rating.person_id == person_id, Rating.key == key))


def stars_of(session: Session, person_id: str, post_ids: Collection[str]) -> dict[str, int]:
    """The stars this person gives, by post."""
    newest = (
        select(func.max(Rating.id))
        .where(Rating.person_id == person_id, Rating.post_id.in_(post_ids))
        .group_by(Rating.post_id)
    )
    query = select(Rating.post_id, Rating.stars).where(Rating.id.in_(newest))
    return {post_id: stars for post_id, stars in session.execute(query)}


def star_counts(session: Session, post_ids: Collection[str]) -> list[tuple[str, int, int]]:
    """(post, stars, how many people) over the ratings that count."""
    newest = (
        select(func.max(Rating.id))
        .where(Rating.post_id.in_(post_ids))
        .group_by(Rating.post_id, Rating.person_id)
    )
    query = (
        select(Rating.post_id, Rating.stars, func.count())
        .where(Rating.id.in_(newest))
        .group_by(Rating.post_id, Rating.stars)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]
