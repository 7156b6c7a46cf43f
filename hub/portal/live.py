"""Live modules: what the classroom runs, and where a page's frames come from.

The page itself is an instant one, but for its stretches that need a kernel (decision 0019). Those
come in frames from the classroom's origin, which asks here for the released notebook with a token
of its own; no reader's session or token ever goes there.
"""

import json
import re

from fastapi import APIRouter, Request
from pydantic import BaseModel, JsonValue

from hub.portal.portal import Portal
from hub.portal.visitor import Here
from store.errors import NotFound
from store.queries import versions
from store.tables import Version

router = APIRouter(tags=["live"])

_HOST = re.compile(r"([a-z0-9.-]{1,253}|\[[0-9a-f:]{2,45}\])(:\d{1,5})?", re.IGNORECASE)


class LiveModule(BaseModel):
    """A live version for the classroom.

    `notebook` is the release (nbformat 4, no solutions, no hidden tests); `stretches` are the
    numbers, from 1, of each frame's first and last cell.
    """

    title: dict[str, str]
    languages: list[str]
    stretches: list[tuple[int, int]]
    notebook: dict[str, JsonValue]


@router.get("/api/live/{course}/{module}/{number}")
def live_module(course: str, module: str, number: int, portal: Here) -> LiveModule:
    """A live version as it runs; for the classroom alone."""
    with portal.database.read() as session:
        version = versions.find_by_number(session, f"{course}/{module}", number)
        if version is None or version.manifest["verdict"] != "live":
            raise NotFound("not-found", "There is nothing here, or it is not for you.")
        manifest = version.manifest
        return LiveModule(
            title=manifest["title"],
            languages=manifest["languages"],
            stretches=manifest["stretches"],
            notebook=json.loads(portal.artifacts.read(version.release_sha)),
        )


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
