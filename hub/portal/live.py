"""Live modules: what the classroom runs, and where a page's frames come from.

The page itself is an instant one, but for its stretches that need a kernel (decision 0019). Those
come in frames from the classroom's origin, which asks here for the released notebook with a token
of its own; no reader's session or token ever goes there.
"""

import json
import re
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, JsonValue

from hub.portal import permissions
from hub.portal.portal import Portal
from hub.portal.visitor import Here, page_language_of
from learning import people
from publishing.drafts import LIVE_FILE
from publishing.manifest import Manifest
from publishing.texts import in_language
from store.errors import NotFound
from store.queries import versions
from store.tables import Version

router = APIRouter(tags=["live"])

_HOST = re.compile(r"([a-z0-9.-]{1,253}|\[[0-9a-f:]{2,45}\])(:\d{1,5})?", re.IGNORECASE)


class LiveFile(BaseModel):
    """A file that the notebook may open, by its path there; `address` gives the bytes."""

    path: str
    address: str


class LiveModule(BaseModel):
    """A live version for one reader.

    `notebook` is the release (nbformat 4, no solutions, no hidden tests), `stretches` the indexes,
    from 0, of the cells that each frame shows.
    """

    title: str
    language: str
    notebook: dict[str, JsonValue]
    stretches: list[list[int]]
    files: list[LiveFile]


@router.get("/api/live/{course}/{module}/{number}")
def live_module(
    course: str, module: str, number: int, reader: str, request: Request, portal: Here
) -> LiveModule:
    """A live version as it runs for a reader, by the name at the Hub; for the classroom alone."""
    language = page_language_of(request)
    with portal.database.read() as session:
        person = people.find_by_name(session, reader)
        version = versions.find_by_number(session, f"{course}/{module}", number)
        if person is None or version is None or version.manifest["verdict"] != "live":
            raise _missing()
        rule = permissions.TABLE["GET", "/courses/{course}/{module}"]
        roles = people.roles_of(session, person.id)
        if not permissions.may(session, person, roles, rule, request.path_params):
            raise _missing()
        manifest = Manifest.from_json(version.manifest)
        notebook = json.loads(portal.artifacts.read(version.release_sha))
    cells, here = notebook["cells"], f"{portal.root}api/live/{course}/{module}/{number}"
    return LiveModule(
        title=in_language(manifest.title, language),
        language=language,
        notebook=notebook,
        stretches=[
            [n for n in range(first - 1, last) if _shows_in(cells[n], language)]
            for first, last in manifest.stretches
        ],
        files=[
            LiveFile(path=path, address=f"{here}/files/{sha}")
            for path, sha in manifest.files.items()
        ],
    )


@router.get("/api/live/{course}/{module}/{number}/files/{sha}")
def live_file(course: str, module: str, number: int, sha: str, portal: Here) -> Response:
    """A file of the course that a live version opens; for the classroom alone."""
    with portal.database.read() as session:
        version = versions.find_by_number(session, f"{course}/{module}", number)
        if version is None or sha not in version.manifest.get("files", {}).values():
            raise _missing()
    return Response(portal.artifacts.read(sha), media_type=LIVE_FILE)


def path_of(version: Version) -> str | None:
    """Return where in the classroom a version's frames are; None for an instant one."""
    is_live = version.manifest["verdict"] == "live"
    return f"/services/classroom/live/{version.module}/{version.number}" if is_live else None


def origin_of_frames(request: Request, portal: Portal) -> str | None:
    """Return the classroom's origin: its own, else its port on the host that the reader came by."""
    if portal.classroom is None:
        return None
    if portal.classroom.origin:
        return portal.classroom.origin
    host = _HOST.fullmatch(request.headers.get("host", ""))
    return f"http://{host[1]}:{portal.classroom.port}" if host else None


def _shows_in(cell: dict[str, Any], language: str) -> bool:
    return cell["metadata"].get("lang") in (None, language)


def _missing() -> NotFound:
    return NotFound("not-found", "There is nothing here, or it is not for you.")
