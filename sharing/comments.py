"""Words beside a post that help its author: what a reader used, or would change.

Whoever looked at a post may comment on it, its author may not. A comment is taken back, and the
taking back is undone, by whoever wrote it; hiding one is `complaints`' to decide.
"""

import unicodedata
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sharing import authors, views, visibility
from store import clock
from store.database import Session
from store.errors import Invalid, NotFound
from store.queries import comments as queries
from store.tables import Comment, Person, Post

KINDS = ("used", "would-change")
MOST_LETTERS = 1000
SHOWN_MOST = 100


def comment(
    session: Session,
    *,
    person: Person,
    post_id: str,
    key: str,
    kind: str,
    body: str,
    device_at: datetime,
) -> Comment:
    """Say something about a post one has looked at; the same `key` again gives the same comment.

    Raise NotFound("post-not-found"), NotAllowed("own-post"), NotAllowed("not-looked-yet", facts
    `seconds_left`), Invalid("comment-kind-invalid", "comment-empty", "comment-too-long").
    """
    known = queries.find_by_key(session, person.id, key)
    if known is not None:
        return known
    post = visibility.get_visible(session, person, post_id)
    view = views.require(session, person, post)
    if kind not in KINDS:
        raise Invalid("comment-kind-invalid", "Say whether you used it or would change it.")
    words = unicodedata.normalize("NFC", body).strip()
    if not words:
        raise Invalid("comment-empty", "Write a word or two first.")
    if len(words) > MOST_LETTERS:
        raise Invalid(
            "comment-too-long",
            "A comment has at most {letters} letters.",
            {"letters": MOST_LETTERS},
        )
    at = clock.now()
    made = Comment(
        post_id=post.id,
        person_id=person.id,
        view_id=view.id,
        kind=kind,
        body=words,
        key=key,
        device_at=min(device_at, at),
        written_at=at,
    )
    session.add(made)
    session.flush()
    return made


def withdraw(session: Session, person: Person, comment_id: str) -> Comment:
    """Take one's own comment back; harmless to repeat. Raise NotFound("comment-not-found")."""
    found = _own(session, person, comment_id)
    found.withdrawn_at = found.withdrawn_at or clock.now()
    session.flush()
    return found


def restore(session: Session, person: Person, comment_id: str) -> Comment:
    """Undo that; harmless to repeat."""
    found = _own(session, person, comment_id)
    found.withdrawn_at = None
    session.flush()
    return found


def find_visible(session: Session, person: Person, comment_id: str) -> Comment | None:
    """The comment, if this person may see it and its post."""
    found = queries.find_visible(session, person.id, comment_id)
    return found if found and visibility.find_visible(session, person, found.post_id) else None


def of_post(
    session: Session,
    person: Person,
    post: Post,
    before: str | None = None,
    *,
    most: int = SHOWN_MOST,
) -> dict[str, Any]:
    """What was said about a post: the newest ones, oldest first, or the `most` `before` one.

    Return `comments`, as `describe` gives them, and `has_earlier`. Raise NotFound
    ("comment-not-found") if there is no comment `before` which to look.
    """
    edge = session.get(Comment, before) if before else None
    if before and (edge is None or edge.post_id != post.id):
        raise _not_found()
    found = queries.of_post(session, person.id, post.id, most + 1, edge)
    shown = found[-most:]
    return {
        "comments": describe(session, person, shown),
        "has_earlier": len(found) > len(shown),
    }


def describe(
    session: Session, person: Person, comments: Collection[Comment]
) -> list[dict[str, Any]]:
    """Comments as JSON: id, post, author, own, kind, body, written_at, withdrawn, hidden."""
    writers = authors.describe(session, person, {each.person_id for each in comments})
    return [
        {
            "id": each.id,
            "post": each.post_id,
            "author": writers[each.person_id],
            "own": each.person_id == person.id,
            "kind": each.kind,
            "body": each.body,
            "written_at": clock.iso(each.written_at),
            "withdrawn": each.withdrawn_at is not None,
            "hidden": each.hidden_at is not None,
        }
        for each in comments
    ]


def _own(session: Session, person: Person, comment_id: str) -> Comment:
    found = session.get(Comment, comment_id)
    if found is None or found.person_id != person.id:
        raise _not_found()
    return found


def _not_found() -> NotFound:
    return NotFound("comment-not-found", "There is no such comment, or it was taken back.")
