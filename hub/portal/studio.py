"""The trainer's courses and what their last versions weigh."""

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from grading.marks import REASONS
from hub.portal.texts import Language, say
from hub.portal.visitor import Asking, Here
from learning.answers import exercises_of
from learning.writers import courses_to_write
from publishing.texts import in_language
from store.queries import marking, modules, people, versions
from store.tables import Module, Person, Version

router = APIRouter(prefix="/api")

VERSIONS_SHOWN = 5


class Finding(BaseModel):
    """What publishing found: where, what, and the cure."""

    file: str
    cell: int | None
    rule: str
    message: str
    fix: str


class Doubt(BaseModel):
    """A quiz of the current version whose test was not believed, and in how many hand-ins."""

    exercise: str
    title: str
    reason: str
    hand_ins: int


class PublishedVersion(BaseModel):
    """A version of a module; `published_by` None is the command line."""

    number: int
    published_at: AwareDatetime
    published_by: str | None
    verdict: str


class Heaviest(BaseModel):
    """What weighs most on a module's page, and its share of the whole in bytes."""

    kind: Literal["page", "pictures", "clip"]
    title: str
    size_bytes: int


class StudioModule(BaseModel):
    """A module as last published, its last versions, newest first.

    `page_bytes` is what a first visit loads for the text; clips load when they are played.
    """

    module: str
    title: str
    number: int
    verdict: str
    published_at: AwareDatetime
    page_bytes: int
    picture_bytes: int
    clip_bytes: int
    heaviest: Heaviest
    versions: list[PublishedVersion]
    findings: list[Finding]
    doubts: list[Doubt]


class StudioCourse(BaseModel):
    """A course and its modules."""

    course: str
    title: str
    may_write: bool
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
        taught = modules.taught(session)
        written = {each.course for each in courses_to_write(session, visitor.person.id)}
        history = versions.latest(session, [module.key for _, module, _ in taught], VERSIONS_SHOWN)
        publishers = people.by_id(
            session,
            {each.created_by for past in history.values() for each in past if each.created_by},
        )
        doubted = marking.doubted(session, [version.id for _, _, version in taught])
        for course, module, version in taught:
            shelf = courses.setdefault(
                course.course,
                StudioCourse(
                    course=course.course,
                    title=in_language(course.title, language),
                    may_write=course.course in written,
                    modules=[],
                ),
            )
            past = [version_of(each, publishers) for each in history[module.key]]
            doubts = [
                _doubt(each, version, language) for each in doubted if each.version_id == version.id
            ]
            shelf.modules.append(_module(module, version, past, doubts, language))
    return Studio(courses=list(courses.values()))


def _module(
    module: Module,
    version: Version,
    past: list[PublishedVersion],
    doubts: list[Doubt],
    language: Language,
) -> StudioModule:
    manifest = version.manifest
    weight = manifest["weight"]
    return StudioModule(
        module=module.module,
        title=in_language(module.title, language),
        number=version.number,
        verdict=manifest["verdict"],
        published_at=version.created_at,
        page_bytes=_page_bytes(manifest, language),
        picture_bytes=weight["image_bytes"],
        clip_bytes=weight["clip_bytes"],
        heaviest=heaviest(manifest, language),
        versions=past,
        findings=[finding_of(each, language) for each in manifest["findings"]],
        doubts=doubts,
    )


def _doubt(found: marking.Doubted, version: Version, language: Language) -> Doubt:
    titles = {each.exercise: each.title for each in exercises_of(version)}
    return Doubt(
        exercise=found.exercise,
        title=in_language(titles.get(found.exercise, ""), language) or found.exercise,
        reason=say(language, REASONS.get(found.reason, found.reason)),
        hand_ins=found.hand_ins,
    )


def version_of(version: Version, publishers: Mapping[str, Person]) -> PublishedVersion:
    publisher = publishers.get(version.created_by or "")
    return PublishedVersion(
        number=version.number,
        published_at=version.created_at,
        published_by=publisher.display_name if publisher else None,
        verdict=version.manifest["verdict"],
    )


def heaviest(manifest: dict[str, Any], language: Language) -> Heaviest:
    parts = [
        Heaviest(kind="page", title="", size_bytes=_page_bytes(manifest, language)),
        Heaviest(kind="pictures", title="", size_bytes=manifest["weight"]["image_bytes"]),
        *(
            Heaviest(
                kind="clip",
                title=in_language(clip["title"], language),
                size_bytes=clip["size_bytes"],
            )
            for clip in manifest["clips"]
        ),
    ]
    return max(parts, key=lambda part: part.size_bytes)


def _page_bytes(manifest: dict[str, Any], language: str) -> int:
    by_language: dict[str, int] = manifest["weight"]["page_bytes"]
    return by_language.get(language) or max(by_language.values(), default=0)


def finding_of(found: dict[str, Any], language: str) -> Finding:
    return Finding(
        file=found["file"],
        cell=found["cell"],
        rule=found["rule"],
        message=in_language(found["message"], language),
        fix=in_language(found["fix"], language),
    )
