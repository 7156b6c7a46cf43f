"""Chooses how bytes travel: brotli where the browser takes it, else gzip, else as they are.

Browsers take brotli only over HTTPS or from this machine; gzip is for a box in a school.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property, partial

import brotli
from anyio import to_thread
from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST_BYTES = 1000  # of JSON: less of it stays in one packet whatever is done
LARGE_BYTES = 128 * 1024  # to pack so much takes milliseconds, in which nobody else is answered
QUICK = 4  # of brotli's qualities 0 to 11, for what is made anew for every reader


@dataclass(frozen=True)
class Packed:
    """The same bytes in every encoding, each made once, when first asked for."""

    plain: bytes
    media_type: str
    ready_brotli: bytes | None = None

    @cached_property
    def brotli(self) -> bytes:
        return self.ready_brotli or bytes(brotli.compress(self.plain, quality=11))

    @cached_property
    def gzip(self) -> bytes:
        return gzip.compress(self.plain, 9, mtime=0)

    @cached_property
    def tag(self) -> str:
        return hashlib.sha256(self.plain).hexdigest()[:20]

    def reply(self, request: Request, headers: dict[str, str]) -> Response:
        """Return the bytes, or 304 if the browser has them."""
        encoding = encoding_for(request.headers)
        tag = f'"{self.tag}-{encoding}"'
        headers = headers | {"ETag": tag, "Vary": "Accept-Encoding, Cookie"}
        if is_known(request, tag):
            return Response(status_code=304, headers=headers)
        if encoding == "plain":
            return Response(self.plain, headers=headers, media_type=self.media_type)
        body = self.brotli if encoding == "br" else self.gzip
        headers["Content-Encoding"] = encoding
        return Response(body, headers=headers, media_type=self.media_type)


class PackedJson:
    """Packs each JSON reply of the application behind it that travels whole.

    Lengths tell of secrets only who can have many replies asked for in another's name (BREACH);
    SameSite cookies leave no other site that way.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        encoding = encoding_for(Headers(scope=scope))
        start: Message = {}

        async def send_packed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start:
                pack = partial(_pack, start, message, encoding)
                is_large = len(message.get("body", b"")) > LARGE_BYTES
                message = await to_thread.run_sync(pack) if is_large else pack()
                await send(start)
                start = {}
            await send(message)

        await self.app(scope, receive, send_packed)


def _pack(start: Message, message: Message, encoding: str) -> Message:
    """Return the body in its encoding, which the headers then tell; or as it is."""
    headers, body = MutableHeaders(scope=start), message.get("body", b"")
    is_json = headers.get("content-type", "").startswith("application/json")
    if not is_json or "content-encoding" in headers or message.get("more_body"):
        return message
    headers.add_vary_header("Accept-Encoding")
    if encoding == "plain" or len(body) < LEAST_BYTES:
        return message
    brotlied = encoding == "br"
    body = brotli.compress(body, quality=QUICK) if brotlied else gzip.compress(body, 6, mtime=0)
    headers["Content-Encoding"] = encoding
    headers["Content-Length"] = str(len(body))
    return {**message, "body": body}


def encoding_for(headers: Headers) -> str:
    """Return `br`, `gzip` or `plain`."""
    accepted = set()
    for part in headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            accepted.add(name.strip())
    return next((name for name in ("br", "gzip") if name in accepted), "plain")


def is_known(request: Request, tag: str) -> bool:
    """Whether the browser already has what bears this tag."""
    known = request.headers.get("if-none-match", "")
    return tag in (each.strip().removeprefix("W/") for each in known.split(","))
