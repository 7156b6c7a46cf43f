"""Serves files: the page build to anyone, clips and pictures of published courses to members.

Names hold a hash of the content, so a file never changes and is kept for a year. A notebook,
above all one with solutions, is never served: only pictures, sound, films and captions are. Films
and sound open by a signed address alone (`signed`).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from hub.portal import signed
from hub.portal.compress import Packed, is_known
from hub.portal.visitor import Asking, Here
from store.errors import Invalid, NotFound
from store.tables import Artifact

router = APIRouter(include_in_schema=False)

YEAR = "max-age=31536000, immutable"
CHUNK_BYTES = 256 * 1024
SHOWN = ("image/", "audio/", "video/")
SERVED = (*SHOWN, "text/vtt")
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
COMPRESSED = frozenset(TYPES) - {".woff2"}

_NAME = re.compile(r"([0-9a-f]{64})\.[a-z0-9]{1,5}")
_RANGE = re.compile(r"bytes=(?=.*\d)(\d{0,18})-(\d{0,18})")


@router.get("/static/{file}")
def static(file: str, request: Request, portal: Here) -> Response:
    """A file of the page build."""
    path = portal.frontend / file
    media_type = TYPES.get(path.suffix)
    if media_type is None or file == "manifest.json" or not _is_inside(path, portal.frontend):
        raise _missing()
    headers = {"Cache-Control": f"public, {YEAR}"}
    if path.suffix not in COMPRESSED:
        return Response(path.read_bytes(), headers=headers, media_type=media_type)
    kept: dict[str, Packed] = request.app.state.static
    if file not in kept:
        ready = path.with_name(f"{file}.br")
        kept[file] = Packed(
            path.read_bytes(), media_type, ready.read_bytes() if ready.is_file() else None
        )
    reply = kept[file].reply(request, headers)
    reply.headers["Vary"] = "Accept-Encoding"
    return reply


@router.get("/media/{file}")
def media(
    file: str,
    request: Request,
    portal: Here,
    visitor: Asking,
    until: str = "",
    signature: str = "",
) -> Response:
    """A published picture, sound, film or caption file; one byte range at a time."""
    named = _NAME.fullmatch(file)
    if named is None:
        raise _missing()
    sha = named[1]
    with portal.database.read() as session:
        artifact = session.get(Artifact, sha)
    if artifact is None or not artifact.media_type.startswith(SERVED):
        raise _missing()
    if artifact.media_type.startswith(signed.KINDS):
        signed.check(portal, file, visitor.person.id, until, signature)
    path, size, tag = portal.artifacts.path(sha), artifact.size_bytes, f'"{sha[:32]}"'
    headers = {
        "Cache-Control": f"private, {YEAR}",
        "ETag": tag,
        "Accept-Ranges": "bytes",
        # the same file under another signature: what a browser keeps stays good
        "No-Vary-Search": 'params=("until" "signature")',
        # an SVG opened by itself may run nothing
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    }
    if not artifact.media_type.startswith(SHOWN):
        headers["Content-Disposition"] = "attachment"
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    asked = request.headers.get("range", "")
    if "," in asked or request.headers.get("if-range", tag) != tag:
        asked = ""
    start, end, status = 0, size - 1, 200
    if part := _range(asked.strip(), size):
        start, end = part
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        status = 206
    headers["Content-Length"] = str(end - start + 1)
    return StreamingResponse(
        _read(path, start, end), status, headers=headers, media_type=artifact.media_type
    )


class RangeOutside(Invalid):
    """The asked part lies beyond the end of a file of `size` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(
            "range-not-satisfiable", "The file is shorter than that.", {"size_bytes": size}
        )


def _range(asked: str, size: int) -> tuple[int, int] | None:
    """Return the first and the last byte asked for; None if that is no range at all."""
    found = _RANGE.fullmatch(asked)
    if found is None or (found[1] and found[2] and int(found[1]) > int(found[2])):
        return None
    if found[1]:
        start, end = int(found[1]), min(int(found[2] or size), size - 1)
    else:
        start, end = max(0, size - int(found[2])), size - 1
    if start >= size:
        raise RangeOutside(size)
    return start, end


def _read(path: Path, start: int, end: int) -> Iterator[bytes]:
    left = end - start + 1
    with path.open("rb") as file:
        file.seek(start)
        while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk


def _is_inside(path: Path, folder: Path) -> bool:
    return path.is_file() and path.parent.resolve() == folder.resolve()


def _missing() -> NotFound:
    return NotFound("not-found", "There is nothing here, or it is not for you.")
