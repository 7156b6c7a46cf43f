"""Pictures that people send with their posts.

A picture comes before its post, under a name that the phone gave it: sent twice, it is one. It
leaves by its post's address, so that `permissions` says who sees it, each time it is asked for.
"""

from functools import partial
from pathlib import Path
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from hub.portal.compress import is_known
from hub.portal.portal import Portal
from hub.portal.shapes import PictureName
from hub.portal.visitor import Asking, Here
from publishing import photos
from publishing.work_folder import work_folder
from sharing import pictures
from store.errors import Invalid, Unavailable
from store.tables import Person, Picture

router = APIRouter(prefix="/api")

AT_ONCE = 1
"""How many photos are made small at once; others wait, and hold no thread that saves."""

MOST_WAITING = 5
"""How many photos wait for their turn; a phone that comes then is asked to come again."""

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
    known = await run_in_threadpool(_find_or_refuse, portal, person, picture)
    if known is None:
        limiter: CapacityLimiter = request.app.state.photos
        _refuse_queue(limiter)
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        with work_folder(portal.work, photos.FOLDER) as folder:
            sent = folder / "sent"
            await _receive(request, sent)
            making = partial(_find_or_make, portal, person, picture, sent, kind)
            known = await to_thread.run_sync(making, limiter=limiter)
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
    return Response(portal.artifacts.read(sha), media_type=photos.MADE, headers=headers)


def _find_or_refuse(portal: Portal, person: Person, key: str) -> Picture | None:
    with portal.database.read() as session:
        known = pictures.find_sent(session, person, key)
        if known is None:
            pictures.refuse_too_many(session, portal.artifacts, person)
        return known


def _refuse_queue(limiter: CapacityLimiter) -> None:
    """Let nobody send megabytes to the end of a long queue: the phone comes again."""
    if limiter.statistics().tasks_waiting >= MOST_WAITING:
        raise Unavailable("pictures-busy", "Many pictures arrive just now. It is sent again soon.")


async def _receive(request: Request, sent: Path) -> None:
    try:
        with sent.open("wb") as file:
            async for chunk in request.stream():
                if file.tell() + len(chunk) > photos.MOST_BYTES:
                    raise Invalid("too-large", "That is too large to send.")
                await run_in_threadpool(file.write, chunk)
    except ClientDisconnect as error:  # phones lose the network: nothing to look into
        raise Invalid("request-malformed", "The request could not be read.") from error


def _find_or_make(portal: Portal, person: Person, key: str, sent: Path, kind: str) -> Picture:
    """The picture, made unless the same came by another way while this one waited."""
    known = _find_or_refuse(portal, person, key)
    if known is not None:
        return known
    photo = photos.shrink(sent, kind, hidden=[portal.artifacts.root.parent])
    pictures.put(portal.artifacts, photo)
    return portal.database.write(
        lambda session: pictures.keep(session, portal.artifacts, person, key, photo)
    )
