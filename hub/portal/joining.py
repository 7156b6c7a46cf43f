"""Codes, who waits to be let in, and forgotten passwords: what a trainer settles for his cohorts.

Joining itself happens on the Hub's pages, which hold the door; `join` and `password` lead there.
"""

from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from pydantic import AwareDatetime, BaseModel, Field

from hub.portal.shapes import Asked
from hub.portal.visitor import Asking, Here
from learning import cohorts, joining, people
from store.database import Session
from store.queries import joining as rows
from store.tables import Cohort, JoinCode

router = APIRouter(prefix="/api/studio")
doors = APIRouter(include_in_schema=False)


class CohortName(BaseModel):
    """A cohort by its name."""

    id: int
    name: str
    course: str
    needs_approval: bool


class Code(BaseModel):
    """A code, as people read it aloud, and the path that opens the form with it."""

    code: str
    path: str
    cohort: CohortName
    state: Literal["live", "ended", "used-up"]
    uses: int
    most_uses: int | None
    ends_at: AwareDatetime | None


class Codes(BaseModel):
    """The codes of my cohorts, newest first, and the cohorts."""

    codes: list[Code]
    cohorts: list[CohortName]


class CodeAsked(Asked):
    """For how many people and days; null is without end."""

    uses: Annotated[int, Field(ge=1, le=100_000)] | None = None
    days: Annotated[int, Field(ge=1, le=3_650)] | None = None


class CohortChange(Asked):
    """Whether who joins from now on has to wait for approval."""

    needs_approval: bool


class Waiting(BaseModel):
    """Somebody who waits to be let in."""

    request: int
    cohort: CohortName
    person: str
    display_name: str
    school: str | None
    upazila: str | None
    district: str | None
    asked_at: AwareDatetime


class WaitingList(BaseModel):
    """Who waits, longest first."""

    waiting: list[Waiting]


class Decision(Asked):
    """Let somebody in, or not."""

    accept: bool


class Settled(BaseModel):
    """What became of a request."""

    state: Literal["accepted", "refused"]


class TemporaryPassword(BaseModel):
    """A password that is shown once, and lets in only to choose another."""

    display_name: str
    name: str
    password: str


@router.get("/codes")
def list_codes(portal: Here, visitor: Asking) -> Codes:
    """Return the codes of the cohorts that I follow."""
    with portal.database.read() as session:
        mine = cohorts.cohorts_followed(session, visitor.person, "trainer")
        found = rows.codes(session, [cohort.id for cohort in mine])
        return Codes(
            codes=[_code(portal.hub.pages_url, code, cohort) for code, cohort in found],
            cohorts=[_cohort(cohort) for cohort in mine],
        )


@router.post("/cohorts/{cohort}/codes")
def create_code(cohort: int, asked: CodeAsked, portal: Here, visitor: Asking) -> Code:
    """Make a code for one of my cohorts."""

    def use_case(session: Session) -> Code:
        code = joining.create_code(
            session, cohort, uses=asked.uses, days=asked.days, by=visitor.person.id
        )
        return _code(portal.hub.pages_url, code, cohorts.get_cohort(session, cohort))

    return portal.database.write(use_case)


@router.delete("/codes/{code}")
def end_code(code: str, portal: Here, visitor: Asking) -> Code:
    """Let nobody else in with a code."""

    def use_case(session: Session) -> Code:
        ended = joining.end_code(session, code, by=visitor.person.id)
        cohort = cohorts.get_cohort(session, ended.cohort_id)
        return _code(portal.hub.pages_url, ended, cohort)

    return portal.database.write(use_case)


@router.put("/cohorts/{cohort}")
def change_cohort(cohort: int, change: CohortChange, portal: Here, visitor: Asking) -> CohortName:
    """Say whether who joins this cohort has to wait for approval."""

    def use_case(session: Session) -> CohortName:
        return _cohort(
            cohorts.set_approval(session, cohort, change.needs_approval, by=visitor.person.id)
        )

    return portal.database.write(use_case)


@router.get("/requests")
def list_requests(portal: Here, visitor: Asking) -> WaitingList:
    """Return who waits to be let into one of my cohorts."""
    with portal.database.read() as session:
        found = joining.requests_for(session, visitor.person)
        return WaitingList(
            waiting=[
                Waiting(
                    request=request.id,
                    cohort=_cohort(cohort),
                    person=person.id,
                    display_name=person.display_name,
                    school=person.school.name if person.school else None,
                    upazila=person.school.upazila if person.school else None,
                    district=person.school.district if person.school else None,
                    asked_at=request.asked_at,
                )
                for request, cohort, person in found
            ]
        )


@router.post("/requests/{request}")
def settle_request(request: int, decision: Decision, portal: Here, visitor: Asking) -> Settled:
    """Let somebody in, or not; 409 if somebody else has decided otherwise."""
    settled = portal.database.write(
        lambda session: joining.settle(session, request, accept=decision.accept, by=visitor.person)
    )
    return Settled.model_validate({"state": settled.state})


@router.post("/people/{person}/password")
def reset_password(person: str, portal: Here, visitor: Asking) -> TemporaryPassword:
    """Give a teacher of mine a temporary password; she is signed out everywhere."""
    password, hashed = portal.temporary_password()
    found = portal.database.write(
        lambda session: people.set_password(
            session, person, hashed, by=visitor.person.id, is_temporary=True
        )
    )
    return TemporaryPassword(display_name=found.display_name, name=found.name, password=password)


@doors.get("/join")
def to_join(portal: Here) -> RedirectResponse:
    """Lead to the Hub's page for a code."""
    return RedirectResponse(f"{portal.hub.pages_url}join", 303)


@doors.get("/password")
def to_password(portal: Here) -> RedirectResponse:
    """Lead to the Hub's page for another password."""
    return RedirectResponse(f"{portal.hub.pages_url}password", 303)


def _cohort(cohort: Cohort) -> CohortName:
    return CohortName(
        id=cohort.id,
        name=cohort.name,
        course=cohort.course,
        needs_approval=cohort.needs_approval,
    )


def _code(pages_url: str, code: JoinCode, cohort: Cohort) -> Code:
    spelled = joining.spelled(code.code)
    return Code.model_validate(
        {
            "code": spelled,
            "path": f"{pages_url}join?code={spelled}",
            "cohort": _cohort(cohort),
            "state": joining.state_of(code),
            "uses": code.uses,
            "most_uses": code.most_uses,
            "ends_at": code.ends_at,
        }
    )
