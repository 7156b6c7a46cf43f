"""Serves the pages that people open: home, courses, modules, library, portfolios, desk, studio.

A page has the same bytes for every reader: text and components as published, personal data only
from the API. So the bytes are made once per version and language and kept, packed; a second
visit costs a look-up and a 304. Which module is at which address is in `store`.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response

from hub.portal import live
from hub.portal.compress import Packed
from hub.portal.guard import content_policy
from hub.portal.portal import Portal
from hub.portal.shell import Build, Builds, Page, render
from hub.portal.texts import Language, say
from hub.portal.visitor import Here, page_language_of
from publishing.texts import in_language
from sharing.portfolio import OWN
from store.database import Session
from store.errors import NotFound
from store.queries import pages as addresses
from store.tables import Version

router = APIRouter(include_in_schema=False)

MOST_PAGES = 500


class Shelf:
    """The pages made so far, packed; the least used make room."""

    def __init__(self, most: int = MOST_PAGES) -> None:
        self._most = most
        self._pages: OrderedDict[Hashable, Packed] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], str]) -> Packed:
        """Return the page kept under `key`, made now if it is not there."""
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
                return self._pages[key]
        packed = Packed(make().encode(), "text/html; charset=utf-8")
        with self._lock:
            self._pages[key] = packed
            if len(self._pages) > self._most:
                self._pages.popitem(last=False)
        return packed


@router.get("/")
def home(request: Request, portal: Here) -> Response:
    """The home page."""
    return _notebook_page(request, portal, "", kind="home", place="home", back=None)


@router.get("/courses")
def catalogue(request: Request, portal: Here) -> Response:
    """All courses."""
    return _notebook_page(request, portal, "courses", kind="courses", place="courses", back="")


@router.get("/courses/{course}")
def course_page(course: str, request: Request, portal: Here) -> Response:
    """One course and its modules."""
    return _notebook_page(
        request,
        portal,
        "courses/<course>",
        kind="course",
        place="courses",
        back="courses",
        course=course,
    )


@router.get("/courses/{course}/{module}")
def module_page(course: str, module: str, request: Request, portal: Here) -> Response:
    """One module."""
    language, build = page_language_of(request), _build(request)
    with portal.database.read() as session:
        found = addresses.find_module(session, f"{course}/{module}")
        if found is None:
            raise _missing()
        bar_title, version_id = in_language(found[0], language), found[1]
        origin, frames = _frames(request, portal, session, version_id)
        onward = _onward(addresses.find_next(session, course, module), course, language)

        def make() -> str:
            version = session.get_one(Version, version_id)
            about = {
                "kind": "module",
                "course": course,
                "module": module,
                "version": version.number,
                "language": language,
            }
            page = Page(
                language=language,
                title=in_language(version.manifest["title"], language),
                fragment=_fragment(portal, version, language),
                about=about | ({"frames": frames} if frames else {}),
                components=version.manifest["components"],
                place="courses",
                back=f"courses/{course}",
                bar_title=bar_title,
                onward=onward,
                frames_from=origin,
            )
            return render(page, build, portal.root)

        shelf: Shelf = request.app.state.shelf
        packed = shelf.get((build.name, version_id, language, bar_title, onward, frames), make)
    # on its way to the classroom, a frame passes the Hub, where its reader signs in
    return _reply(request, packed, f"'self' {origin}" if origin else None)


@router.get("/library")
def library(request: Request, portal: Here) -> Response:
    """What was shared with everyone."""
    return _notebook_page(request, portal, "library", kind="library", place="library", back=None)


@router.get("/library/{post}")
def shared_work(post: str, request: Request, portal: Here) -> Response:
    """One post: the same bytes for each; which one is in the address."""
    return _notebook_page(
        request, portal, "library/<post>", kind="post", place="library", back="library"
    )


@router.get("/people/{name}")
def portfolio(name: str, request: Request, portal: Here) -> Response:
    """A portfolio: the same bytes for each; whose is in the address."""
    place = "me" if name == OWN else None
    return _notebook_page(
        request, portal, "people/<name>", kind="portfolio", place=place, back=None
    )


@router.get("/marking")
def desk(request: Request, portal: Here) -> Response:
    """The evaluator's desk."""
    return _screen(request, portal, "marking", "Desk", "Marking")


