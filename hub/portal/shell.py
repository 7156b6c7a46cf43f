"""Puts a page into the shell that all pages share: header, places, footer, what to load first.

The shell is the same for every reader; whatever is personal is filled in by the page's script
from the API. Its look is `widgets/frontend/src/styles`; its words are in the catalogue.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from hub.portal.portal import Portal
from hub.portal.texts import LANGUAGES, Language, say

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Build:
    """The files of the page build that a page names, from `dist/page/manifest.json`."""

    early: str
    entry: str
    css: Sequence[str]
    chunks: Sequence[str]
    fonts: Sequence[str]
    components: Mapping[str, Sequence[str]]
    texts: Mapping[str, str]
    icon: str | None = None
    frames: Sequence[str] = ()
    name: str = ""
    """Another one for other files."""

    @classmethod
    def read(cls, frontend: Path) -> "Build":
        written = (frontend / "manifest.json").read_bytes()
        found = json.loads(written)
        known = {name: found[name] for name in cls.__dataclass_fields__ if name in found}
        return cls(**known | {"name": hashlib.sha256(written).hexdigest()[:12]})

    def fonts_for(self, language: Language) -> list[str]:
        """Name the fonts that the first screen needs."""
        return [font for font in self.fonts if language == "bn" or "-latin-" in font]

    def chunks_for(self, components: Sequence[str], language: Language) -> list[str]:
        """Name the scripts to fetch beside the entry, each once."""
        chunks = [*self.chunks, *([self.texts[language]] if language in self.texts else [])]
        for component in components:
            chunks += self.components.get(component, ())
        return list(dict.fromkeys(chunks))


class Builds:
    """The page build as it stands: made anew under a running portal, it counts from the next page
    on. The files of the builds before it stay (`build/page-build.ts`), so open pages go on."""

    def __init__(self, frontend: Path) -> None:
        self._frontend = frontend
        self._seen, self._build = self._stamp(), Build.read(frontend)

    @property
    def current(self) -> Build:
        with contextlib.suppress(OSError, ValueError):  # it is being written: the one before it
            if (stamp := self._stamp()) != self._seen:
                self._build, self._seen = Build.read(self._frontend), stamp
        return self._build

    def _stamp(self) -> tuple[int, int]:
        found = (self._frontend / "manifest.json").stat()
        return found.st_mtime_ns, found.st_size


@dataclass(frozen=True)
class Page:
    """What is different from page to page.

    `place` is the entry of the bottom bar to mark, `back` a path below the root (None: no way
    back), `about` what the page's script is told (`data-page`), `onward` a path and the words of
    the link that stands at the end, `frames_from` the origin of its live parts.
    """

    language: Language
    title: str
    fragment: str
    about: Mapping[str, Any]
    components: Sequence[str] = ()
    place: str | None = None
    back: str | None = None
    bar_title: str = ""
    onward: tuple[str, str] | None = None
    frames_from: str | None = None


def render(page: Page, build: Build, root: str) -> str:
    """Return the whole HTML document."""
    language = page.language
    return _template("shell.html").render(
        page=page,
        root=root,
        build=build,
        fonts=build.fonts_for(language),
        chunks=[
            *build.chunks_for(page.components, language),
            *(build.frames if page.frames_from else ()),
        ],
        fragment=Markup(page.fragment.replace("{{portal}}", root)),  # noqa: S704 cleaned by publishing
        about=json.dumps(page.about, ensure_ascii=False, separators=(",", ":")),
        t=lambda message, **facts: say(language, message, facts),
    )


def calm_page(
    request: Request, language: Language, status: int, message: str, facts: Mapping[str, Any]
) -> HTMLResponse:
    """Return a page that says in both languages what happened, with a way home."""
    heading = "This page is not here" if status == 404 else "That did not work"
    return HTMLResponse(_calm(request, language, heading, message, facts), status)


def away_page(request: Request, language: Language) -> HTMLResponse:
    """Return the page that says that another one needs the network."""
    message = "There is no network, and this page is not on this phone. Try again when it is back."
    return HTMLResponse(_calm(request, language, "No network", message, {}))


def _calm(
    request: Request, language: Language, heading: str, message: str, facts: Mapping[str, Any]
) -> str:
    portal: Portal = request.app.state.portal
    order = [language, *(each for each in LANGUAGES if each != language)]
    return _template("calm.html").render(
        root=portal.root,
        build=request.app.state.builds.current,
        language=language,
        heading=heading,
        sentences=[(each, say(each, message, facts)) for each in order],
        say=say,
    )


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
