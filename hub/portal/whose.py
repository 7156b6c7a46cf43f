"""Tells a browser whose session it holds, so that what it keeps is kept for that person alone.

The session is hidden from scripts. Beside it goes a cookie that they may read: the person's id, or
none. It opens nothing; it says for whom pages and answers kept on this phone may be shown when
nobody can be asked. It is set and taken back in the very replies that do so with the session, and
put right in each later one.
"""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from hub.portal.portal import Portal

SESSION_SECONDS = 180 * 24 * 3600  # how long a browser keeps both; `sign_ins` decides if one counts
NAMED = "X-Pathshala-Person"
NOBODY = ""


def remember(reply: Response, portal: Portal, person_id: str) -> None:
    """Say in a reply that the browser is this person's now, or nobody's."""
    if person_id == NOBODY:
        reply.delete_cookie(cookie_name(portal), path=portal.root, secure=portal.secure)
        return
    reply.set_cookie(
        cookie_name(portal),
        person_id,
        SESSION_SECONDS,
        path=portal.root,
        samesite="lax",
        secure=portal.secure,
    )


def put_right(headers: MutableHeaders, portal: Portal, scope: Scope) -> None:
    """Name the person in a reply to her; where the browser believes another, or a session that
    counts no more, tell it so."""
    person_id: str | None = scope.get("state", {}).get("person")
    if person_id is None:
        return  # nobody was asked who he is
    if person_id != NOBODY:
        headers[NAMED] = person_id
    if Request(scope).cookies.get(cookie_name(portal), NOBODY) != person_id:
        reply = Response()
        remember(reply, portal, person_id)
        headers.append("Set-Cookie", reply.headers["Set-Cookie"])


def cookie_name(portal: Portal) -> str:
    return "__Secure-pathshala-person" if portal.secure else "pathshala-person"
