"""Finds out who asks and in which language, and lets him in or not.

`admit` runs before every route: it reads the visitor's own session from `store` at each request,
so a removed person is out at once, and asks the table in `permissions.py`. It writes nothing but,
every ten minutes, that this browser is still in use.

A save is asked for more often than all else. There the same is done in the transaction that
keeps it (`Entering`): one thread, one wait for the disk.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from secrets import compare_digest
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from hub.portal import permissions, texts, whose
from hub.portal.portal import Portal
from hub.portal.texts import Language
from learning import people, sign_ins
from store.database import Session
from store.errors import NotAllowed, NotFound, Unavailable
from store.tables import Person

LANGUAGE_COOKIE = "pathshala-language"
YEAR_SECONDS = 365 * 24 * 3600


class SignedOut(NotAllowed):
    """Nobody is signed in: 401 for the API, the way to sign in for a page."""

    def __init__(self) -> None:
        super().__init__("signed-out", "Please sign in again. What you wrote is kept.")


class AtTheDoor(NotAllowed):
    """Signed in, and not let in: `door` is the page of the Hub where it goes on."""

    def __init__(self, code: str, message: str, door: str) -> None:
        super().__init__(code, message)
        self.door = door


@dataclass(frozen=True)
class Visitor:
    """Who asks, as `store` knows him at this moment."""

    person: Person
    roles: frozenset[str]
    language: Language

    def must_be(self, person_id: str) -> None:
        """Refuse a write that was meant for somebody else: phones are shared."""
        if person_id != self.person.id:
            raise NotAllowed(
                "other-person", "Somebody else is signed in here now. Nothing was saved."
            )


async def admit(
    request: Request,
    lang: Annotated[str | None, Query(description="bn or en; else the person's language")] = None,
) -> None:
    """Let the visitor through to the route, or raise SignedOut or NotFound."""
    portal: Portal = request.app.state.portal
    rule = permissions.TABLE[request.method, request.scope["route"].path]
    if rule.who == "anyone":
        return
    if rule.who == "classroom":
        _admit_classroom(request, portal)
        return
    if rule.who == "administrator" and _is_program(request, portal):
        return
    portal.limits.take_address(request)
    if portal.hub_watch.is_due:
        await run_in_threadpool(portal.hub_watch.look, rule)
    if rule.who == "lab":
        await run_in_threadpool(_enter_from_lab, request, lang, rule)
    elif rule.at_the_write:
        request.state.enter = lambda session: _enter_to_write(request, lang, rule, session)
    else:
        await run_in_threadpool(_enter_to_read, request, lang, rule)


def _enter_to_read(request: Request, lang: str | None, rule: permissions.Rule) -> None:
    portal: Portal = request.app.state.portal
    with portal.database.read() as session:
        visit = _enter(request, lang, rule, session)
    if visit.is_due:
        with contextlib.suppress(Unavailable):  # whoever only reads need not know of a full disk
            portal.database.write(lambda session: sign_ins.mark_seen(session, visit.token))


def _enter_to_write(
    request: Request, lang: str | None, rule: permissions.Rule, session: Session
) -> Visitor:
    visit = _enter(request, lang, rule, session)
    if visit.is_due:
        sign_ins.mark_seen(session, visit.token)
    visitor: Visitor = request.state.visitor
    return visitor


def _enter(
    request: Request, lang: str | None, rule: permissions.Rule, session: Session
) -> sign_ins.Visit:
    """Put the visitor into the request's state, or refuse him."""
    portal: Portal = request.app.state.portal
    request.state.person = whose.NOBODY  # unless the next lines find somebody, and let him in
    token, to = request.cookies.get(portal.cookie), request.path_params
    module = permissions.module_of(rule, to)
    visit = sign_ins.find_visit(session, token, module) if token else None
    if visit is None:
        raise SignedOut
    visitor = Visitor(visit.person, frozenset(visit.roles), _language(request, lang, visit.person))
    request.state.visitor = visitor
    _refuse_at_the_door(visitor)
    request.state.person = visit.person.id
    is_taught = visit.is_taught
    if not permissions.may(session, visit.person, visit.roles, rule, to, is_taught=is_taught):
        raise NotFound("not-found", "There is nothing here, or it is not for you.")
    portal.hub_watch.let_pass(rule)
    portal.limits.take_account(request.method, request.scope["route"].path, visit.person.id)
    if named := request.headers.get("x-pathshala-person"):
        visitor.must_be(named)
    return visit


