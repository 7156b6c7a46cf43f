"""Somebody's portfolio, who may see mine, and all that I ever shared."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hub.portal.courses import CourseCard
from hub.portal.posts import Author, Post, PostInFull
from hub.portal.shapes import Asked
from hub.portal.visitor import Asking, Here
from sharing import portfolio

router = APIRouter(prefix="/api")

Audience = Literal["nobody", "cohort", "everyone"]


class TriedLesson(BaseModel):
    """A lesson that was tried in class."""

    course: str
    module: str
    title: str
    exercise: str
    class_: Annotated[str, Field(alias="class")]
    lesson: str
    tried_on: date | None


class Portfolio(BaseModel):
    """What somebody made; `audience` is for its owner alone."""

    owner: Author
    own: bool
    audience: Audience | None
    tried: list[TriedLesson]
    posts: list[Post]
    courses: list[CourseCard]


class AudienceChosen(Asked):
    """Who may see my portfolio."""

    audience: Audience


class SharedWork(BaseModel):
    """One exercise that I shared, each wording once, newest first."""

    module_title: str
    exercise: str
    posts: list[PostInFull]


class History(BaseModel):
    """Everything I ever shared."""

    works: list[SharedWork]


@router.get("/people/{name}")
def get_portfolio(name: str, portal: Here, visitor: Asking) -> Portfolio:
    """Return a portfolio to whom its owner lets see it; `me` is my own."""
    with portal.database.read() as session:
        return Portfolio(**portfolio.get(session, visitor.person, name, visitor.language))


@router.put("/portfolio")
def choose_audience(chosen: AudienceChosen, portal: Here, visitor: Asking) -> AudienceChosen:
    """Decide who may see mine."""
    portal.database.write(
        lambda session: portfolio.choose_audience(session, visitor.person, chosen.audience)
    )
    return chosen


@router.get("/portfolio/history")
def get_history(portal: Here, visitor: Asking) -> History:
    """Return everything I ever shared, withdrawn and replaced wordings too."""
    with portal.database.read() as session:
        return History(works=portfolio.history(session, visitor.person, visitor.language))  # type: ignore[arg-type]
