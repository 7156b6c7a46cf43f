"""What a trainer's Lab asks, by the token that the Hub gave it: his courses, and sending them.

A file is sent once, named by its hash, and only where a proof wants it; so nobody gets a file by
knowing its hash. Nothing here opens with a browser's session.
"""

import os
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from hub.portal.portal import Portal
from hub.portal.proof_states import ProofState, state_of
from hub.portal.shapes import Asked
from hub.portal.visitor import Asking, Here
from learning import writers
from publishing import folders, proofs, sources
from publishing.folders import MOST_FILE_BYTES, MOST_FILES, FileOf
from publishing.proofs import Wish
from publishing.texts import in_language
from store.errors import Invalid, NotFound
from store.queries import writing
from store.tables import Proof

router = APIRouter(prefix="/api/lab", tags=["lab"])

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class FileToSend(Asked):
    """A file of a course's folder."""

    path: Annotated[str, Field(min_length=1, max_length=folders.LONGEST_PATH)]
    sha256: Sha256
    size_bytes: Annotated[int, Field(ge=0, le=MOST_FILE_BYTES)]


class FolderToSend(Asked):
    """A course's folder; `proof` answers what the studio asked for."""

    wish: Wish
    proof: Annotated[str, Field(max_length=32)] | None = None
    files: Annotated[list[FileToSend], Field(max_length=MOST_FILES)]


class Sending(BaseModel):
    """What to send next: `missing` are hashes of files."""

    proof: str
    state: str
    missing: list[str]


class CourseOfLab(BaseModel):
    """A course that the trainer may write."""

    course: str
    title: str


class CoursesOfLab(BaseModel):
    courses: list[CourseOfLab]


class FileOfCourse(BaseModel):
    """A file of a course as last published."""

    path: str
    sha256: str
    size_bytes: int


class FolderOfCourse(BaseModel):
    """A course's folder as last published; none if it was published before folders were kept."""

    course: str
    files: list[FileOfCourse]


class Wished(BaseModel):
    """What the studio asked this Lab to send."""

    proof: str
    course: str
    wish: Wish


class Wishes(BaseModel):
    wishes: list[Wished]


@router.get("/wishes")
def wishes(portal: Here, visitor: Asking) -> Wishes:
    """What the trainer asked for in the studio, for this Lab to send."""
    with portal.database.read() as session:
        asked = proofs.asked(session, visitor.person.id)
    return Wishes.model_validate(
        {"wishes": [{"proof": each.id, "course": each.course, "wish": each.wish} for each in asked]}
    )


@router.get("/courses")
def courses(portal: Here, visitor: Asking) -> CoursesOfLab:
    """The published courses that this trainer may write."""
    with portal.database.read() as session:
        found = writers.courses_to_write(session, visitor.person.id)
    return CoursesOfLab(
        courses=[
            CourseOfLab(course=each.course, title=in_language(each.title, visitor.language))
            for each in found
        ]
    )


@router.get("/courses/{course}")
def folder(course: str, portal: Here) -> FolderOfCourse:
    """The folder of a course as last published."""
    files = _source(portal, course)
    return FolderOfCourse(
        course=course,
        files=[
            FileOfCourse(path=path, sha256=file.sha256, size_bytes=file.size_bytes)
            for path, file in files.items()
        ],
    )


@router.get("/courses/{course}/files/{sha256}")
def file_of_course(course: str, sha256: str, portal: Here) -> Response:
    """A file of a course as last published."""
    if sha256 not in {file.sha256 for file in _source(portal, course).values()}:
        raise NotFound("not-found", "There is nothing here, or it is not for you.")
    return FileResponse(portal.artifacts.path(sha256), media_type=sources.SOURCE)


@router.post("/courses/{course}/proofs")
def begin(course: str, sent: FolderToSend, portal: Here, visitor: Asking) -> Sending:
    """Begin to send a course's folder: to check, to preview or to publish it."""
    files = {each.path: FileOf(each.sha256, each.size_bytes) for each in sent.files}
    proof = portal.database.write(
        lambda session: proofs.send(
            session, visitor.person.id, course, sent.wish, files, sent.proof
        )
    )
    return _sending(proof)


@router.put("/proofs/{proof}/files/{sha256}")
async def receive(
    proof: str, sha256: str, request: Request, portal: Here, visitor: Asking
) -> Sending:
    """Send one file; with the last that is missing the work begins."""
    person_id = visitor.person.id
    size = await run_in_threadpool(_wanted, portal, person_id, proof, sha256)
    handle, aside = tempfile.mkstemp(prefix=".sent-", dir=portal.artifacts.root)
    try:
        with os.fdopen(handle, "wb") as file:
            async for chunk in request.stream():
                if file.tell() + len(chunk) > size:
                    raise Invalid("too-large", "That is too large to send.")
                await run_in_threadpool(file.write, chunk)
        return await run_in_threadpool(_keep, portal, person_id, proof, sha256, Path(aside))
    finally:
        Path(aside).unlink(missing_ok=True)


@router.get("/proofs/{proof}")
def proof_of_lab(proof: str, portal: Here, visitor: Asking) -> ProofState:
    """How far a proof is, and what came of it."""
    with portal.database.read() as session:
        return state_of(proofs.get(session, visitor.person.id, proof), visitor.language)


def _source(portal: Portal, course: str) -> dict[str, FileOf]:
    with portal.database.read() as session:
        source = writing.newest_source(session, course)
    return folders.from_json(source.files) if source else {}


def _wanted(portal: Portal, person_id: str, proof: str, sha256: str) -> int:
    with portal.database.read() as session:
        return proofs.wants(session, person_id, proof, sha256)


def _keep(portal: Portal, person_id: str, proof: str, sha256: str, aside: Path) -> Sending:
    if folders.sha256_of(aside) != sha256:
        raise Invalid("file-changed", "The file is not the one that was announced.")
    portal.artifacts.put(aside, sources.SOURCE)
    return _sending(
        portal.database.write(lambda session: proofs.receive(session, person_id, proof, sha256))
    )


def _sending(proof: Proof) -> Sending:
    return Sending(proof=proof.id, state=proof.state, missing=list(proof.missing))
