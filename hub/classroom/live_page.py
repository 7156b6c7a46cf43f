"""Makes the HTML of one frame of a live page, part by part, with Voila's exporter.

The text of the whole frame is the first part, before there is a kernel. Then come the outputs, as
data that our script turns into widgets and pictures.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from jupyter_core.paths import jupyter_path
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from nbformat.v4 import new_notebook
from tornado.httputil import HTTPServerRequest
from voila.exporter import VoilaExporter, VoilaMarkdownRenderer

from hub.classroom.reading import Reading
from hub.classroom.static_files import extensions

TEMPLATES = Path(__file__).parent / "templates"
SIZES = ("normal", "large", "larger", "largest")
_PORT = re.compile(r":\d+$")


class PlainHeadings(VoilaMarkdownRenderer):
    """Voila's Markdown, with headings as they are written: Voila's carry a sign to link to them."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, exclude_anchor_links=True, **given)


@dataclass(frozen=True)
class Live:
    """What every live page needs to know of its surroundings."""

    root: str
    """The path of the classroom, with a slash at both ends."""
    portal_port: int
    """The portal's port, on whatever host the reader came by."""
    build: Path
    """The folder of the built script and style, with their `manifest.json`."""
    say: Any
    """`say(language, message, facts)` gives a sentence in a language."""

    def origin(self, request: HTTPServerRequest) -> str:
        """Return where this reader's browser reaches the classroom, without a path."""
        return f"{request.protocol}://{request.host}"

    def portal_origin(self, request: HTTPServerRequest) -> str:
        """Return where this reader's browser reaches the portal and the Hub."""
        return f"{request.protocol}://{_PORT.sub('', request.host)}:{self.portal_port}"

    @cached_property
    def assets(self) -> dict[str, Any]:
        """Names of the built files: `{"entry", "chunks": [...], "css": [...]}`."""
        found: dict[str, Any] = json.loads((self.build / "manifest.json").read_text())
        return found

    @cached_property
    def exporter(self) -> Any:
        """Voila's exporter with our template: it is costly to make."""
        exporter = VoilaExporter(
            template_name="base",
            template_paths=[str(TEMPLATES), *_templates()],
            template_file="live.html.j2",
            base_url=self.root,
        )
        exporter.default_preprocessors = []
        exporter.markdown_renderer_class = PlainHeadings
        return exporter

    @cached_property
    def environment(self) -> Environment:
        """The templates of the pages that show no notebook."""
        return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)


@dataclass(frozen=True)
class Look:
    """How the page around a frame looks: its theme, and the size of its letters."""

    theme: str
    size: str

    @classmethod
    def of(cls, theme: str, size: str) -> Look:
        """Return what was asked for, as far as there is such a thing."""
        return cls("dark" if theme == "dark" else "light", size if size in SIZES else "normal")


@dataclass(frozen=True)
class LivePage:
    """One frame: a stretch of a reader's open page."""

    reading: Reading
    stretch: int
    live: Live
    look: Look
    portal_origin: str

    async def parts(self) -> AsyncIterator[str]:
        """Hand out the HTML; raise `Lost` if the kernel is."""
        await self.reading.furnished()
        exporter = self.live.exporter
        files = LargeFileManager(root_dir=str(self.reading.folder))

        def text_of(cell: Any) -> str:
            exporter.contents_manager = files  # whose pictures come into the text
            html: str = exporter.markdown2html({"cell": cell}, cell.source)
            return html

        told = {
            "live": self.live,
            "language": self.reading.module.language,
            "look": self.look,
            "title": self.reading.released.title,
            "cells": self._cells(),
            "settings": self._settings(),
            "text_of": text_of,
            "alt_of": self._alt_of,
            "kernel_start": self.reading.started,
            "outputs": lambda: self.reading.outputs(self.stretch),
        }
        pages = exporter.generate_from_notebook_node(new_notebook(), {}, extra_context=told)
        text = ""
        async for part, _ in pages:
            text += part
            if text.endswith(PAUSE):
                yield text
                text = ""
        yield text

    def _cells(self) -> list[tuple[int, Any]]:
        """The cells to show, with their places; a text in another language is none."""
        language = self.reading.module.language
        cells = self.reading.released.notebook.cells
        stretch = self.reading.released.stretches[self.stretch]
        return [
            (n, cells[n]) for n in stretch if cells[n].metadata.get("lang", language) == language
        ]

    def _alt_of(self, cell: Any) -> str:
        """What the trainer says of the pictures that a cell draws, in the reader's language."""
        words = (cell.metadata.get("pathshala") or {}).get("alt") or ""
        if isinstance(words, dict):
            words = words.get(self.reading.module.language) or next(iter(words.values()), "")
        return str(words)

    def _settings(self) -> dict[str, Any]:
        found = extensions().values()
        return {
            "root": self.live.root,
            "portal": self.portal_origin,
            "stretch": self.stretch,
            "extensions": {each.name: [each.version, each.entry] for each in found},
            "words": _words(self.live.say, self.reading.module.language),
        }


PAUSE = "<!-- -->\n"


def _templates() -> list[str]:
    return [str(Path(base) / "nbconvert" / "templates") for base in jupyter_path()]


def _words(say: Any, language: str) -> dict[str, str]:
    return {
        "failed": say(language, "This part could not be shown."),
        "slider": say(language, "Slider"),
        "picture": say(language, "A picture, drawn by this page"),
        "no-widget": say(language, "This cannot be shown here: {name}."),
    }


def calm_page(
    live: Live,
    portal_origin: str,
    language: str,
    kind: str,
    *,
    place: int | None,
    retry: int | None,
) -> str:
    """Return a page of one sentence, which asks again by itself after `retry` seconds."""
    say = live.say
    sentence = {
        "full": lambda: say(
            language,
            "Many live pages are open now. Your place in the queue: {place}.",
            {"place": place},
        ),
        "too-many": lambda: say(
            language, "You have many live pages open. Close one; this one then opens by itself."
        ),
        "missing": lambda: say(language, "There is no such live page."),
        "away": lambda: say(language, "The live part cannot be reached. It is tried again."),
    }[kind]()
    news = {"source": "pathshala-live", "kind": kind, "place": place}
    page: str = live.environment.get_template("calm.html").render(
        language=language, sentence=sentence, news=news, retry=retry, portal=portal_origin
    )
    return page
