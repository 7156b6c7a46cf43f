"""Pictures that people send with their posts.

A picture comes before its post, under a name that the phone gave it: sent twice, it is one. It
leaves by its post's address, so that `permissions` says who sees it, each time it is asked for.
"""

import tempfile
from pathlib import Path
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from hub.portal.compress import is_known
from hub.portal.portal import Portal
from hub.portal.shapes import PictureName
from hub.portal.visitor import Asking, Here
from publishing import photos
from sharing import pictures
from store.errors import Invalid
from store.tables import Person, Picture

router = APIRouter(prefix="/api")

AT_ONCE = 1
"""How many photos are made small at once; others wait, and hold no thread that saves."""

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class PictureSent(BaseModel):
    """A picture of mine that waits for its post, as it is kept."""

    picture: str
    width: int
    height: int
    size_bytes: int


@router.put("/pictures/{picture}")
async def send_picture(
    picture: PictureName, request: Request, portal: Here, visitor: Asking
) -> PictureSent:
    """Send a photo (JPG, PNG, WebP; at most 12 MB and 40 MP) for a post to come."""
    person = visitor.person
    known = await run_in_threadpool(_find_or_make_room, portal, person, picture)
    if known is None:
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        with tempfile.TemporaryDirectory(prefix="pathshala-photo-") as folder:
            sent = Path(folder) / "sent"
            await _receive(request, sent)
            limiter: CapacityLimiter = request.app.state.photos
            photo = await to_thread.run_sync(_shrink, portal, sent, kind, limiter=limiter)
        known = await run_in_threadpool(_keep, portal, person, picture, photo)
    return PictureSent(
        picture=known.key, width=known.width, height=known.height, size_bytes=known.size_bytes
    )


@router.get("/posts/{post}/pictures/{sha256}")
def get_picture(post: str, sha256: Sha256, request: Request, portal: Here) -> Response:
    """A picture of a post, whole or small, by its hash."""
    with portal.database.read() as session:
        sha = pictures.get_file(session, post, sha256)
    headers = {"ETag": f'"{sha[:32]}"', "Content-Security-Policy": "sandbox; default-src 'none'"}
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return FileResponse(portal.artifacts.path(sha), media_type=photos.MADE, headers=headers)


def _find_or_make_room(portal: Portal, person: Person, key: str) -> Picture | None:
    with portal.database.read() as session:
        known = pictures.find_sent(session, person, key)
        if known is None:
            pictures.refuse_too_many(session, portal.artifacts, person)
        return known


async def _receive(request: Request, sent: Path) -> None:
    try:
        with sent.open("wb") as file:
            async for chunk in request.stream():
                if file.tell() + len(chunk) > photos.MOST_BYTES:
                    raise Invalid("too-large", "That is too large to send.")
                await run_in_threadpool(file.write, chunk)
    except ClientDisconnect as error:  # phones lose the network: nothing to look into
        raise Invalid("request-malformed", "The request could not be read.") from error


def _shrink(portal: Portal, sent: Path, kind: str) -> photos.Photo:
    return photos.shrink(sent, kind, hidden=[portal.artifacts.root.parent])


def _keep(portal: Portal, person: Person, key: str, photo: photos.Photo) -> Picture:
    pictures.put(portal.artifacts, photo)
    return portal.database.write(
        lambda session: pictures.keep(session, portal.artifacts, person, key, photo)
    )
