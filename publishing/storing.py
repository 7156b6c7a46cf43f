"""Keeps what publishing made: files by their hash first, then rows, all of a course at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from publishing import sources
from publishing.course_files import CourseFile
from publishing.drafts import (
    LIVE_FILE,
    Draft,
    both,
    documents_of,
    made_of,
    manifest_of,
    sha256,
)
from store import clock
from store.artifacts import Artifacts
from store.database import Session
from store.errors import Unavailable
from store.queries import versions as queries
from store.tables import Artifact, Course, Module, Rubric, Version


@dataclass(frozen=True)
class Published:
    """A module after publishing; `is_new` is False if it had this content before."""

    course: str
    module: str
    number: int
    verdict: str
    findings: list[dict[str, Any]]
    is_new: bool
    seconds: float


def keep_files(artifacts: Artifacts, drafts: Sequence[Draft]) -> None:
    """Keep what the modules are made of; their rows come afterwards."""
    for draft in drafts:
        for file in made_of(draft).media.values():
            if artifacts.exists(file.sha):
                continue
            if artifacts.put(file.content, file.media_type) != file.sha:
                raise Unavailable("file-changed", "A file changed while it was published.")
        for content, media_type in documents_of(draft):
            artifacts.put(content, media_type)
        for live in draft.files.values():
            artifacts.put(live.place, LIVE_FILE)


def store_course(
    session: Session, course: CourseFile, drafts: Sequence[Draft], by: str | None
) -> list[Published]:
    row = session.get(Course, course.course)
    if row is None:
        row = Course(course=course.course, position=queries.next_position(session))
        session.add(row)
    row.title, row.summary = both(course.title), both(course.summary)
    _follow_course_file(session, course)
    return [_store_module(session, course, draft, by) for draft in drafts]


def _follow_course_file(session: Session, course: CourseFile) -> None:
    """Take from the shelf what `course.yml` names no more; its versions and answers stay."""
    routes = {file.module: file.route for file in course.modules}
    known = queries.modules_of(session, course.course)
    for module in known:
        module.route = None
    session.flush()  # or two that change places would meet
    for module in known:
        if module.module in routes:
            module.route = routes[module.module]
        else:
            module.current_version_id = None


def _store_module(session: Session, course: CourseFile, draft: Draft, by: str | None) -> Published:
    key = f"{course.course}/{draft.file.module}"
    module = session.get(Module, key)
    if module is None:
        module = Module(key=key, course=course.course, module=draft.file.module)
        session.add(module)
    module.position, module.title = draft.file.position, both(draft.file.title)
    module.route = draft.file.route
    session.flush()
    version = queries.find_by_content(session, key, draft.content)
    is_new = version is None
    if version is None:
        version = _new_version(session, course, draft, by)
        session.add(version)
        session.flush()
    module.current_version_id = version.id
    return Published(
        course.course,
        draft.file.module,
        version.number,
        version.manifest["verdict"],
        version.manifest["findings"],
        is_new,
        round(draft.seconds, 2),
    )


def _new_version(session: Session, course: CourseFile, draft: Draft, by: str | None) -> Version:
    made, now = made_of(draft), clock.now()
    earlier = queries.versions_of(session, f"{course.course}/{draft.file.module}")
    documents = documents_of(draft)
    add_rows(session, draft)
    for name, rubric in made.rubrics.items():
        if session.get(Rubric, name) is None:
            session.add(Rubric(hash=name, body=rubric.to_json()))
    manifest = manifest_of(course, draft, earlier)
    return Version(
        module=f"{course.course}/{draft.file.module}",
        number=max((version.number for version in earlier), default=0) + 1,
        content_hash=draft.content,
        structure=manifest.structure,
        manifest=manifest.to_json(),
        release_sha=sha256(documents[0][0]),
        source_sha=sha256(documents[1][0]),
        pages={language: sha256(page.encode()) for language, page in made.pages.items()},
        created_at=now,
        created_by=by,
    )


def add_rows(session: Session, draft: Draft) -> None:
    """Name the files that a module is made of."""
    files = [(f.sha, f.media_type, f.size_bytes) for f in made_of(draft).media.values()]
    files += [(sha256(content), kind, len(content)) for content, kind in documents_of(draft)]
    for sha, media_type, size in dict.fromkeys(files):
        row = session.get(Artifact, sha)
        if row is None:
            row = Artifact(sha256=sha, size_bytes=size, created_at=clock.now())
            session.add(row)
        if row.media_type in (None, sources.SOURCE):
            row.media_type = media_type  # until now it only lay in a trainer's folder
