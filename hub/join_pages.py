"""Joining with a code, and waiting to be let in: the pages, their words and their throttle.

What a code is worth and who is let in is `learning.joining`'s; what was typed is `join_form.py`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from tornado import web

from hub.join_form import JoinForm
from hub.pages import TOO_MANY, OurPage, TooManyTries
from hub.passwords import hash_password
from hub.settings import PORTAL_ROOT
from hub.throttle import Throttle
from learning import joining, people, places
from learning.joining import Invitation
from publishing.texts import in_language
from store.database import Session
from store.errors import NotAllowed, NotFound, PathshalaError
from store.tables import Person

T = TypeVar("T")

# From one address, in five minutes: a training room of sixty shares one.
wrong_codes = Throttle(20)
taken_names = Throttle(10)
newcomers = Throttle(120)

TOO_OLD = "This page was open for a long time. Please send it once more."


class DoorPage(OurPage):
    """A page that knows the store, and who is signed in to the Hub."""

    async def reading(self, query: Callable[[Session], T]) -> T:
        def read() -> T:
            with self.authenticator.database.read() as session:
                return query(session)

        return await asyncio.to_thread(read)

    async def writing(self, use_case: Callable[[Session], T]) -> T:
        written: T = await asyncio.to_thread(self.authenticator.database.write, use_case)
        return written

    @property
    def address(self) -> str:
        return str(self.authenticator.address(self.request))

    @property
    def person_id(self) -> str | None:
        """Who is signed in to the Hub here."""
        user = self.current_user
        return (user.orm_user.user_info or {}).get("person") if user else None

    async def person(self) -> Person:
        """Who is signed in here; 403 for nobody, and for who was removed just now."""
        person_id = self.person_id
        if person_id is None:
            raise web.HTTPError(403)
        try:
            return await self.reading(lambda session: people.get_person(session, person_id))
        except NotFound as gone:
            raise web.HTTPError(403) from gone

    async def sign_in(self, name: str) -> None:
        """Sign this browser in to the Hub as somebody who has just proved who she is."""
        known = await asyncio.to_thread(self.authenticator.find, name)
        self.authenticator.end_sessions_of_before(self, known)
        user = await self.auth_to_user(known.as_user())
        self.set_login_cookie(user)
        self._jupyterhub_user = user

    def must_not_hurry(self, throttle: Throttle) -> None:
        if wait := throttle.seconds_to_wait(self.address):
            raise TooManyTries(wait)


class JoinHandler(DoorPage):
    """A code opens the form; the form, sent, opens the door."""

    template = "join.html"

    @property
    def code(self) -> str:
        return joining.normalise_code(self.get_argument("code", ""))

    @property
    def kept_query(self) -> dict[str, str]:
        return {**super().kept_query, **({"code": joining.spelled(self.code)} if self.code else {})}

    async def get(self) -> None:
        self.remember_language()
        await self._show(JoinForm())

    async def post(self) -> None:
        form = JoinForm.typed_in(self._argument)
        try:
            await (self._join_as_new(form) if self.person_id is None else self._join())
        except PathshalaError as error:
            await self._show(form, error)
        except TooManyTries as refusal:
            await self._refuse(form, refusal)

    async def _join(self) -> None:
        self.must_not_hurry(wrong_codes)
        person = await self.person()
        waits = await self.writing(lambda session: joining.join(session, self.code, person))
        self.redirect("waiting" if waits else PORTAL_ROOT)

    async def _join_as_new(self, form: JoinForm) -> None:
        for throttle in (wrong_codes, taken_names, newcomers):
            self.must_not_hurry(throttle)
        password = self.get_body_argument("password", "", strip=False)
        form.check(password)
        # a code that is over costs nobody the hashing
        await self.reading(lambda session: joining.get_invitation(session, self.code))
        if form.problems:
            await self._show(form)
            return
        newcomer = form.newcomer(await asyncio.to_thread(hash_password, password), self.language)
        try:
            person = await self.writing(
                lambda session: joining.join_as_new(session, self.code, newcomer)
            )
        except NotAllowed as error:
            if error.code != "name-taken":
                raise
            taken_names.note_failure(self.address)
            form.refuse("name", error)
            await self._show(form)
            return
        newcomers.note_failure(self.address)
        await self.sign_in(person.name)
        self.redirect(self._validate_next_url(self.get_argument("next", "")) or PORTAL_ROOT)

    async def _show(self, form: JoinForm, error: PathshalaError | None = None) -> None:
        """The page as it is now: the code's invitation, or why there is none."""
        invitation: Invitation | None = None
        if form.problems or error:
            self.set_status(422 if form.problems else 409)
        try:
            if self.code:
                self.must_not_hurry(wrong_codes)
                invitation = await self.reading(
                    lambda session: joining.get_invitation(session, self.code)
                )
        except NotFound as unknown:
            wrong_codes.note_failure(self.address)
            self.set_status(404)
            error = unknown
        except NotAllowed as over:
            self.set_status(410)
            error = over
        except TooManyTries as refusal:
            await self._refuse(form, refusal)
            return
        person = await self.person() if self.person_id else None
        self.finish(await self._page(form, error, invitation, person))

    async def _refuse(self, form: JoinForm, refusal: TooManyTries) -> None:
        self.set_status(429)
        self.set_header("Retry-After", str(refusal.seconds))
        error = NotAllowed("too-many-tries", TOO_MANY, {"minutes": refusal.minutes})
        self.finish(await self._page(form, error))

    def render_template(self, name: str, sync: bool = False, **facts: Any) -> Any:
        """Where the Hub would show its error (a form that is too old), keep what was typed."""
        if name == "error.html" and self.request.method == "POST":
            form = JoinForm.typed_in(self._argument)
            return self._page(form, NotAllowed("too-old", TOO_OLD), sync=sync)
        return super().render_template(name, sync=sync, **facts)

    def _argument(self, name: str) -> str:
        return str(self.get_body_argument(name, ""))

    def _page(
        self,
        form: JoinForm,
        error: PathshalaError | None,
        invitation: Invitation | None = None,
        person: Person | None = None,
        *,
        sync: bool = False,
    ) -> Any:
        problems = {
            name: self.say(message, facts) for name, (message, facts) in form.problems.items()
        }
        return self.render_page(
            sync=sync,
            code=joining.spelled(self.code) if self.code else "",
            invitation=invitation,
            course=in_language(invitation.course, self.language) if invitation else "",
            typed=form.typed,
            choices=[place.label(self.language) for place in form.places],
            problem=self.say(error.message, error.facts) if error else "",
            problems=problems,
            person=person,
        )


