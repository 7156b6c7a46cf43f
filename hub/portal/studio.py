"""The trainer's courses and what their last versions weigh."""

from typing import Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from hub.portal.visitor import Asking, Here
from publishing.texts import in_language
from store.queries import modules

router = APIRouter(prefix="/api")


class Finding(BaseModel):
    """What publishing found: where, what, and the cure."""

    file: str
    cell: int | None
    rule: str
    message: str
    fix: str


class StudioModule(BaseModel):
    """A module as last published."""

    module: str
    title: str
    number: int
    verdict: str
    published_at: AwareDatetime
    page_bytes: int
    findings: list[Finding]


class StudioCourse(BaseModel):
    """A course and its modules."""

    course: str
    title: str
    modules: list[StudioModule]


class Studio(BaseModel):
    """All courses."""

    courses: list[StudioCourse]


@router.get("/studio")
def get_studio(portal: Here, visitor: Asking) -> Studio:
    """Return every course with its published modules."""
    language = visitor.language
    courses: dict[str, StudioCourse] = {}
    with portal.database.read() as session:
        for course, module, version in modules.taught(session):
            manifest = version.manifest
            shelf = courses.setdefault(
                course.course,
                StudioCourse(
                    course=course.course, title=in_language(course.title, language), modules=[]
                ),
            )
            shelf.modules.append(
                StudioModule(
                    module=module.module,
                    title=in_language(module.title, language),
                    number=version.number,
                    verdict=manifest["verdict"],
                    published_at=version.created_at,
                    page_bytes=_page_bytes(manifest, language),
                    findings=[_finding(each, language) for each in manifest["findings"]],
                )
            )
    return Studio(courses=list(courses.values()))


def _page_bytes(manifest: dict[str, Any], language: str) -> int:
    by_language: dict[str, int] = manifest["weight"]["page_bytes"]
    return by_language.get(language) or max(by_language.values(), default=0)


def _finding(found: dict[str, Any], language: str) -> Finding:
    return Finding(
        file=found["file"],
        cell=found["cell"],
        rule=found["rule"],
        message=in_language(found["message"], language),
        fix=in_language(found["fix"], language),
    )
