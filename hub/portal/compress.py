"""Chooses how bytes travel: brotli where the browser takes it, else gzip, else as they are.

Browsers take brotli only over HTTPS or from this machine; gzip is for a box in a school.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property

import brotli
from fastapi import Request
from fastapi.responses import Response


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
        encoding = encoding_for(request)
        tag = f'"{self.tag}-{encoding}"'
        headers = headers | {"ETag": tag, "Vary": "Accept-Encoding, Cookie"}
        if is_known(request, tag):
            return Response(status_code=304, headers=headers)
        if encoding == "plain":
            return Response(self.plain, headers=headers, media_type=self.media_type)
        body = self.brotli if encoding == "br" else self.gzip
        headers["Content-Encoding"] = encoding
        return Response(body, headers=headers, media_type=self.media_type)


def encoding_for(request: Request) -> str:
    """Return `br`, `gzip` or `plain`."""
    accepted = set()
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            accepted.add(name.strip())
    return next((name for name in ("br", "gzip") if name in accepted), "plain")


def is_known(request: Request, tag: str) -> bool:
    """Whether the browser already has what bears this tag."""
    known = request.headers.get("if-none-match", "")
    return tag in (each.strip().removeprefix("W/") for each in known.split(","))
