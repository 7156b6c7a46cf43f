"""Pictures: whose, of which post, and which files nothing names any more."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from store.tables import Artifact, Picture, Post


def find_by_key(session: Session, person_id: str, key: str) -> Picture | None:
    """What a person sent under this name."""
    query = select(Picture).where(Picture.person_id == person_id, Picture.key == key)
    return session.scalar(query)


def by_keys(session: Session, person_id: str, keys: Collection[str]) -> dict[str, Picture]:
    """A person's pictures by name."""
    query = select(Picture).where(Picture.person_id == person_id, Picture.key.in_(keys))
    return {picture.key: picture for picture in session.scalars(query)}


def in_shared_posts(session: Session, person_id: str, keys: Collection[str]) -> set[str]:
    """Those of these names whose picture is in a post that is not withdrawn."""
    query = (
        select(Picture.key)
        .join(Post, Post.id == Picture.post_id)
        .where(Picture.person_id == person_id, Picture.key.in_(keys), Post.withdrawn_at.is_(None))
    )
    return set(session.scalars(query))


def of_posts(session: Session, post_ids: Collection[str]) -> dict[str, list[Picture]]:
    """The pictures of posts, in their order."""
    found: dict[str, list[Picture]] = {}
    query = select(Picture).where(Picture.post_id.in_(post_ids)).order_by(Picture.position)
    for picture in session.scalars(query):
        found.setdefault(str(picture.post_id), []).append(picture)
    return found


def find_file(session: Session, post_id: str, sha: str) -> Picture | None:
    """The picture of a post that this file belongs to."""
    query = select(Picture).where(
        Picture.post_id == post_id, or_(Picture.whole == sha, Picture.small == sha)
    )
    return session.scalar(query.limit(1))


def bytes_of(session: Session, person_id: str) -> int:
    """What all pictures of a person take, each file once."""
    each = (
        select(func.max(Picture.size_bytes + Picture.small_bytes).label("size"))
        .where(Picture.person_id == person_id)
        .group_by(Picture.whole)
        .subquery()
    )
    return session.scalar(select(func.coalesce(func.sum(each.c.size), 0))) or 0


def loose(session: Session, before: datetime) -> list[Picture]:
    """Pictures that came before that time and are in no post."""
    query = select(Picture).where(Picture.post_id.is_(None), Picture.sent_at < before)
    return list(session.scalars(query))


def files_of(session: Session, person_id: str) -> set[str]:
    """The files of all pictures of a person."""
    query = select(Picture.whole, Picture.small).where(Picture.person_id == person_id)
    return {sha for row in session.execute(query) for sha in row}


def unnamed(session: Session, shas: Collection[str]) -> set[str]:
    """Those of these files that neither a picture nor a course names."""
    named = [
        *session.scalars(select(Picture.whole).where(Picture.whole.in_(shas))),
        *session.scalars(select(Picture.small).where(Picture.small.in_(shas))),
        *session.scalars(select(Artifact.sha256).where(Artifact.sha256.in_(shas))),
    ]
    return set(shas) - set(named)
