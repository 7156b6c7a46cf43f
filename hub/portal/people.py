"""Who I am, my language, and the colleagues with whom I may hand in work."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from hub.portal.portal import Portal
from hub.portal.texts import Language
from hub.portal.visitor import Asking, Here, Visitor, remember_language
from learning import cohorts, my_data, people
from store import clock
from store.database import Session

router = APIRouter(prefix="/api")

EXPORTS_AT_ONCE = 1
"""How many people's data is put together at once; others wait, and hold no thread that saves."""
PIECE_BYTES = 1 << 18


class MyCohort(BaseModel):
    """Teachers with whom I learn."""

    id: int
    name: str


class Me(BaseModel):
    """The person who is signed in, and the server's time."""

    id: str
    name: str
    display_name: str
    language: Language
    roles: list[str]
    school: str | None
    upazila: str | None
    district: str | None
    gender: str | None
    cohorts: list[MyCohort]
    server_time: datetime


class MyChange(BaseModel):
    """What I may change about myself."""

    model_config = ConfigDict(extra="forbid")

    language: Language


class Colleague(BaseModel):
    """Somebody of my cohort or school."""

    id: str
    display_name: str
    school: str | None


class Colleagues(BaseModel):
    """The colleagues that were found."""

    people: list[Colleague]


@router.get("/me")
def get_me(portal: Here, visitor: Asking) -> Me:
    """Return who is signed in."""
    with portal.database.read() as session:
        return _me(session, visitor)


@router.put("/me")
def change_me(change: MyChange, portal: Here, visitor: Asking, reply: Response) -> Me:
    """Choose my language, here and on my other devices."""

    def use_case(session: Session) -> Me:
        people.change_language(session, visitor.person.id, change.language)
        return _me(session, visitor).model_copy(update={"language": change.language})

    me = portal.database.write(use_case)
    remember_language(reply, portal, change.language)
    return me


@router.get("/me/data")
async def get_my_data(request: Request, portal: Here, visitor: Asking) -> Response:
    """Return all that is kept about me, as a zip of JSON, text and files."""
    limiter: CapacityLimiter = request.app.state.exports
    bundle = await to_thread.run_sync(_bundle, portal, visitor.person.id, limiter=limiter)
    headers = {
        "Content-Disposition": 'attachment; filename="pathshala-my-data.zip"',
        "Content-Length": str(bundle.tell()),
    }
    return StreamingResponse(_pieces(bundle), media_type="application/zip", headers=headers)


@router.get("/colleagues")
def find_colleagues(
    portal: Here, visitor: Asking, q: Annotated[str, Query(max_length=200)] = ""
) -> Colleagues:
    """Return colleagues whose name holds `q`."""
    with portal.database.read() as session:
        found = people.colleagues(session, visitor.person, q)
        return Colleagues(
            people=[
                Colleague(
                    id=person.id,
                    display_name=person.display_name,
                    school=person.school.name if person.school else None,
                )
                for person in found
            ]
        )


def _bundle(portal: Portal, person_id: str) -> IO[bytes]:
    """The zip in a file without a name, which is gone once nobody has it open."""
    with portal.database.read() as session:
        kept = my_data.gather(session, person_id)
    bundle = tempfile.TemporaryFile(dir=portal.work)  # noqa: SIM115 - closed by who sends it
    my_data.write(kept, portal.artifacts, bundle)
    return bundle


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(PIECE_BYTES):
            yield piece


def _me(session: Session, visitor: Visitor) -> Me:
    person = visitor.person
    school = person.school
    return Me(
        id=person.id,
        name=person.name,
        display_name=person.display_name,
        language="en" if person.language == "en" else "bn",
        roles=sorted(visitor.roles),
        school=school.name if school else None,
        upazila=school.upazila if school else None,
        district=school.district if school else None,
        gender=person.gender,
        cohorts=[
            MyCohort(id=cohort.id, name=cohort.name)
            for cohort in cohorts.cohorts_of(session, person.id)
        ],
        server_time=clock.now(),
    )
