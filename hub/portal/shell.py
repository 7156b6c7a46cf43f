"""Puts a page into the shell that all pages share: header, places, footer, what to load first.

The shell is the same for every reader; whatever is personal is filled in by the page's script
from the API. Its look is `widgets/frontend/src/styles`; its words are in the catalogue.
"""

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

    @classmethod
    def read(cls, frontend: Path) -> "Build":
        found = json.loads((frontend / "manifest.json").read_bytes())
        return cls(**{name: found[name] for name in cls.__dataclass_fields__ if name in found})

    def fonts_for(self, language: Language) -> list[str]:
        """Name the fonts that the first screen needs."""
        return [font for font in self.fonts if language == "bn" or "-latin-" in font]

    def chunks_for(self, components: Sequence[str], language: Language) -> list[str]:
        """Name the scripts to fetch beside the entry, each once."""
        chunks = [*self.chunks, *([self.texts[language]] if language in self.texts else [])]
        for component in components:
            chunks += self.components.get(component, ())
        return list(dict.fromkeys(chunks))


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
    portal: Portal = request.app.state.portal
    order = [language, *(each for each in LANGUAGES if each != language)]
    html = _template("calm.html").render(
        root=portal.root,
        build=request.app.state.build,
        language=language,
        missing=status == 404,
        sentences=[(each, say(each, message, facts)) for each in order],
        say=say,
    )
    return HTMLResponse(html, status)


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
