"""Comments on shared work, and taking one's own back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from hub.portal.posts import Author
from hub.portal.shapes import Asked, Key, PersonId
from hub.portal.visitor import Asking, Here, Visitor
from sharing import comments, visibility
from store import tables
from store.database import Session

router = APIRouter(prefix="/api")

Kind = Literal["used", "would-change"]


class Comment(BaseModel):
    """Words beside a post: what a reader used, or would change."""

    id: str
    post: str
    author: Author
    own: bool
    kind: Kind
    body: str
    written_at: AwareDatetime
    withdrawn: bool
    hidden: bool


class Comments(BaseModel):
    """What was said about a post, oldest first. `has_earlier`: ask again `before` the first."""

    comments: list[Comment]
    has_earlier: bool


class CommentAsked(Asked):
    """Say something about somebody's work; `key` makes repeats harmless."""

    person: PersonId
    key: Key
    kind: Kind
    body: Annotated[str, Field(max_length=4000)]
    device_at: AwareDatetime


@router.get("/posts/{post}/comments")
def list_comments(
    post: str,
    portal: Here,
    visitor: Asking,
    before: Annotated[str | None, Query(max_length=64, description="a comment's id")] = None,
) -> Comments:
    """Return what was said about a post: the newest hundred, or the hundred before one."""
    with portal.database.read() as session:
        found = visibility.get_visible(session, visitor.person, post)
        return Comments(**comments.of_post(session, visitor.person, found, before))


@router.post("/posts/{post}/comments")
def comment(post: str, asked: CommentAsked, portal: Here, visitor: Asking) -> Comment:
    """Comment on somebody's work after having looked."""
    visitor.must_be(asked.person)
    return portal.database.write(
        lambda session: _worded(
            session,
            visitor,
            comments.comment(
                session,
                person=visitor.person,
                post_id=post,
                key=asked.key,
                kind=asked.kind,
                body=asked.body,
                device_at=asked.device_at,
            ),
        )
    )


@router.delete("/comments/{comment}")
def withdraw_comment(comment: str, portal: Here, visitor: Asking) -> Comment:
    """Take my comment back."""
    return portal.database.write(
        lambda session: _worded(
            session, visitor, comments.withdraw(session, visitor.person, comment)
        )
    )


@router.post("/comments/{comment}/restore")
def restore_comment(comment: str, portal: Here, visitor: Asking) -> Comment:
    """Undo that."""
    return portal.database.write(
        lambda session: _worded(
            session, visitor, comments.restore(session, visitor.person, comment)
        )
    )


def _worded(session: Session, visitor: Visitor, found: tables.Comment) -> Comment:
    return Comment(**comments.describe(session, visitor.person, [found])[0])
