"""Lets people in by the Hub (OAuth code flow with state and PKCE) and out again.

What the Hub says is used once: who it is. After that the visitor has a session of our own, so a
Hub that is down or restarted stops nobody from answering. The way back (`next`) stays on our
origin and waits in a cookie that the browser sends to the callback alone.
"""

import base64
import hashlib
import json
import re
import secrets
from urllib.parse import unquote, urlencode

import httpx
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hub.portal import texts, whose
from hub.portal.neighbours import neighbour
from hub.portal.portal import Portal
from hub.portal.visitor import LANGUAGE_COOKIE, Here, remember_language
from learning import people, sign_ins
from store.errors import NotAllowed, Unavailable
from store.tables import Person

router = APIRouter(include_in_schema=False)

WAIT_SECONDS = 30 * 60  # for somebody who looks for her password
HUB_SECONDS = 10.0
_STATE = re.compile(r"[A-Za-z0-9_-]{22}")


def begin(request: Request) -> Response:
    """Send the browser to the Hub, to come back to where it is now."""
    portal: Portal = request.app.state.portal
    state, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    query = {
        "response_type": "code",
        "client_id": portal.hub.client_id,
        "redirect_uri": portal.callback,
        "state": state,
        "code_challenge": challenge.decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    reply = RedirectResponse(f"{portal.hub.authorize_url}?{urlencode(query)}", 302)
    kept = base64.urlsafe_b64encode(json.dumps([verifier, back[:1500]]).encode()).decode()
    reply.set_cookie(
        _cookie(state),
        kept,
        WAIT_SECONDS,
        path=portal.callback,
        httponly=True,
        samesite="lax",
        secure=portal.secure,
    )
    return reply


@router.get("/oauth/callback")
def callback(
    request: Request, portal: Here, code: str = "", state: str = "", error: str = ""
) -> Response:
    """Finish signing in: learn from the Hub who it is, open a session, go on."""
    kept = request.cookies.get(_cookie(state)) if _STATE.fullmatch(state) else None
    if kept is None or not code or error:
        raise _expired()
    verifier, back = _unpack(kept)
    name = _ask_hub(portal, code, verifier)
    old_token = request.cookies.get(portal.cookie)

    with portal.database.read() as session:
        person = people.find_by_name(session, name)
    if person is None or person.removed_at is not None:
        raise NotAllowed("no-account", "This account is no longer open. Ask your trainer.")
    found: Person = person
    token = portal.database.write(lambda session: sign_ins.open_session(session, found.id))
    if old_token:
        portal.database.write(lambda session: sign_ins.close_session(session, old_token))

    reply = RedirectResponse(back if is_own(back, portal.root) else portal.root, 303)
    reply.set_cookie(
        portal.cookie,
        token,
        whose.SESSION_SECONDS,
        path=portal.root,
        httponly=True,
        samesite="lax",
        secure=portal.secure,
    )
    whose.remember(reply, portal, found.id)
    reply.delete_cookie(_cookie(state), path=portal.callback)
    if request.cookies.get(LANGUAGE_COOKIE) not in texts.LANGUAGES:
        remember_language(reply, portal, found.language)
    return reply


@router.post("/sign-out")
def sign_out(request: Request, portal: Here) -> Response:
    """End the session here and pass on to the Hub, which ends its own."""
    if token := request.cookies.get(portal.cookie):
        portal.database.write(lambda session: sign_ins.close_session(session, token))
    reply = RedirectResponse(portal.hub.logout_url, 303)
    reply.delete_cookie(portal.cookie, path=portal.root)
    whose.remember(reply, portal, whose.NOBODY)
    return reply


def is_own(address: str, root: str) -> bool:
    """Whether a redirect to `address` stays below our root, on our origin."""
    return (
        address.startswith(root)
        and not address.startswith(("//", "/\\"))
        and "\\" not in address
        and "/../" not in unquote(address.split("?")[0]) + "/"
        and all(" " < letter < "\x7f" for letter in address)
    )


def _ask_hub(portal: Portal, code: str, verifier: str) -> str:
    """Return the sign-in name of whoever brought this code."""
    asked = {
        "client_id": portal.hub.client_id,
        "client_secret": portal.hub.token,
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": portal.callback,
    }
    try:
        with neighbour(HUB_SECONDS) as hub:
            answer = hub.post(portal.hub.token_url, data=asked)
            if answer.status_code in (400, 401, 403):
                raise _expired()
            token = answer.raise_for_status().json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            answer = hub.get(portal.hub.user_url, headers=headers)
            return str(answer.raise_for_status().json()["name"])
    except httpx.HTTPError as failure:
        raise Unavailable(
            "hub-unavailable", "Signing in does not work just now. Try again in a minute."
        ) from failure


def _unpack(kept: str) -> tuple[str, str]:
    try:
        verifier, back = json.loads(base64.urlsafe_b64decode(kept))
        return str(verifier), str(back)
    except (ValueError, TypeError) as broken:
        raise _expired() from broken


def _expired() -> NotAllowed:
    return NotAllowed("sign-in-expired", "Signing in took too long. Please try once more.")


def _cookie(state: str) -> str:
    return f"pathshala-sign-in-{state}"
