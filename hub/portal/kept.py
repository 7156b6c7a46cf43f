"""What a phone needs to open pages without a network: the worker, and a page for what it lacks.

The worker is `widgets/frontend/src/service-worker.ts`. Both are the same for everybody and name
nobody.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from hub.portal import shell
from hub.portal.compress import Packed
from hub.portal.media import TYPES
from hub.portal.visitor import Here, page_language_of
from store.errors import NotFound

router = APIRouter(include_in_schema=False)

WORKER = "service-worker.js"


@router.get(f"/{WORKER}")
def service_worker(request: Request, portal: Here) -> Response:
    """The service worker; its address decides what it may answer for, so it stands at our root."""
    path = portal.frontend / WORKER
    if not path.is_file():
        raise NotFound("not-found", "There is nothing here, or it is not for you.")
    kept: dict[str, Packed] = request.app.state.static
    content = path.read_bytes()  # a newer one may have been built
    if WORKER not in kept or kept[WORKER].plain != content:
        kept[WORKER] = Packed(content, TYPES[".js"])
    return kept[WORKER].reply(request, {"Cache-Control": "no-cache"})


@router.get("/away")
def away(request: Request) -> HTMLResponse:
    """What the worker shows in the place of a page that is not on the phone."""
    return shell.away_page(request, page_language_of(request))