class SchoolsHandler(DoorPage):
    """The schools of an upazila, for whoever has a code, as JSON."""

    async def get(self) -> None:
        self.must_not_hurry(wrong_codes)
        code, place = self.get_query_argument("code", ""), self.get_query_argument("place", "")
        found = places.find_places(place)
        names: list[str] = []
        try:
            await self.reading(lambda session: joining.get_invitation(session, code))
            if len(found) == 1:
                names = await self.reading(
                    lambda session: joining.schools_of(session, found[0].upazila, found[0].district)
                )
        except NotFound:
            wrong_codes.note_failure(self.address)
        except NotAllowed:
            pass
        self.finish({"schools": names})


class WaitingHandler(DoorPage):
    """Where somebody waits whom nobody has let in yet, or whose last role has ended."""

    template = "waiting.html"

    @web.authenticated
    async def get(self) -> None:
        self.remember_language()
        person = await self.person()
        roles, requests = await self.reading(
            lambda session: (
                people.roles_of(session, person.id),
                joining.requests_of(session, person),
            )
        )
        waiting = [cohort.name for request, cohort in requests if request.state == "waiting"]
        refused = [cohort.name for request, cohort in requests if request.state == "refused"]
        if roles and not waiting:
            self.redirect(PORTAL_ROOT)
            return
        self.finish(
            await self.render_page(person=person, roles=roles, waiting=waiting, refused=refused[:1])
        )