@router.get("/studio")
def studio(request: Request, portal: Here) -> Response:
    """The trainer's studio."""
    return _screen(request, portal, "studio", "Studio", "Studio", frames="'self'")


@router.get("/waiting")
def waiting(request: Request, portal: Here) -> Response:
    """What waits on this phone: the same bytes for each; the list is the browser's own."""
    return _screen(request, portal, "waiting", "Waiting", "What waits on this phone")


def _frames(
    request: Request, portal: Portal, session: Session, version_id: int
) -> tuple[str | None, str | None]:
    """Return origin and address of a live version's frames."""
    paths: dict[int, str | None] = request.app.state.live_paths
    if version_id not in paths:  # what it says of itself never changes, and takes long to read
        paths[version_id] = live.path_of(session.get_one(Version, version_id))
    path = paths[version_id]
    origin = live.origin_of_frames(request, portal) if path else None
    return (origin, f"{origin}{path}") if origin else (None, None)


def _notebook_page(
    request: Request,
    portal: Portal,
    route: str,
    *,
    kind: str,
    place: str | None,
    back: str | None,
    course: str | None = None,
) -> Response:
    """Serve a page that an organisation shapes: a notebook with a route."""
    language, build = page_language_of(request), _build(request)
    with portal.database.read() as session:
        title = ""
        if course is not None:
            found = addresses.find_course(session, course)
            if found is None:
                raise _missing()
            title = in_language(found, language)
        version_id = addresses.find_by_route(session, route)
        if version_id is None:
            raise _missing()

        def make() -> str:
            version = session.get_one(Version, version_id)
            about = {"kind": kind, "language": language} | ({"course": course} if course else {})
            page = Page(
                language=language,
                title=title or in_language(version.manifest["title"], language),
                fragment=_fragment(portal, version, language).replace("{{course}}", escape(title)),
                about=about,
                components=version.manifest["components"],
                place=place,
                back=back,
                bar_title=title,
            )
            return render(page, build, portal.root)

        shelf: Shelf = request.app.state.shelf
        packed = shelf.get((build.name, version_id, language, place, course, title), make)
    return _reply(request, packed)


def _screen(
    request: Request,
    portal: Portal,
    kind: str,
    component: str,
    heading: str,
    frames: str | None = None,
) -> Response:
    """Serve a working tool: a Vue screen, not a notebook."""
    language, build = page_language_of(request), _build(request)

    def make() -> str:
        title = say(language, heading)
        words = escape(say(language, "One moment…"))
        page = Page(
            language=language,
            title=title,
            fragment=f'<h1>{escape(title)}</h1><div class="component" '
            f'data-component="{component}" data-props="{{}}"><p>{words}</p></div>',
            about={"kind": kind, "language": language},
            components=[component],
            place=kind,
            back="",
            bar_title=title,
        )
        return render(page, build, portal.root)

    shelf: Shelf = request.app.state.shelf
    return _reply(request, shelf.get((build.name, kind, language), make), frames)


def _build(request: Request) -> Build:
    builds: Builds = request.app.state.builds
    return builds.current


def _reply(request: Request, packed: Packed, frames: str | None = None) -> Response:
    """Answer with a page, which may hold frames from `frames`."""
    headers = {"Cache-Control": "private, no-cache"}
    if frames:
        headers["Content-Security-Policy"] = content_policy(frames)
    return packed.reply(request, headers)


def _onward(following: tuple[str, Any] | None, course: str, language: Language) -> tuple[str, str]:
    """Where a module leads at its end, and in which words."""
    if following is None:
        return f"courses/{course}", say(language, "Back to the course")
    title = in_language(following[1], language)
    return f"courses/{following[0]}", say(language, "Next module: {title}", {"title": title})


def _fragment(portal: Portal, version: Version, language: Language) -> str:
    pages: dict[str, str] = version.pages
    sha = pages.get(language) or next(iter(pages.values()))
    return portal.artifacts.read(sha).decode()


def _missing() -> NotFound:
    return NotFound("not-found", "There is nothing here, or it is not for you.")
