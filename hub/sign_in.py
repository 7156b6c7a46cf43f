"""Who is at the door: names and passwords of `store`, told to the Hub as users and groups.

Guarantees equal time for unknown names, a limit on failures, and that neither a name given to
another person nor a new password leaves a session of before alive. What the pages look like is in
`sign_in_pages.py`, `join_pages.py` and `password_page.py`.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.orm import new_token
from tornado import web
from tornado.httputil import HTTPServerRequest
from traitlets import Unicode

from hub import join_pages, password_page
from hub.departures import Departures
from hub.pages import TooManyTries, pages
from hub.passwords import is_password
from hub.sign_in_pages import SignInHandler
from hub.throttle import FAILURES, Throttle
from learning.people import find_by_name, normalise_name, roles_of, sign_in_names
from store.database import Database, Session
from store.errors import Invalid
from store.tables import Person


@dataclass(frozen=True)
class Known:
    """What the Hub needs of a person, taken out of the transaction."""

    id: str
    name: str
    password_hash: str
    is_temporary: bool
    groups: tuple[str, ...]

    @property
    def stamp(self) -> dict[str, str]:
        """What a session of the Hub is good for: this person, and this password."""
        return {
            "person": self.id,
            "password": hashlib.sha256(self.password_hash.encode()).hexdigest()[:16],
        }

    def as_user(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "admin": False,  # the Hub's own admin may enter every Lab; our role may not
            # a temporary password lets in to choose another, and to nothing else
            "groups": [] if self.is_temporary else list(self.groups),
            "user_info": self.stamp,
        }


class OurAuthenticator(Authenticator):
    """Signs in the people of `store`."""

    database_url = Unicode(config=True, help="SQLAlchemy URL of the store.")

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.throttle = Throttle()
        is_password("", None)  # the first unknown name takes no longer than the others

    @cached_property
    def database(self) -> Database:
        return Database(self.database_url)

    async def authenticate(
        self, handler: web.RequestHandler, data: Mapping[str, str] | None
    ) -> dict[str, Any] | None:
        """Return the Hub's picture of the person, None for a wrong name or password.

        Raise 429 after too many failures of this account from this address.
        """
        given = data or {}
        try:
            name = normalise_name(given.get("username") or "")
        except Invalid:
            return None
        known = await self.check_password(handler.request, name, given.get("password") or "")
        if known is None:
            return None
        self.end_sessions_of_before(handler, known)
        return known.as_user()

    async def check_password(
        self, request: HTTPServerRequest, name: str, password: str
    ) -> Known | None:
        """The person, if name and password are right; failures count, and 429 ends them."""
        address = self.address(request)
        if wait := self.throttle.seconds_to_wait(name, address):
            raise TooManyTries(wait)
        self.throttle.note_failure(name, address)  # taken back below: tries at once count too
        known = await asyncio.to_thread(self.find, name)
        password_hash = known.password_hash if known else None
        if not await asyncio.to_thread(is_password, password, password_hash) or known is None:
            return None
        self.throttle.forget(name, address)
        return known

    def tries_left(self, request: HTTPServerRequest, name: str) -> int:
        """How often this name may still be tried from where the request came."""
        try:
            return self.throttle.tries_left(normalise_name(name), self.address(request))
        except Invalid:
            return FAILURES

    async def refresh_user(
        self, user: Any, handler: web.RequestHandler | None = None
    ) -> bool | dict[str, Any]:
        """Bring groups up to date; False, sign in anew, when the session is none any more."""
        known = await asyncio.to_thread(self.find, user.name)
        if known is None or user.orm_user.user_info != known.stamp:
            return False
        return known.as_user()

    def normalize_username(self, username: str) -> str:
        """Names are as `learning.people` keeps them; capital letters mean something."""
        return str(normalise_name(username))

    def get_handlers(self, app: Any) -> list[Any]:
        """Our pages. The Hub asks once, when it starts: so its watch over departures starts too."""
        Departures(app, self).start()
        return [
            (r"/login", SignInHandler),
            (r"/join", join_pages.JoinHandler),
            (r"/join/schools", join_pages.SchoolsHandler),
            (r"/waiting", join_pages.WaitingHandler),
            (r"/password", password_page.PasswordHandler),
            *pages(),
        ]

    def address(self, request: HTTPServerRequest) -> str:
        """Where a request came from, as the outermost proxy that we trust saw it.

        Not Tornado's `remote_ip`: that believes an `X-Real-Ip`, which any browser can send.
        """
        seen = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
        ours = self.parent.trusted_downstream_ips
        return next((each for each in reversed(seen) if each not in ours), seen[-1])

    def find(self, name: str) -> Known | None:
        """The person of a sign-in name."""
        with self.database.read() as session:
            person = find_by_name(session, name)
            return None if person is None else _known(session, person)

    def names(self) -> set[str]:
        """The sign-in names of everybody who is here."""
        with self.database.read() as session:
            return sign_in_names(session)

    def end_sessions_of_before(self, handler: Any, known: Known) -> None:
        """End what the Hub knows of browsers that signed in as somebody else of this name, or
        with another password."""
        user = handler.find_user(known.name)
        if user is None or user.orm_user.user_info in (None, {}, known.stamp):
            return
        end_sessions(handler.db, user)


def end_sessions(db: Any, user: Any) -> None:
    """Let no browser and no token of a user of the Hub count any more."""
    user.orm_user.cookie_id = new_token()
    for token in list(user.orm_user.api_tokens):
        db.delete(token)
    db.commit()


def _known(session: Session, person: Person) -> Known:
    return Known(
        person.id,
        person.name,
        person.password_hash,
        person.password_is_temporary,
        tuple(sorted(roles_of(session, person.id))),
    )
