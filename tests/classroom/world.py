"""A real classroom in a process of its own, and what stands around it: a portal and a Hub's word.

The Hub's whole sign-in is tested with the Hub itself, in `test_sign_in.py`; here it answers one
question, who holds a token. The portal serves released notebooks as `released` says, and a page
with frames for a browser.
"""

from __future__ import annotations

import json
import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import psutil
from tornado.web import create_signed_value

from bench.products import free_port
from bench.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "/services/classroom/"
COOKIE_SECRET = "a secret for cookies alone"
TOKEN = "the classroom's own token"
SCOPE = "access:services!service=classroom"
PAGE = """<!doctype html><meta charset="utf-8"><title>Page</title>
<script>window.news = []; addEventListener("message", (e) => news.push(e.data))</script>
<h1>Published text</h1>{frames}"""
FRAME = '<iframe title="live {n}" style="width: 340px; height: 400px" src="{src}"></iframe>'


def code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": []} | {
        "execution_count": None
    }


def text(source: str, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": metadata}


@dataclass
class Surroundings:
    """What the classroom's neighbours know. `people` are tokens by name."""

    port: int
    modules: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)

    def publish(
        self, name: str, *cells: dict[str, Any], stretches: list[list[int]] | None = None
    ) -> str:
        """Make a live module; return the path of its frames in the classroom."""
        cells = tuple({**cell, "id": f"cell-{n}"} for n, cell in enumerate(cells))
        notebook = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        files = [
            {"path": path, "address": f"/services/portal/api/live-files/{path}"}
            for path in self.files
        ]
        self.modules[f"a-course/{name}/1"] = {
            "title": name,
            "language": "bn",
            "notebook": notebook,
            "stretches": stretches or [list(range(len(cells)))],
            "files": files,
        }
        return f"live/a-course/{name}/1"

    def reply(self, path: str, authorization: str) -> tuple[int, str, bytes]:
        """Answer as the Hub and the portal do."""
        address = urlsplit(path)
        if address.path == "/hub/api/user":
            return self._user(authorization.removeprefix("token "))
        if address.path == "/page":
            frames = "".join(FRAME.format(n=n, src=src) for n, src in enumerate(self.frames))
            return 200, "text/html", PAGE.format(frames=frames).encode()
        if authorization != f"token {TOKEN}":
            return 403, "text/plain", b""
        self.asked.append(path)
        _, _, rest = address.path.partition("/api/live-files/")
        if rest:
            return 200, "application/octet-stream", self.files[rest]
        _, _, module = address.path.partition("/api/live/")
        reader = parse_qs(address.query)["reader"][0]
        if module not in self.modules or reader == "stranger":
            return 404, "text/plain", b""
        return 200, "application/json", json.dumps(self.modules[module]).encode()

    def _user(self, token: str) -> tuple[int, str, bytes]:
        names = [name for name, known in self.people.items() if known == token]
        if not names:
            return 403, "application/json", b"{}"
        user = {"kind": "user", "name": names[0], "scopes": [SCOPE], "groups": []}
        return 200, "application/json", json.dumps(user).encode()


@contextmanager
def surroundings() -> Iterator[Surroundings]:
    """Serve the neighbours until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = found.reply(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Surroundings(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class World:
    """A classroom, its surroundings and the process that it is."""

    around: Surroundings
    port: int
    process: psutil.Process

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def portal_origin(self) -> str:
        return f"http://127.0.0.1:{self.around.port}"

    def url(self, path: str) -> str:
        return f"{self.origin}{PREFIX}{path}"

    def token_of(self, name: str) -> str:
        return self.around.people.setdefault(name, f"token-of-{name}")

    def client(self, name: str | None = None) -> httpx.Client:
        """A program that holds a person's token, or none."""
        headers = {"Authorization": f"token {self.token_of(name)}"} if name else {}
        return httpx.Client(base_url=self.url(""), headers=headers, timeout=60)

    def cookie(self, name: str) -> dict[str, Any]:
        """What a browser keeps after signing in."""
        value = create_signed_value(COOKIE_SECRET, "service-classroom", self.token_of(name))
        return {"name": "service-classroom", "value": value.decode(), "url": self.url("")}

    def open(self, path: str, name: str, **more: str) -> httpx.Response:
        """Read a frame to its end."""
        with self.client(name) as client:
            return client.get(path, params=more)

    def warm_parents(self) -> list[psutil.Process]:
        """What kernels are forked from."""
        return [each for each in self.process.children() if "warm" in each.cmdline()]

    def kernels(self) -> list[psutil.Process]:
        """The kernels that run."""
        return [kernel for each in self.warm_parents() for kernel in each.children()]

    def open_pages(self) -> int:
        return int(httpx.get(self.url("health")).json()["open_pages"])


def kernel_of(frame: httpx.Response | str) -> str:
    """Return the id of the kernel that a frame names."""
    html = frame if isinstance(frame, str) else frame.text
    return str(json.loads(html.split('data-live="kernel">')[1].split("</script>")[0]))


def outputs_of(frame: httpx.Response) -> dict[int, list[Any]]:
    """Return what each cell of a frame showed."""
    found = {}
    for part in frame.text.split('data-live="outputs" data-cell="')[1:]:
        number, _, rest = part.partition('">')
        found[int(number)] = json.loads(rest.split("</script>")[0])
    return found


def serve(port: int, around: int, limits: dict[str, Any]) -> None:
    """Be a classroom; runs in a process of its own."""
    from hub.classroom.app import Classroom, make
    from hub.classroom.identity import hub_auth
    from hub.classroom.live_page import Live
    from hub.classroom.readings import Limits
    from hub.classroom.released import Portal
    from hub.portal.texts import say

    if file := limits.pop("free_file", None):
        limits["free_bytes"] = lambda: int(Path(file).read_text())
    neighbour = f"http://127.0.0.1:{around}"
    classroom = Classroom(
        live=Live(PREFIX, around, ROOT / "widgets/frontend/dist/live", say),
        hub=hub_auth(
            api_url=f"{neighbour}/hub/api",
            redirect="/hub/to-classroom",
            client_id="service-classroom",
            name="classroom",
            token=TOKEN,
            root=PREFIX,
        ),
        portal=Portal(f"{neighbour}/services/portal/", TOKEN),
        addresses=("127.0.0.1",),
        port=port,
        cookie_secret=COOKIE_SECRET.encode(),
        limits=Limits(**limits),
    )
    make(classroom).start()


@contextmanager
def classroom(**limits: Any) -> Iterator[World]:
    """Run a classroom until the end of the block; hold it to leaving nothing behind."""
    port = free_port()
    with surroundings() as around:
        process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(port, around.port, limits)
        )
        process.start()
        world = World(around, port, psutil.Process(process.pid))
        try:
            wait_until(lambda: answers(world), seconds=60)
            yield world
        finally:
            started = world.process.children(recursive=True)
            process.terminate()
            process.join(20)
            _, alive = psutil.wait_procs(started, timeout=10)
            assert process.exitcode is not None and not alive, alive


def answers(world: World) -> bool:
    try:
        return httpx.get(world.url("health")).status_code == 200
    except httpx.TransportError:
        return False


def ended(world: World) -> bool:
    """Whether every page has ended, and every kernel."""
    return world.open_pages() == 0 and not world.kernels()
