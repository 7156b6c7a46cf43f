"""Home, the catalogue and a course, as one person sees them."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from grading import marking
from hub.portal.visitor import Asking, Here, Visitor
from learning import progress
from store.database import Session
from store.queries import modules

router = APIRouter(prefix="/api")


class CourseCard(BaseModel):
    """A course at a glance; `tried` counts lessons tried in class."""

    course: str
    title: str
    summary: str
    modules: int
    modules_done: int
    minutes: int
    tried: int


class Resume(BaseModel):
    """Where to go on: an exercise, or a second of a clip."""

    course: str
    module: str
    title: str
    exercise: str | None
    clip_second: float | None
    step: int
    steps: int
    minutes_left: int


class ThisWeek(BaseModel):
    """One thing that waits for this person; `exercise` or `post` is its exact place."""

    kind: Literal["hidden", "plan-due", "feedback", "continue", "rate"]
    course: str
    module: str
    exercise: str | None
    post: str | None
    title: str
    text_facts: dict[str, str | int | float]
    date: str | None


class Published(BaseModel):
    """What a trainer's studio holds, counted."""

    courses: int
    modules: int
    findings: int


class Home(BaseModel):
    """What the home page shows. `takes_courses` is false for those who only mark or publish;
    `to_mark` and `published` are for evaluators and trainers, else null."""

    takes_courses: bool
    to_mark: int | None
    published: Published | None
    resume: Resume | None
    first_day: bool
    this_week: list[ThisWeek]
    tried: int
    courses: list[CourseCard]


class Catalogue(BaseModel):
    """All courses."""

    courses: list[CourseCard]


class ModuleCard(BaseModel):
    """A module at a glance, with what its page, pictures and clips weigh. `film_bytes` is what all
    its clips weigh in each size by name, such as "240", and as "sound" alone."""

    module: str
    title: str
    minutes: int
    page_bytes: int
    clip_bytes: int
    picture_bytes: int
    film_bytes: dict[str, int]
    steps: int
    steps_done: int
    state: Literal["new", "started", "handed-in", "returned"]
    tried: bool
    new_version: bool


class CourseInFull(CourseCard):
    """A course with its modules."""

    modules_list: list[ModuleCard]


@router.get("/home")
def get_home(portal: Here, visitor: Asking) -> Home:
    """Return where to go on and what waits, for each role of the visitor."""
    with portal.database.read() as session:
        return Home(
            takes_courses="teacher" in visitor.roles,
            to_mark=_to_mark(session, visitor) if "evaluator" in visitor.roles else None,
            published=_published(session) if "trainer" in visitor.roles else None,
            **progress.home(session, visitor.person.id, visitor.language),
        )


@router.get("/courses")
def list_courses(portal: Here, visitor: Asking) -> Catalogue:
    """Return all courses."""
    with portal.database.read() as session:
        return Catalogue(**progress.catalogue(session, visitor.person.id, visitor.language))


@router.get("/courses/{course}")
def get_course(course: str, portal: Here, visitor: Asking) -> CourseInFull:
    """Return a course with its modules."""
    with portal.database.read() as session:
        return CourseInFull(**progress.course(session, visitor.person.id, course, visitor.language))


def _to_mark(session: Session, visitor: Visitor) -> int:
    waiting = marking.queue(session, visitor.person)
    return sum(each["state"] != "returned" for each in waiting)


def _published(session: Session) -> Published:
    taught = modules.taught(session)
    return Published(
        courses=len({course.course for course, _, _ in taught}),
        modules=len(taught),
        findings=sum(len(version.manifest["findings"]) for _, _, version in taught),
    )
