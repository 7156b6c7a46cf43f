"""Who is at the door: names and passwords of `store`, told to the Hub as users and groups.

Guarantees equal time for unknown names, a limit on failures, and that a name given to another
person inherits no session. What the pages look like is in `sign_in_pages.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.orm import new_token
from tornado import web
from tornado.httputil import HTTPServerRequest
from traitlets import Unicode

from hub.passwords import is_password
from hub.sign_in_pages import TooManyTries, pages
from hub.throttle import FAILURES, Throttle
from learning.people import find_by_name, normalise_name, roles_of
from store.database import Database
from store.errors import Invalid


@dataclass(frozen=True)
class _Known:
    """What the Hub needs of a person, taken out of the transaction."""

    id: str
    name: str
    password_hash: str
    groups: tuple[str, ...]

    def as_user(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "admin": False,  # the Hub's own admin may enter every Lab; our role may not
            "groups": list(self.groups),
            "user_info": {"person": self.id},
        }


class OurAuthenticator(Authenticator):
    """Signs in the people of `store`."""

    database_url = Unicode(config=True, help="SQLAlchemy URL of the store.")

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.throttle = Throttle()
        self._database: Database | None = None
        is_password("", None)  # the first unknown name takes no longer than the others

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
        address = self._address(handler.request)
        if wait := self.throttle.seconds_to_wait(name, address):
            raise TooManyTries(wait)
        self.throttle.note_failure(name, address)  # taken back below: tries at once count too
        known = await asyncio.to_thread(self._find, name)
        password_hash = known.password_hash if known else None
        password = given.get("password") or ""
        if not await asyncio.to_thread(is_password, password, password_hash) or known is None:
            return None
        self.throttle.forget(name, address)
        self._end_sessions_of_another(handler, known)
        return known.as_user()

    def tries_left(self, request: HTTPServerRequest, name: str) -> int:
        """How often this name may still be tried from where the request came."""
        try:
            return self.throttle.tries_left(normalise_name(name), self._address(request))
        except Invalid:
            return FAILURES

    async def refresh_user(
        self, user: Any, handler: web.RequestHandler | None = None
    ) -> bool | dict[str, Any]:
        """Bring groups up to date; False, sign in anew, when the person is gone or another."""
        known = await asyncio.to_thread(self._find, user.name)
        if known is None or (user.orm_user.user_info or {}).get("person") != known.id:
            return False
        return known.as_user()

    def normalize_username(self, username: str) -> str:
        """Names are as `learning.people` keeps them; capital letters mean something."""
        return str(normalise_name(username))

    def get_handlers(self, app: Any) -> list[Any]:
        return pages()

    def _address(self, request: HTTPServerRequest) -> str:
        """Where a request came from, as the outermost proxy that we trust saw it.

        Not Tornado's `remote_ip`: that believes an `X-Real-Ip`, which any browser can send.
        """
        seen = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
        ours = self.parent.trusted_downstream_ips
        return next((each for each in reversed(seen) if each not in ours), seen[-1])

    def _find(self, name: str) -> _Known | None:
        if self._database is None:
            self._database = Database(self.database_url)
        with self._database.read() as session:
            person = find_by_name(session, name)
            if person is None or person.removed_at is not None:
                return None
            groups = tuple(sorted(roles_of(session, person.id)))
            return _Known(person.id, person.name, person.password_hash, groups)

    def _end_sessions_of_another(self, handler: Any, known: _Known) -> None:
        """Give the Hub's user a new cookie id if the name belonged to somebody else before."""
        user = handler.find_user(known.name)
        if user is None or (user.orm_user.user_info or {}).get("person") in (None, known.id):
            return
        user.orm_user.cookie_id = new_token()
        for token in list(user.orm_user.api_tokens):
            handler.db.delete(token)
        handler.db.commit()
