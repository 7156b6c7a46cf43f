"""What a trainer does with his courses in the studio: write, check, preview, publish, go back.

The portal reaches no Lab: it notes what is wanted, and the trainer's own Lab, which asks every few
seconds, sends the folder (`lab`). A preview's pages open for the trainer alone.
"""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hub.portal import signed
from hub.portal.answers import ClipFiles
from hub.portal.proof_states import ProofState, state_of
from hub.portal.shapes import Asked
from hub.portal.studio import PublishedVersion, version_of
from hub.portal.visitor import Asking, Here
from learning import writers
from publishing import history, proofs
from publishing.proofs import Wish
from publishing.texts import in_language
from store.queries import people, versions, writing
from store.tables import Person, Version

router = APIRouter(prefix="/api/studio", tags=["writing"])

VERSIONS_SHOWN = 50
LONGEST_TEXT = 5_000


class ProofWish(Asked):
    """What to do with the course in one's Lab."""

    wish: Wish


class CurrentVersion(Asked):
    """Which version readers get."""

    number: int = Field(ge=1, le=1_000_000)


class WrittenCourse(BaseModel):
    """A course that one may write, and one's newest proof of each kind."""

    course: str
    title: str
    is_published: bool
    proofs: list[ProofState]


class Writing(BaseModel):
    """One's courses; `has_lab` says whether one may have a Lab."""

    has_lab: bool
    courses: list[WrittenCourse]


class History(BaseModel):
    """The versions of a module, newest first, and which of them readers get."""

    current: int | None
    versions: list[PublishedVersion]


class Change(BaseModel):
    """A cell that is not as it was; numbers from 1, texts as in the notebook."""

    kind: Literal["added", "removed", "changed", "moved"]
    before: int | None
    now: int | None
    exercise: str
    was: str
    text: str
    points: tuple[float, float] | None
    settings: bool


class Changes(BaseModel):
    """What is different between two versions."""

    before: int
    now: int
    changes: list[Change]


@router.get("/writing")
def writing_of(portal: Here, visitor: Asking) -> Writing:
    """The courses that one may write, those that are not published yet too."""
    language = visitor.language
    with portal.database.read() as session:
        courses = {
            each.course: in_language(each.title, language)
            for each in writers.courses_to_write(session, visitor.person.id)
        }
        found = writing.newest_proofs(session, visitor.person.id)
        new = {
            each.course: each.course
            for each in found
            if each.course not in courses
            and writers.may_write(session, visitor.person.id, each.course)
        }
    return Writing(
        has_lab="trainer" in visitor.roles,
        courses=[
            WrittenCourse(
                course=course,
                title=title,
                is_published=course in courses,
                proofs=[state_of(each, language) for each in found if each.course == course],
            )
            for course, title in (courses | new).items()
        ],
    )


@router.post("/courses/{course}/proofs")
def ask_for_proof(course: str, asked: ProofWish, portal: Here, visitor: Asking) -> ProofState:
    """Ask one's Lab for the course: to check, to preview, to publish."""
    proof = portal.database.write(
        lambda session: proofs.ask(session, visitor.person.id, course, asked.wish)
    )
    return state_of(proof, visitor.language)


@router.get("/proofs/{proof}")
def proof_state(proof: str, portal: Here, visitor: Asking) -> ProofState:
    """How far a proof is."""
    with portal.database.read() as session:
        return state_of(proofs.get(session, visitor.person.id, proof), visitor.language)


@router.get("/proofs/{proof}/clips/{clip}/files")
def sign_files_of_proof(proof: str, clip: str, portal: Here, visitor: Asking) -> ClipFiles:
    """Where the films and the sound of a clip are that one sent, for the next ten minutes."""
    with portal.database.read() as session:
        files = proofs.clip_files(session, visitor.person.id, proof, clip)
    return ClipFiles(
        addresses={file: signed.sign(portal, file, visitor.person.id) for file in files},
        seconds=signed.SECONDS,
    )


@router.get("/courses/{course}/{module}/versions")
def history_of(course: str, module: str, portal: Here) -> History:
    """Every version of a module."""
    key = f"{course}/{module}"
    with portal.database.read() as session:
        found = versions.latest(session, [key], VERSIONS_SHOWN)[key]
        current = versions.current_number(session, key)
        publishers = people.by_id(session, {each.created_by for each in found if each.created_by})
    return History(current=current, versions=[version_of(each, publishers) for each in found])


@router.get("/courses/{course}/{module}/changes")
def changes_of(course: str, module: str, portal: Here, before: int = 1, now: int = 1) -> Changes:
    """What is different between two versions of a module, cell by cell."""
    key = f"{course}/{module}"
    with portal.database.read() as session:
        pair = [history.get_version(session, key, number) for number in (before, now)]
    found = history.changes(portal.artifacts, *pair)
    return Changes(
        before=before,
        now=now,
        changes=[
            Change(
                kind=each.kind,
                before=each.before,
                now=each.now,
                exercise=each.exercise,
                was=each.was[:LONGEST_TEXT],
                text=each.text[:LONGEST_TEXT],
                points=each.points,
                settings=each.settings,
            )
            for each in found
        ],
    )


@router.put("/courses/{course}/{module}/current")
def go_back(
    course: str, module: str, chosen: CurrentVersion, portal: Here, visitor: Asking
) -> PublishedVersion:
    """Let readers get another version; what they answered stays."""
    person = visitor.person

    def use_case(session: Any) -> tuple[Version, dict[str, Person]]:
        version = history.make_current(session, f"{course}/{module}", chosen.number, person.id)
        return version, people.by_id(session, [version.created_by] if version.created_by else [])

    version, publishers = portal.database.write(use_case)
    return version_of(version, publishers)
