"""Hand in and take back. Which answers go, and until when, is decided in `learning`."""

import logging
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from hub.portal.portal import Portal
from hub.portal.shapes import Asked, Key, PersonId
from hub.portal.visitor import Asking, Here, Visitor
from learning import hand_ins
from store import tables
from store.database import Session

router = APIRouter(prefix="/api")
log = logging.getLogger("pathshala.portal")

State = Literal["waiting", "to-mark", "returned", "failed", "taken-back"]


class Participant(BaseModel):
    """One of those whose work it is."""

    id: str
    display_name: str


class HandedAnswer(BaseModel):
    """An exercise of a hand-in."""

    exercise: str
    title: str
    answered: bool


class HandIn(BaseModel):
    """A receipt: what was handed in, when, by whom, and what became of it."""

    number: int
    round: int
    state: State
    received_at: AwareDatetime
    handed_by: str
    people: list[Participant]
    answered: int
    exercises: int
    answers: list[HandedAnswer]
    score: float | None
    maximum: float | None
    can_take_back: bool
    returned_at: AwareDatetime | None


class HandInAsked(Asked):
    """Hand in my newest answers; `key` makes repeats harmless, `together` names colleagues."""

    person: PersonId
    key: Key
    handed_at: AwareDatetime
    together: Annotated[list[PersonId], Field(max_length=10)]


@router.post("/courses/{course}/{module}/hand-ins")
def hand_in(course: str, module: str, asked: HandInAsked, portal: Here, visitor: Asking) -> HandIn:
    """Hand in and return the receipt; the quizzes are scored afterwards."""
    visitor.must_be(asked.person)

    def use_case(session: Session) -> HandIn:
        record = hand_ins.hand_in(
            session,
            person=visitor.person,
            module_key=f"{course}/{module}",
            key=asked.key,
            handed_at=asked.handed_at,
            together=asked.together,
        )
        return receipts(session, visitor, [record])[0]

    receipt = portal.database.write(use_case)
    if receipt.state == "waiting":
        ask_for(portal, "autograde", receipt.number)
    return receipt


@router.delete("/hand-ins/{number}")
def take_back(number: int, portal: Here, visitor: Asking) -> HandIn:
    """Take a hand-in back before somebody has begun to mark it."""

    def use_case(session: Session) -> HandIn:
        return receipts(session, visitor, [hand_ins.take_back(session, visitor.person, number)])[0]

    return portal.database.write(use_case)


def receipts(session: Session, visitor: Visitor, records: list[tables.HandIn]) -> list[HandIn]:
    """Word hand-ins for one of their people."""
    described = hand_ins.describe(session, visitor.person.id, records, visitor.language)
    return [HandIn(**each) for each in described]


def ask_for(portal: Portal, job: str, number: int) -> None:
    """Ask the worker for a job after the commit. If the queue refuses, the sweep asks again."""
    try:
        portal.jobs.enqueue(job, str(number))
    except Exception as failure:  # the hand-in is on disk; whoever waits for it must hear so
        log.error("%s of %d was not queued: %s", job, number, type(failure).__name__)
