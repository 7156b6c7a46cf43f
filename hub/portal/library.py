"""The library: what was shared with everyone, searched, narrowed and sorted, page by page."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from hub.portal.posts import Post
from hub.portal.visitor import Asking, Here
from sharing import library
from sharing.wordings import Kind

router = APIRouter(prefix="/api")

Word = Annotated[str | None, Query(max_length=100)]


class Found(BaseModel):
    """A page of the library; `next` is what to give as `after`, None at the end.

    `count` stands on the first page, up to 1,000; beyond that `more_than_counted` is true.
    """

    posts: list[Post]
    order: Literal["match", "newest", "useful", "unrated"]
    count: int | None
    more_than_counted: bool
    next: str | None


class ModuleChoice(BaseModel):
    """A module to narrow the library to."""

    course: str
    course_title: str
    module: str
    title: str


class Filters(BaseModel):
    """What the library can be narrowed to."""

    modules: list[ModuleChoice]
    kinds: list[Kind]
    districts: list[str]


@router.get("/library")
def find(
    portal: Here,
    visitor: Asking,
    q: Annotated[str, Query(max_length=200, description="words, in either language")] = "",
    order: Literal["match", "newest", "useful", "unrated"] | None = None,
    course: Word = None,
    module: Word = None,
    kind: Kind | None = None,
    district: Word = None,
    after: Word = None,
    limit: Annotated[int, Query(ge=1, le=library.PAGE_MOST)] = 20,
) -> Found:
    """Return a page of what was shared with everyone; without an order the best match or newest."""
    with portal.database.read() as session:
        found = library.find(
            session,
            visitor.person,
            words=q,
            order=order,
            course=course,
            module=module,
            kind=kind,
            district=district,
            after=after,
            limit=limit,
            language=visitor.language,
        )
    return Found(**found)


@router.get("/library/filters")
def filters(portal: Here, visitor: Asking) -> Filters:
    """Return modules, kinds and districts to choose from."""
    with portal.database.read() as session:
        return Filters(**library.filters(session, visitor.language))