def _admit_classroom(request: Request, portal: Portal) -> None:
    """Let in the server of live pages, by its token; nobody else learns that there is a way."""
    given = request.headers.get("authorization", "")
    expected = f"token {portal.classroom.token}" if portal.classroom else ""
    if not expected or not compare_digest(given.encode(), expected.encode()):
        raise NotFound("not-found", "There is nothing here, or it is not for you.")


def _is_program(request: Request, portal: Portal) -> bool:
    """Whether a program asks that was given the token for the measures: it needs no Hub."""
    given = request.headers.get("authorization", "")
    expected = f"Bearer {portal.metrics_token}" if portal.metrics_token else ""
    return bool(expected) and compare_digest(given.encode(), expected.encode())


def _enter_from_lab(request: Request, lang: str | None, rule: permissions.Rule) -> None:
    """Let a trainer's Lab through, by the token that the Hub gave it; a cookie is nothing here."""
    portal: Portal = request.app.state.portal
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    name = portal.lab_owner(token) if kind.lower() == "bearer" and token else None
    with portal.database.read() as session:
        person = people.find_by_name(session, name) if name else None
        if person is None:
            cookie = request.cookies.get(portal.cookie)
            if cookie and sign_ins.find_visit(session, cookie):
                raise NotFound("not-found", "There is nothing here, or it is not for you.")
            raise SignedOut
        roles = frozenset(people.roles_of(session, person.id))
        visitor = Visitor(person, roles, _language(request, lang, person))
        request.state.visitor = visitor
        _refuse_at_the_door(visitor)
        held = roles | {"lab"} if "trainer" in roles else frozenset()
        if not permissions.may(session, person, held, rule, request.path_params):
            raise NotFound("not-found", "There is nothing here, or it is not for you.")
    portal.hub_watch.let_pass(rule)
    portal.limits.take_account(request.method, request.scope["route"].path, person.id)


def _refuse_at_the_door(visitor: Visitor) -> None:
    """Let nobody further who has a temporary password, or no role yet or any more."""
    if visitor.person.password_is_temporary:
        raise AtTheDoor(
            "password-is-temporary", "Please choose a password of your own first.", "password"
        )
    if not visitor.roles:
        raise AtTheDoor("not-let-in", "Your trainer has to let you in first.", "waiting")


async def _portal(request: Request) -> Portal:
    portal: Portal = request.app.state.portal
    return portal


async def _visitor(request: Request) -> Visitor:
    visitor: Visitor = request.state.visitor
    return visitor


async def _enter_later(request: Request) -> Callable[[Session], Visitor]:
    enter: Callable[[Session], Visitor] = request.state.enter
    return enter


Here = Annotated[Portal, Depends(_portal)]
Asking = Annotated[Visitor, Depends(_visitor)]
Entering = Annotated[Callable[[Session], Visitor], Depends(_enter_later)]


def language_of(request: Request) -> Language:
    """Return the language to answer in: asked for, the person's, the browser's, Bangla."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    return visitor.language if visitor else _language(request, request.query_params.get("lang"))


def page_language_of(request: Request) -> Language:
    """Return the language of a page: asked for, the last chosen on this device, Bangla.

    It does not depend on the person, so that a page is the same for all its readers.
    """
    for choice in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if choice in texts.LANGUAGES:
            return choice
    return texts.DEFAULT


def remember_language(reply: Response, portal: Portal, language: str) -> None:
    """Keep on this device which language its pages speak, the Hub's too."""
    reply.set_cookie(
        LANGUAGE_COOKIE,
        language,
        YEAR_SECONDS,
        path="/",
        samesite="lax",
        secure=portal.secure,
    )


def _language(request: Request, asked: str | None, person: Person | None = None) -> Language:
    if asked in texts.LANGUAGES:
        return asked
    if person is not None and person.language in texts.LANGUAGES:
        return person.language
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.split(";")[0].strip().split("-")[0]
        if tag in texts.LANGUAGES:
            return tag
    return texts.DEFAULT
