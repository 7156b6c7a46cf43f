"""The versions of a module: read an old one, compare two, make an older one current again.

Answers belong to person and exercise, not to a version, so they stay whichever is current. Who may
write a course is the caller's to know.
"""

from typing import Any

import nbformat

from publishing import quick_start  # noqa: F401 - before nbformat
from publishing.compare import Change, compare
from store import audit
from store.artifacts import Artifacts
from store.database import Session
from store.errors import NotFound
from store.queries import versions as queries
from store.tables import Module, Version


def get_version(session: Session, module: str, number: int) -> Version:
    """The version of this number; raise NotFound("version-not-found")."""
    version = queries.find_by_number(session, module, number)
    if version is None:
        raise NotFound("version-not-found", "There is no such version.")
    return version


def changes(artifacts: Artifacts, before: Version, now: Version) -> list[Change]:
    """What is different between two versions of a module."""
    return compare(_source(artifacts, before), _source(artifacts, now))


def make_current(session: Session, module: str, number: int, by: str) -> Version:
    """Let readers get this version from now on; harmless to repeat."""
    version = get_version(session, module, number)
    row = session.get_one(Module, module)
    if row.current_version_id is None:
        raise NotFound("version-not-found", "There is no such version.")
    if row.current_version_id != version.id:
        row.current_version_id = version.id
        row.title = version.manifest["title"]
        audit.record(session, by, "make-current", f"module/{module}/version/{number}")
    return version


def _source(artifacts: Artifacts, version: Version) -> Any:
    return nbformat.reads(artifacts.read(version.source_sha).decode(), as_version=4)
