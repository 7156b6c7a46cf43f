"""One person's answers in a module, and what belongs to them: saves, clips, feedback."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from grading import feedback
from hub.portal import hand_ins, posts, signed
from hub.portal.marking import GivenLevel, worded_level
from hub.portal.shapes import Asked, DeviceName, PersonId, Range, Ranges, Seconds
from hub.portal.texts import Language, say
from hub.portal.visitor import Asking, Entering, Here
from learning import answers, progress
from learning.hand_ins import hand_ins_of
from sharing.posts import audiences
from store import clock, tables
from store.backup import epoch
from store.database import Session
from store.queries import modules

router = APIRouter(prefix="/api/courses/{course}/{module}")


class Feedback(BaseModel):
    """Score and comment on an answer, once returned; `answer` is the wording that was marked."""

    round: int
    score: float | None
    maximum: float
    comment: str
    levels: list[GivenLevel]
    reason: str | None
    returned_at: AwareDatetime
    answer: JsonValue
    changed_since: bool


class MyExercise(BaseModel):
    """My newest answer to an exercise, and the feedback on it."""

    value: JsonValue
    saved_at: AwareDatetime | None
    edited_at: AwareDatetime | None
    device: str | None
    sequence: int | None
    feedback: Feedback | None


class Watched(BaseModel):
    """What I have watched of a clip: ranges of seconds, each second once."""

    ranges: list[Range]
    position: float
    seconds: float


class ClipFiles(BaseModel):
    """Addresses of a clip's films and sound by file name, for me alone, for `seconds`."""

    addresses: dict[str, str]
    seconds: int


class MyProgress(BaseModel):
    """How far I am."""

    steps: int
    steps_done: int
    tried: bool


class Mine(BaseModel):
    """Everything personal on a module's page. Another `epoch` than before: a copy was restored,
    and what was acknowledged since it was made is gone unless the browser sends it again."""

    person: str
    epoch: str
    server_time: AwareDatetime
    version: int
    exercises: dict[str, MyExercise]
    hand_ins: list[hand_ins.HandIn]
    clips: dict[str, Watched]
    posts: list[posts.Post]
    audiences: list[str]
    progress: MyProgress


class Save(Asked):
    """An answer to keep; (person, exercise, device, sequence) makes repeats harmless."""

    person: PersonId
    device: DeviceName
    sequence: Annotated[int, Field(ge=0, le=2**53)]
    edited_at: AwareDatetime
    sent_at: AwareDatetime
    value: JsonValue


class Newest(BaseModel):
    """The answer that counts."""

    value: JsonValue
    edited_at: AwareDatetime
    device: str
    sequence: int


class Saved(BaseModel):
    """The receipt: on disk. `kept` says whether it counts or waits as a draft."""

    exercise: str
    saved_at: AwareDatetime
    kept: Literal["newest", "draft"]
    newest: Newest


class Watch(Asked):
    """What was watched since the last call."""

    person: PersonId
    ranges: Ranges
    position: Seconds


@router.get("/mine")
def get_mine(course: str, module: str, portal: Here, visitor: Asking) -> Mine:
    """Return everything of mine in this module."""
    key, me = f"{course}/{module}", visitor.person.id
    with portal.database.read() as session:
        version = modules.get_current(session, key)
        kept = answers.newest_answers(session, me, key)
        returned = feedback.of(session, me, key)
        done = progress.module_progress(session, me, version)
        return Mine(
            person=me,
            epoch=epoch(session),
            server_time=clock.now(),
            version=version.number,
            exercises={
                each.exercise: _exercise(
                    kept.get(each.exercise), returned.get(each.exercise), visitor.language
                )
                for each in answers.exercises_of(version)
            },
            hand_ins=hand_ins.receipts(session, visitor, hand_ins_of(session, me, key)),
            clips={
                clip: Watched(**watched)
                for clip, watched in answers.clips_of(session, me, key).items()
            },
            posts=posts.own(session, visitor, key),
            audiences=audiences(session, visitor.person, key),
            progress=MyProgress(steps=done.steps, steps_done=done.steps_done, tried=done.tried),
        )


@router.put("/answers/{exercise}")
async def save_answer(
    course: str, module: str, exercise: str, asked: Save, portal: Here, enter: Entering
) -> Saved:
    """Keep an answer; the reply means that it is on disk."""

    def use_case(session: Session) -> answers.Saved:
        visitor = enter(session)
        visitor.must_be(asked.person)
        return answers.save_answer(
            session,
            person=visitor.person,
            module_key=f"{course}/{module}",
            exercise=exercise,
            device=asked.device,
            sequence=asked.sequence,
            edited_at=asked.edited_at,
            sent_at=asked.sent_at,
            value=asked.value,
        )

    saved = await portal.database.write_soon(use_case)
    newest = saved.newest
    return Saved(
        exercise=exercise,
        saved_at=saved.answer.received_at,
        kept=saved.kept,
        newest=Newest(
            value=newest.value,
            edited_at=newest.edited_at,
            device=newest.device,
            sequence=newest.sequence,
        ),
    )


@router.put("/clips/{clip}")
async def save_clip_watch(
    course: str, module: str, clip: str, asked: Watch, portal: Here, enter: Entering
) -> Watched:
    """Keep what was watched; each second counts once."""

    def use_case(session: Session) -> Watched:
        visitor = enter(session)
        visitor.must_be(asked.person)
        watch = answers.save_clip_watch(
            session, visitor.person, f"{course}/{module}", clip, asked.ranges, asked.position
        )
        return Watched(**answers.describe_watch(watch))

    return await portal.database.write_soon(use_case)


@router.get("/clips/{clip}/files")
def sign_clip_files(
    course: str, module: str, clip: str, portal: Here, visitor: Asking
) -> ClipFiles:
    """Return where the films and the sound of a clip are for the next ten minutes."""
    with portal.database.read() as session:
        files = answers.clip_files(session, f"{course}/{module}", clip)
    return ClipFiles(
        addresses={file: signed.sign(portal, file, visitor.person.id) for file in files},
        seconds=signed.SECONDS,
    )


def _exercise(
    kept: tables.Answer | None, given: feedback.Feedback | None, language: Language
) -> MyExercise:
    return MyExercise(
        value=kept.value if kept else None,
        saved_at=kept.received_at if kept else None,
        edited_at=kept.edited_at if kept else None,
        device=kept.device if kept else None,
        sequence=kept.sequence if kept else None,
        feedback=_feedback(given, language) if given else None,
    )


def _feedback(given: feedback.Feedback, language: Language) -> Feedback:
    reason = given["reason"]
    levels = [worded_level(level, language) for level in given["levels"]]
    words = say(language, reason) if reason else None
    return Feedback.model_validate({**given, "levels": levels, "reason": words})
