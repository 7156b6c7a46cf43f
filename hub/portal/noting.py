"""Notes each request once it is answered: a line of the log, and its place in the measures.

Neither holds an address, a name or a word of anybody's: a request is known by its method, its
route as the table of permissions writes it, its status and its time. `X-Request-Id`, which a reply
carries, finds the line again; it is made here, whatever the browser says.
"""

import logging
import secrets
import time
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.portal.measures import Measures

NO_ROUTE = "-"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})

log = logging.getLogger("pathshala.request")


class Noting:
    """Stands before all else, so that what is refused is noted too."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self.app = app
        self.measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500  # what broke before it was answered
        scope.setdefault("state", {})["request_id"] = request_id = secrets.token_hex(8)

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        finally:
            self._note(scope, status, time.perf_counter() - began, request_id)

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        method, route = method_of(scope), route_of(scope)
        self.measures.note_request(method, route, status, seconds)
        facts: dict[str, Any] = {"method": method, "route": route, "status": status}
        facts |= {"ms": round(1000 * seconds, 1), "id": request_id}
        log.log(logging.ERROR if status >= 500 else logging.INFO, "request", extra={"facts": facts})


def method_of(scope: Scope) -> str:
    """The method, or `other`: anybody may send any word."""
    return scope["method"] if scope["method"] in METHODS else "other"


def route_of(scope: Scope) -> str:
    """The template of the route that was found."""
    return getattr(scope.get("route"), "path", NO_ROUTE)
