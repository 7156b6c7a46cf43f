"""Turns any failure, ours or the framework's, into the one shape that every reader gets.

`{"code", "message", "facts", "retry"}`; a browser that asked for a page gets a calm page with
the same sentence. Which rule was broken is decided in the rooms; the HTTP status is decided here.
"""

import errno
import logging
import re
import traceback
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from hub.portal import sign_in, texts
from hub.portal.portal import Portal
from hub.portal.shell import calm_page
from hub.portal.visitor import AtTheDoor, SignedOut, language_of, page_language_of
from store.errors import Invalid, NotAllowed, NotFound, PathshalaError, Unavailable

_FIELD = re.compile("[a-z_]{1,40}")

log = logging.getLogger("pathshala.portal")


class Failure(BaseModel):
    """What every failure says. `retry` tells a browser whether to send the same again."""

    code: str
    message: str
    facts: dict[str, Any]
    retry: bool


STATUS_OF_CODE = {
    "signed-out": 401,
    "foreign-origin": 403,
    "too-many-requests": 429,
    "password-is-temporary": 403,
    "not-let-in": 403,
    "own-post": 403,
    "not-looked-yet": 403,
    "link-expired": 403,
    "consent-missing": 403,
    "not-a-colleague": 403,
    "method-not-allowed": 405,
    "too-large": 413,
    "request-malformed": 400,
    "not-json": 415,
    "range-not-satisfiable": 416,
    "unexpected": 500,
    "disk-full": 507,
}
STATUS_OF_KIND: tuple[tuple[type[PathshalaError], int], ...] = (
    (Invalid, 422),
    (NotAllowed, 409),
    (NotFound, 404),
    (Unavailable, 503),
)


def install(app: FastAPI) -> None:
    """Give `app` our answer for every failure."""
    app.add_exception_handler(PathshalaError, _answer)
    app.add_exception_handler(HTTPException, _answer)
    app.add_exception_handler(RequestValidationError, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    return answer(request, error)


def answer(request: Request, error: Exception) -> Response:
    """Return the reply for `error`, in the visitor's language."""
    ours = as_ours(error)
    if isinstance(ours, Unavailable):
        _log(request, error)
    if isinstance(ours, SignedOut) and _is_page(request):
        return sign_in.begin(request)
    if isinstance(ours, AtTheDoor) and _is_page(request):
        portal: Portal = request.app.state.portal
        return RedirectResponse(portal.hub.pages_url + ours.door, 303)
    status = status_of(ours)
    if _is_page(request) and "text/html" in request.headers.get("accept", ""):
        return calm_page(request, page_language_of(request), status, ours.message, ours.facts)
    body = Failure(
        code=ours.code,
        message=texts.say(language_of(request), ours.message, ours.facts),
        facts=ours.facts,
        retry=ours.retry,
    ).model_dump(mode="json")
    headers = {"Retry-After": "2"} if status == 503 else {}
    if status == 429:
        headers["Retry-After"] = str(ours.facts["seconds"])
    if status == 416:
        headers["Content-Range"] = f"bytes */{ours.facts['size_bytes']}"
    if isinstance(error, HTTPException) and error.headers:
        headers |= error.headers
    return JSONResponse(body, status, headers)


def status_of(error: PathshalaError) -> int:
    """Return the HTTP status for `error`."""
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next((status for kind, status in STATUS_OF_KIND if isinstance(error, kind)), 500)


def as_ours(error: Exception) -> PathshalaError:
    """Return `error`, or the one of ours that says the same."""
    if isinstance(error, PathshalaError):
        return error
    if isinstance(error, RequestValidationError):
        fields = sorted({_field(each["loc"]) for each in error.errors()})
        return Invalid(
            "request-invalid",
            "This part of the request is wrong: {fields}.",
            {"fields": ", ".join(fields)},
        )
    if isinstance(error, HTTPException):
        return _of_status(error.status_code)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable("disk-full", "The server's disk is full. Nothing was saved.")
    return Unavailable("unexpected", "Something went wrong on the server.")


def _of_status(status: int) -> PathshalaError:
    if status == 404:
        return NotFound("not-found", "There is nothing here, or it is not for you.")
    if status == 405:
        return Invalid("method-not-allowed", "This address cannot do that.")
    if status == 413:
        return Invalid("too-large", "That is too large to send.")
    if status < 500:
        return Invalid("request-malformed", "The request could not be read.")
    return Unavailable("unexpected", "Something went wrong on the server.")


def _field(place: Sequence[int | str]) -> str:
    """Name the field, never what stood in it: nobody's words go into an answer or a log."""
    name = str(place[1]) if len(place) > 1 else ""
    return name if _FIELD.fullmatch(name) else "body"


def _is_page(request: Request) -> bool:
    path = request.scope["path"].removeprefix(request.app.state.portal.root)
    return request.method == "GET" and not path.startswith(("api/", "media/", "static/"))


def _log(request: Request, error: Exception) -> None:
    """Log kind and place of a failure; never its words, which may hold what people wrote."""
    route = getattr(request.scope.get("route"), "path", "-")
    where = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)[-8:]))
    facts = {"id": getattr(request.state, "request_id", None)}
    words = (request.method, route, type(error).__name__, where)
    log.error("%s %s failed: %s\n%s", *words, extra={"facts": facts})
