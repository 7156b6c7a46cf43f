"""Stands before every route: the write guard, the size limit and the headers of all replies.

SameSite cookies ignore ports and subdomains, so a write must prove that it comes from a page of
our own origin, and must be something that a plain form of another site cannot send. Headers that
a proxy may have added (`X-Forwarded-*`) are not read: the public scheme is a setting, and the
host is the one the browser named.
"""

import re

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.portal import whose
from hub.portal.errors import answer
from hub.portal.portal import Portal
from publishing import photos
from publishing.folders import MOST_FILE_BYTES
from store.errors import Invalid, NotAllowed, NotFound, PathshalaError

LARGEST_BODY_BYTES = 256 * 1024
LABS = "api/lab/"
FILE_OF_A_LAB = re.compile(r"api/lab/proofs/[0-9a-f]{32}/files/[0-9a-f]{64}")
PICTURE = re.compile(r"api/pictures/[0-9a-f]{32}")
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Passes on what may pass, and answers whatever failed on the way."""

    def __init__(self, app: ASGIApp, portal: Portal) -> None:
        self.app = app
        self.portal = portal
        self.headers = security_headers(portal)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                whose.put_right(headers, self.portal, scope)
            await send(message)

        scope["root_path"] = self.portal.prefix
        scope.setdefault("state", {})
        try:
            refusal = self._refusal(scope, Headers(scope=scope))
            if refusal is not None:
                await answer(Request(scope), refusal)(scope, receive, send_with_headers)
                return
            await self.app(scope, _limited(receive, self._most(scope["path"])), send_with_headers)
        except Exception as error:
            if started:
                raise  # the connection must break, or half a reply would look whole
            await answer(Request(scope), error)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> PathshalaError | None:
        path: str = scope["path"]
        if not path.startswith(self.portal.root) or "\x00" in path:
            return NotFound("not-found", "There is nothing here, or it is not for you.")
        if b"%00" in scope["query_string"]:
            return Invalid("request-malformed", "The request could not be read.")
        if scope["method"] in READING:
            return None
        if not (self._is_own_origin(headers) or self._is_of_a_lab(path, headers)):
            return NotAllowed("foreign-origin", "This came from another site and was refused.")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._most(path):
            return Invalid("too-large", "That is too large to send.")
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != "application/json" and "x-pathshala" not in headers:
            return Invalid("not-json", "The request could not be read.")
        return None

    def _is_of_a_lab(self, path: str, headers: Headers) -> bool:
        """Whether it comes with a token, where no cookie counts: no other site can make that."""
        token = headers.get("authorization", "").lower().startswith("bearer ")
        return token and path.removeprefix(self.portal.root).startswith(LABS)

    def _most(self, path: str) -> int:
        """The largest body; a file of a Lab is measured by its route."""
        below = path.removeprefix(self.portal.root)
        if FILE_OF_A_LAB.fullmatch(below):
            return MOST_FILE_BYTES
        return photos.MOST_BYTES if PICTURE.fullmatch(below) else LARGEST_BODY_BYTES

    def _is_own_origin(self, headers: Headers) -> bool:
        if site := headers.get("sec-fetch-site"):
            return site == "same-origin"
        scheme = "https" if self.portal.secure else "http"
        return headers.get("origin") == f"{scheme}://{headers.get('host', '')}"


def content_policy(frames: str = "'none'", within: str = "'none'") -> str:
    """Return what a page may load: all from our own origin, but frames from `frames`; it may
    itself stand in frames of `within`."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "img-src": "'self' blob:",
        "media-src": "'self' blob:",
        "frame-src": frames,
        "frame-ancestors": within,
        "object-src": "'none'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def security_headers(portal: Portal) -> dict[str, str]:
    """Return the headers that every reply carries."""
    headers = {
        "Content-Security-Policy": content_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
        "Cache-Control": "private, no-cache",
    }
    if portal.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def _limited(receive: Receive, most: int) -> Receive:
    """Read no more of a body than a reply may need, whatever length it claimed."""
    total = 0

    async def receive_limited() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > most:
            raise HTTPException(413)
        return message

    return receive_limited
