"""Reporting a post or a comment, and deciding on what was reported."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from hub.portal.posts import Author, PictureOfPost
from hub.portal.shapes import Asked, PersonId
from hub.portal.visitor import Asking, Here, Visitor
from sharing import complaints
from store.database import Session

router = APIRouter(prefix="/api")

Reason = Literal["names-pupil", "hurts", "not-own", "not-teaching", "other"]
Outcome = Literal["kept", "hidden"]


class ComplaintAsked(Asked):
    """What is wrong with it; `other` needs words."""

    person: PersonId
    reason: Reason
    words: Annotated[str, Field(max_length=4000)] = ""


class Reported(BaseModel):
    """My complaint; its number undoes it."""

    id: int


class Grievance(BaseModel):
    """What somebody found wrong; who it was is not said."""

    reason: Reason
    words: str


class Complaint(BaseModel):
    """A post or comment that was reported, and by now what was decided."""

    id: int
    about: Literal["post", "comment"]
    author: Author
    kind: str
    value: JsonValue
    pictures: list[PictureOfPost]
    post: str
    reasons: list[Grievance]
    reported_at: AwareDatetime
    settled_at: AwareDatetime | None
    outcome: Outcome | None


class Complaints(BaseModel):
    """What waits for a decision of mine, oldest first; the last decisions, newest first."""

    open: list[Complaint]
    settled: list[Complaint]


class Decision(Asked):
    """Keep it or hide it."""

    outcome: Outcome


@router.post("/posts/{post}/complaints")
def report_post(post: str, asked: ComplaintAsked, portal: Here, visitor: Asking) -> Reported:
    """Report a post: I do not see it any more, and a moderator decides."""
    return _report(portal, visitor, asked, post_id=post)


@router.post("/comments/{comment}/complaints")
def report_comment(comment: str, asked: ComplaintAsked, portal: Here, visitor: Asking) -> Reported:
    """Report a comment."""
    return _report(portal, visitor, asked, comment_id=comment)


@router.delete("/complaints/{complaint}")
def take_back_complaint(complaint: int, portal: Here, visitor: Asking) -> Reported:
    """Undo my complaint before somebody decided."""
    portal.database.write(lambda session: complaints.take_back(session, visitor.person, complaint))
    return Reported(id=complaint)


@router.get("/complaints")
def list_complaints(portal: Here, visitor: Asking) -> Complaints:
    """Return what was reported about the teachers whom I follow."""
    with portal.database.read() as session:
        return Complaints(**complaints.queue(session, visitor.person))


@router.post("/complaints/{complaint}/settle")
def settle(complaint: int, decision: Decision, portal: Here, visitor: Asking) -> Complaint:
    """Keep or hide; a later decision replaces an earlier one."""

    def use_case(session: Session) -> Complaint:
        settled = complaints.settle(session, visitor.person, complaint, decision.outcome)
        return Complaint(**complaints.describe(session, visitor.person, settled))

    return portal.database.write(use_case)


def _report(
    portal: Here,
    visitor: Visitor,
    asked: ComplaintAsked,
    post_id: str | None = None,
    comment_id: str | None = None,
) -> Reported:
    visitor.must_be(asked.person)

    def use_case(session: Session) -> Reported:
        complaint = complaints.report(
            session,
            person=visitor.person,
            reason=asked.reason,
            words=asked.words,
            post_id=post_id,
            comment_id=comment_id,
        )
        return Reported(id=complaint.id)

    return portal.database.write(use_case)
