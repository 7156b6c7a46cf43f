"""The files of a live page that are the same for everybody: packed once, kept by browsers for ever.

They are our script and style, and the scripts of those packages of widgets that are allowed.
"""

from __future__ import annotations

import gzip
import json
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import brotli
from jupyter_core.paths import jupyter_path
from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.ioloop import IOLoop
from tornado.web import HTTPError, RequestHandler

# packages of widgets whose scripts may come into a page, by the name their author gave the script
ALLOWED = (
    "jupyter-vue",
    "jupyter-vuetify",
    "bqplot",
    "bqplot-image-gl",
    "bqscales",
    "jupyter-matplotlib",
    "jupyter-leaflet",
    "ipyevents",
    "jupyter-threejs",
    "ipycanvas",
    "anywidget",
)
HASHED = re.compile(r"[.-][\w-]{8,}\.\w+$", re.ASCII)
PACKABLE = {".js", ".css", ".svg", ".json", ".map", ".txt"}
MOST_WORTH = 500_000  # bytes up to which the slowest packing is quick
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Extension:
    """A package of widgets: its folder of scripts, and the script to begin with."""

    name: str
    version: str
    folder: Path
    entry: str


@cache
def extensions() -> dict[str, Extension]:
    """The allowed packages that are installed here."""
    found: dict[str, Extension] = {}
    for base in jupyter_path("labextensions"):
        for name in ALLOWED:
            package = Path(base) / name / "package.json"
            if name in found or not package.is_file():
                continue
            facts = json.loads(package.read_text("utf-8"))
            entry = facts["jupyterlab"]["_build"]["load"]
            found[name] = Extension(name, facts["version"], package.parent / "static", entry)
    return found


@cache
def packed(path: Path, encoding: str) -> bytes:
    """Return a file's bytes, in `br`, `gzip` or as they are; made once while the server lives."""
    plain = path.read_bytes()
    if encoding == "br":
        ready = path.with_name(f"{path.name}.br")
        quality = 11 if len(plain) <= MOST_WORTH else 10
        return ready.read_bytes() if ready.is_file() else brotli.compress(plain, quality=quality)
    return gzip.compress(plain, 9, mtime=0) if encoding == "gzip" else plain


class StaticHandler(RequestHandler):
    """Serves the files below a folder; `find` gives the folder for the parts of an address."""

    SUPPORTED_METHODS = ("GET", "HEAD")

    def initialize(self, find: Any, headers: dict[str, str]) -> None:
        self.find = find
        for name, value in headers.items():
            self.set_header(name, value)

    @allow_unauthenticated
    async def get(self, *parts: str) -> None:
        """Send a file, packed as the browser likes it."""
        folder: Path | None = self.find(*parts[:-1])
        path = (folder / parts[-1]).resolve() if folder is not None else None
        if path is None or not path.is_relative_to(folder.resolve()) or not path.is_file():  # type: ignore[union-attr]
            raise HTTPError(404)
        encoding = self._encoding() if path.suffix in PACKABLE else "plain"
        body = await IOLoop.current().run_in_executor(None, packed, path, encoding)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.set_header("Content-Type", "text/javascript" if path.suffix == ".js" else kind)
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("Cache-Control", FOR_EVER if HASHED.search(path.name) else "no-cache")
        if encoding != "plain":
            self.set_header("Content-Encoding", encoding)
        self.set_header("Content-Length", str(len(body)))
        self.finish(None if self.request.method == "HEAD" else body)

    head = get

    def _encoding(self) -> str:
        accepted = self.request.headers.get("Accept-Encoding", "")
        names = {part.partition(";")[0].strip() for part in accepted.split(",")}
        return next((name for name in ("br", "gzip") if name in names), "plain")
