"""Somebody finds that a post or a comment should not be seen; a moderator decides.

Whoever reports a thing does not see it from then on. A moderator, who is a trainer of the author
or an administrator, keeps it or hides it, and may decide again; every decision is in the audit.
The author is told that it was hidden and for which reason, never by whom it was reported.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from learning import cohorts, people
from sharing import authors, pictures, shelf
from sharing.visibility import existing
from sharing.wordings import kind_of
from store import audit, clock
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.queries import comments as comment_queries
from store.queries import complaints as queries
from store.queries import posts as post_queries
from store.tables import Comment, Complaint, Person, Post

MODERATORS = frozenset({"trainer", "administrator"})
REASONS = ("names-pupil", "hurts", "not-own", "not-teaching", "other")
OUTCOMES = ("kept", "hidden")
MOST_LETTERS = 1000
SETTLED_SHOWN = 20

Thing = Post | Comment


def report(
    session: Session,
    *,
    person: Person,
    reason: str,
    words: str,
    post_id: str | None = None,
    comment_id: str | None = None,
) -> Complaint:
    """Complain about a post or a comment one may see; a second time gives the same complaint.

    Raise NotFound("post-not-found", "comment-not-found"), NotAllowed("own-post"),
    Invalid("reason-invalid", "reason-needs-words", "words-too-long").
    """
    thing = _reportable(session, person, post_id, comment_id)
    if thing.person_id == person.id:
        raise NotAllowed("own-post", "This is your own work.")
    if reason not in REASONS:
        raise Invalid("reason-invalid", "Say what is wrong with it.")
    plain = unicodedata.normalize("NFC", words).strip()
    if reason == "other" and not plain:
        raise Invalid("reason-needs-words", "Say in a few words what is wrong.")
    if len(plain) > MOST_LETTERS:
        raise Invalid("words-too-long", "Use at most {letters} letters.", {"letters": MOST_LETTERS})
    known = queries.find_open(session, person.id, post_id, comment_id)
    if known is not None:
        return known
    complaint = Complaint(
        post_id=post_id,
        comment_id=comment_id,
        person_id=person.id,
        reason=reason,
        words=plain,
        reported_at=clock.now(),
    )
    session.add(complaint)
    session.flush()
    audit.record(session, person.id, "report", _name(thing))
    return complaint


def take_back(session: Session, person: Person, complaint_id: int) -> None:
    """Undo one's own complaint before anybody decided on it; harmless to repeat.

    Raise NotAllowed("already-settled").
    """
    complaint = session.get(Complaint, complaint_id)
    if complaint is None or complaint.person_id != person.id:
        return
    if complaint.settled_at is not None:
        raise NotAllowed("already-settled", "Somebody has decided on this already.")
    audit.record(session, person.id, "take-report-back", _name(_thing(session, complaint)))
    session.delete(complaint)
    session.flush()


def settle(session: Session, person: Person, complaint_id: int, outcome: str) -> Complaint:
    """Keep or hide what was complained of; all complaints about it are settled by that.

    Raise NotFound("complaint-not-found"), Invalid("outcome-invalid").
    """
    complaint = find_to_settle(session, person, complaint_id)
    if complaint is None:
        raise NotFound("complaint-not-found", "There is no such complaint.")
    if outcome not in OUTCOMES:
        raise Invalid("outcome-invalid", "Keep it or hide it.")
    at = clock.now()
    thing = _thing(session, complaint)
    for each in queries.about(session, complaint.post_id, complaint.comment_id):
        each.settled_at, each.settled_by, each.outcome = at, person.id, outcome
    thing.hidden_at = (thing.hidden_at or at) if outcome == "hidden" else None
    session.flush()
    if isinstance(thing, Post):
        shelf.refresh(session, thing)
    audit.record(session, person.id, "hide" if outcome == "hidden" else "keep", _name(thing))
    return complaint


def find_to_settle(session: Session, person: Person, complaint_id: int) -> Complaint | None:
    """The complaint, if this person may decide on it: of a teacher followed, not his own."""
    complaint = session.get(Complaint, complaint_id)
    if complaint is None:
        return None
    return complaint if _may_settle(session, person, _thing(session, complaint)) else None


def may_judge(session: Session, person: Person, post: Post) -> bool:
    """Whether a complaint about this post is for this person, a moderator, to decide on."""
    if MODERATORS.isdisjoint(people.roles_of(session, person.id)):
        return False
    return bool(queries.about(session, post.id, None)) and _may_settle(session, person, post)


def queue(session: Session, person: Person) -> dict[str, Any]:
    """What waits for this moderator, oldest first, and what was settled last.

    {"open": [...], "settled": [...]}, each as `describe` gives it; one entry for each thing.
    """
    waiting = _mine(session, person, queries.waiting(session))
    settled = _mine(session, person, queries.settled(session))[:SETTLED_SHOWN]
    return {
        "open": [describe(session, person, each) for each in waiting],
        "settled": [describe(session, person, each) for each in settled],
    }


def describe(session: Session, person: Person, complaint: Complaint) -> dict[str, Any]:
    """A complaint as JSON: id, about, author, kind, value, pictures, post, reasons, reported_at,
    outcome.

    `reasons` lists {"reason", "words"} of everybody who complained, without names.
    """
    thing = _thing(session, complaint)
    every = queries.about(session, complaint.post_id, complaint.comment_id)
    is_post = isinstance(thing, Post)
    hung = pictures.describe(session, [thing.id]) if is_post else {}
    return {
        "id": complaint.id,
        "about": "post" if is_post else "comment",
        "author": authors.describe(session, person, [thing.person_id])[thing.person_id],
        "kind": kind_of(thing.body["value"]) if isinstance(thing, Post) else thing.kind,
        "value": thing.body["value"] if isinstance(thing, Post) else thing.body,
        "pictures": hung.get(thing.id, []),
        "post": thing.id if isinstance(thing, Post) else thing.post_id,
        "reasons": [{"reason": each.reason, "words": each.words} for each in every],
        "reported_at": clock.iso(min(each.reported_at for each in every)),
        "settled_at": clock.iso(complaint.settled_at) if complaint.settled_at else None,
        "outcome": complaint.outcome,
    }


def why_hidden(session: Session, post_ids: Iterable[str]) -> dict[str, str]:
    """The reason for which a post was hidden, by post, for its author."""
    return queries.reasons_of_hidden(session, list(post_ids))


def _reportable(
    session: Session, person: Person, post_id: str | None, comment_id: str | None
) -> Thing:
    if comment_id is not None:
        comment = comment_queries.find_shown(session, person.id, comment_id)
        if comment and post_queries.find_shared_with(session, person.id, comment.post_id):
            return comment
        raise NotFound("comment-not-found", "There is no such comment, or it was taken back.")
    return existing(post_queries.find_shared_with(session, person.id, post_id or ""))


def _thing(session: Session, complaint: Complaint) -> Thing:
    if complaint.post_id is not None:
        return session.get_one(Post, complaint.post_id)
    return session.get_one(Comment, complaint.comment_id)


def _name(thing: Thing) -> str:
    return f"{'post' if isinstance(thing, Post) else 'comment'}/{thing.id}"


def _mine(session: Session, person: Person, complaints: Iterable[Complaint]) -> list[Complaint]:
    """Those that this person may settle, the first about each thing."""
    first: dict[str, Complaint] = {}
    for complaint in complaints:
        thing = _thing(session, complaint)
        if _name(thing) not in first and _may_settle(session, person, thing):
            first[_name(thing)] = complaint
    return list(first.values())


def _may_settle(session: Session, person: Person, thing: Thing) -> bool:
    post = thing if isinstance(thing, Post) else session.get_one(Post, thing.post_id)
    course = post.module.partition("/")[0]
    return thing.person_id != person.id and cohorts.follows(
        session, person, "trainer", thing.person_id, course
    )
