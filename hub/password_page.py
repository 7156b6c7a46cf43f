"""Changing one's password: by the old one, or, after a temporary one, at once.

The other browsers are signed out: their sessions end in the portal and in the Hub.
"""

from __future__ import annotations

import asyncio

from tornado import web

from hub.join_pages import DoorPage
from hub.pages import TOO_MANY, TooManyTries
from hub.passwords import hash_password, is_password
from learning import people
from store.errors import Invalid
from store.tables import Person

WRONG = "The old password is not right. Please try again."
SAME = "Choose a password that is not the old one."


class PasswordHandler(DoorPage):
    """Ask for the old password and a new one, or say that it was changed."""

    template = "password.html"

    @web.authenticated
    async def get(self) -> None:
        self.remember_language()
        self.finish(await self._page(await self.person(), {}))

    @web.authenticated
    async def post(self) -> None:
        person = await self.person()
        old = self.get_body_argument("old", "", strip=False)
        new = self.get_body_argument("new", "", strip=False)
        try:
            await self._change(person, old, new)
        except Invalid as error:
            self.set_status(422)
            place = "old" if error.code == "password-wrong" else "new"
            self.finish(await self._page(person, {place: self.say(error.message, error.facts)}))
        except TooManyTries as refusal:
            self.set_status(429)
            self.set_header("Retry-After", str(refusal.seconds))
            words = self.say(TOO_MANY, {"minutes": refusal.minutes})
            self.finish(await self._page(person, {"old": words}))
        else:
            self.finish(await self._page(person, {}, is_done=True))

    async def _change(self, person: Person, old: str, new: str) -> None:
        if not person.password_is_temporary and not await self.authenticator.check_password(
            self.request, person.name, old
        ):
            raise Invalid("password-wrong", WRONG)
        if await asyncio.to_thread(is_password, new, person.password_hash):
            raise Invalid("password-same", SAME)
        hashed = await asyncio.to_thread(hash_password, new)
        await self.writing(
            lambda session: people.set_password(session, person.id, hashed, by=person.id)
        )
        await self.sign_in(person.name)

    async def _page(
        self, person: Person, problems: dict[str, str], *, is_done: bool = False
    ) -> str:
        page: str = await self.render_page(
            display_name=person.display_name,
            sign_in_name=person.name,
            is_temporary=person.password_is_temporary,
            is_done=is_done,
            problems=problems,
        )
        return page
