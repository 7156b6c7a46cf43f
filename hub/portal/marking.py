"""The evaluator's desk: the queue, one hand-in, marks, the return.

Evaluators see answers, never names. Levels into scores, and whose turn it is, are `grading`'s.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from grading import marking
from hub.portal.hand_ins import ask_for
from hub.portal.shapes import Asked
from hub.portal.texts import Language, say
from hub.portal.visitor import Asking, Here
from publishing.texts import in_language
from store.database import Session

router = APIRouter(prefix="/api/marking")


class QueueEntry(BaseModel):
    """A hand-in in the queue; `people` is how many worked together."""

    number: int
    course: str
    module: str
    title: str
    round: int
    people: int
    received_at: AwareDatetime
    to_mark: int
    marked: int
    state: str
    failure: str | None
    returned_at: AwareDatetime | None


class Queue(BaseModel):
    """What waits, oldest first, and what was returned lately."""

    waiting: list[QueueEntry]
    returned: list[QueueEntry]


class RubricLevel(BaseModel):
    """A level in words."""

    level: int
    points: float
    text: str


class Criterion(BaseModel):
    """What is looked at."""

    criterion: str
    title: str
    levels: list[RubricLevel]


class Rubric(BaseModel):
    """Criteria with levels, as frozen by `hash`."""

    hash: str
    title: str
    criteria: list[Criterion]


class Auto(BaseModel):
    """What the autograder said."""

    score: float
    maximum: float
    reason: str | None


class Mark(BaseModel):
    """My mark; `id` is what `expected` names at the next change."""

    id: int
    levels: dict[str, int]
    comment: str
    score: float
    marked_at: AwareDatetime


class GivenLevel(BaseModel):
    """The level an evaluator gave for one criterion, in its words."""

    criterion: str
    title: str
    level: int
    points: float
    maximum: float
    text: str


class EarlierMark(BaseModel):
    """What an earlier round got."""

    round: int
    answer: JsonValue
    levels: list[GivenLevel]
    comment: str
    score: float | None


class DeskExercise(BaseModel):
    """An answer and all that is needed to mark it."""

    exercise: str
    component: str
    title: str
    question: str
    options: dict[str, str]
    right: dict[str, str]
    answer: JsonValue
    auto: Auto | None
    rubric: Rubric | None
    maximum: float
    mark: Mark | None
    earlier: list[EarlierMark]


class DeskHandIn(BaseModel):
    """A hand-in on the desk."""

    number: int
    round: int
    state: str
    failure: str | None
    course: str
    module: str
    title: str
    received_at: AwareDatetime
    returned_at: AwareDatetime | None
    exercises: list[DeskExercise]


class MarkAsked(Asked):
    """Levels by criterion and a comment; `expected` is the id of the mark it replaces."""

    levels: dict[str, Annotated[int, Field(ge=0, le=20)]]
    comment: Annotated[str, Field(max_length=5000)]
    expected: int | None


class Returned(BaseModel):
    """When the teacher got it back."""

    returned_at: AwareDatetime


class Rerun(BaseModel):
    """The state of a hand-in after asking for the autograder again."""

    state: str


@router.get("")
def get_queue(portal: Here, visitor: Asking) -> Queue:
    """Return what waits, oldest first, and what was returned lately."""
    with portal.database.read() as session:
        found = marking.queue(session, visitor.person)
    entries = [
        QueueEntry(**each | {"title": in_language(each["title"], visitor.language)})
        for each in found
    ]
    return Queue(
        waiting=[entry for entry in entries if entry.state != "returned"],
        returned=[entry for entry in entries if entry.state == "returned"],
    )


@router.get("/{number}")
def open_hand_in(number: int, portal: Here, visitor: Asking) -> DeskHandIn:
    """Return the answers of a hand-in, never whose they are."""
    language = visitor.language
    with portal.database.read() as session:
        found = marking.open_hand_in(session, visitor.person, number)
    exercises = [_exercise(each, language) for each in found["exercises"]]
    title = in_language(found["title"], language)
    return DeskHandIn(**found | {"title": title, "exercises": exercises})


@router.put("/{number}/marks/{exercise}")
def put_mark(number: int, exercise: str, asked: MarkAsked, portal: Here, visitor: Asking) -> Mark:
    """Keep a mark, held until the return; 409 if another came first."""

    def use_case(session: Session) -> Mark:
        mark = marking.put_mark(
            session,
            visitor.person,
            number,
            exercise,
            asked.levels,
            asked.comment,
            asked.expected,
        )
        return Mark(**marking.as_json(mark))

    return portal.database.write(use_case)


@router.post("/{number}/return")
def return_hand_in(number: int, portal: Here, visitor: Asking) -> Returned:
    """Give a hand-in back with its marks."""
    record = portal.database.write(
        lambda session: marking.return_hand_in(session, visitor.person, number)
    )
    ask_for(portal, "copy-marks", number)
    return Returned.model_validate({"returned_at": record.returned_at})


@router.post("/{number}/rerun")
def rerun(number: int, portal: Here, visitor: Asking) -> Rerun:
    """Have the quizzes scored again."""
    record = portal.database.write(lambda session: marking.rerun(session, visitor.person, number))
    ask_for(portal, "autograde", number)
    return Rerun(state=record.state)


def worded_level(level: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Put title and words of a given level into one language."""
    return {
        **level,
        "title": in_language(level["title"], language),
        "text": in_language(level["text"], language),
    }


def _exercise(found: Mapping[str, Any], language: Language) -> DeskExercise:
    auto, rubric = found["auto"], found["rubric"]
    if auto and auto["reason"]:
        auto = {**auto, "reason": say(language, auto["reason"])}
    if rubric:
        rubric = {
            **rubric,
            "title": in_language(rubric["title"], language),
            "criteria": [
                {
                    **criterion,
                    "title": in_language(criterion["title"], language),
                    "levels": [
                        {**level, "text": in_language(level["text"], language)}
                        for level in criterion["levels"]
                    ],
                }
                for criterion in rubric["criteria"]
            ],
        }
    earlier = [
        {**each, "levels": [worded_level(level, language) for level in each["levels"]]}
        for each in found["earlier"]
    ]
    words = {name: in_language(found[name], language) for name in ("title", "question")} | {
        offered: {key: in_language(text, language) for key, text in found[offered].items()}
        for offered in ("options", "right")
    }
    return DeskExercise(**{**found, **words, "auto": auto, "rubric": rubric, "earlier": earlier})
