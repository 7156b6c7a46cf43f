"""Keeps a course's whole folder when it is published, so that the next Lab can begin from it."""

import shutil
from pathlib import Path

from publishing import folders
from publishing.folders import Files
from store import clock
from store.artifacts import Artifacts
from store.database import Session
from store.queries import writing
from store.tables import Artifact, CourseSource

SOURCE = "application/octet-stream"
"""The media type of a file of a trainer's folder: the portal serves nothing of this type."""


def keep_folder(artifacts: Artifacts, folder: Path) -> Files:
    """Keep every file of a course, each once."""
    files = folders.read_folder(folder)
    for path, file in files.items():
        if not artifacts.exists(file.sha256):
            artifacts.put(folder / path, SOURCE)
    return files


def add_rows(session: Session, files: Files) -> None:
    """Name the files that are kept, where nothing names them yet."""
    for file in files.values():
        if session.get(Artifact, file.sha256) is None:
            session.add(
                Artifact(
                    sha256=file.sha256,
                    media_type=SOURCE,
                    size_bytes=file.size_bytes,
                    created_at=clock.now(),
                )
            )
            session.flush()


def store_source(session: Session, course: str, files: Files, by: str | None) -> None:
    """Remember a course's folder, unless it is as it was."""
    add_rows(session, files)
    body = folders.to_json(files)
    newest = writing.newest_source(session, course)
    if newest is None or newest.files != body:
        session.add(CourseSource(course=course, files=body, made_at=clock.now(), made_by=by))


def lay_out(artifacts: Artifacts, files: Files, folder: Path) -> None:
    """Write a course's files into a folder of its own."""
    folders.check(files)
    for path, file in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(artifacts.path(file.sha256), target)
