"""A small world for tests of the portal: a real store, real people with sessions, one module.

`a_portal` gives a `World`; the Hub is not part of it, so sessions are opened as the callback does.
Who is in it stands in `filling`.
"""

import atexit
import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.testclient import TestClient

from hub.passwords import temporary_password
from hub.portal.app import HubClient, Portal, create_app
from hub.portal.hub_watch import HubWatch
from hub.portal.limits import Limits
from hub.portal.portal import Classroom
from learning import people, sign_ins
from publishing.runner import Runner
from store.artifacts import Artifacts
from store.database import Database
from store.jobs import Jobs
from store.schema import upgrade
from store.tables import Person, Table
from tests.databases import a_database
from tests.portal.filling import fill

ORIGIN = "http://pathshala.test"
ROOT = f"{ORIGIN}/services/portal/"
CLASSROOM_TOKEN = "a-token-of-the-classroom"
WRITE = {"Sec-Fetch-Site": "same-origin", "X-Pathshala": "1"}


@dataclass
class World:
    """The portal, which answers in one `loop`, and what is in it; `ids` of people by name."""

    app: FastAPI
    portal: Portal
    ids: dict[str, str]
    tokens: dict[str, str]
    clip: str
    loop: BlockingPortal
    things: dict[str, Any] = field(default_factory=dict)

    def client(self, name: str | None = None, **headers: str) -> TestClient:
        """A browser in which `name` is signed in (nobody if None)."""
        client = TestClient(
            self.app,
            base_url=ORIGIN,
            root_path="",
            raise_server_exceptions=False,
            follow_redirects=False,
            headers={"Accept-Encoding": "identity", **headers},
        )
        if name is not None:
            client.cookies.set(self.portal.cookie, self.tokens[name])
        client.base_url = ROOT
        client.portal = self.loop
        return client

    def person(self, name: str) -> Person:
        with self.portal.database.read() as session:
            return people.get_person(session, self.ids[name])

    def count_rows(self) -> dict[str, int]:
        """How many rows each table has, and what was last changed in it is not said."""
        with self.portal.database.read() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Table.metadata.sorted_tables
            }

    def dump(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        with self.portal.database.read() as session:
            return {
                table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
                for table in Table.metadata.sorted_tables
            }


@contextmanager
def a_portal(
    folder: Path, *, secure: bool = False, kind: str = "sqlite", patience: int = 1
) -> Iterator[World]:
    """Open a portal over a copy of the world, kept in this kind of database.

    `patience` is how many times more than people do may be asked of it in a minute.
    """
    with a_database(kind, _make, folder) as url:
        shutil.copytree(_files(kind), folder, dirs_exist_ok=True)
        (folder / "work").mkdir()
        known = json.loads((folder / "known.json").read_text())
        portal = Portal(
            database=Database(url),
            artifacts=Artifacts(folder / "artifacts"),
            work=folder / "work",
            jobs=Jobs(folder / "jobs.sqlite"),
            frontend=folder / "page",
            hub=HubClient(
                authorize_url="/hub/api/oauth2/authorize",
                token_url="http://127.0.0.1:9/hub/api/oauth2/token",
                user_url="http://127.0.0.1:9/hub/api/user",
                logout_url="/hub/logout",
                pages_url="/hub/",
                client_id="service-portal",
                token="a-token-of-the-hub",
            ),
            runner=Runner([folder]),
            hub_watch=HubWatch(lambda: True),
            temporary_password=temporary_password,
            limits=Limits(times=patience),
            classroom=Classroom(CLASSROOM_TOKEN, port=8004),
            secure=secure,
        )
        with closing(portal.database), portal.runner, start_blocking_portal() as loop:
            yield World(create_app(portal), portal, loop=loop, **known)


def _make(url: str) -> None:
    """Make the world, once for each kind of database: what is in it has ids of its own."""
    folder = _files(url.partition(":")[0].partition("+")[0])
    upgrade(url)
    with closing(Database(url)) as database:
        known = database.write(lambda session: fill(session, Artifacts(folder / "artifacts")))
        known["tokens"] = database.write(
            lambda session: {
                name: sign_ins.open_session(session, person)
                for name, person in known["ids"].items()
            }
        )
    (folder / "known.json").write_text(json.dumps(known))


@cache
def _files(kind: str) -> Path:
    """What the world has beside its database: artifacts, the page build, who is in it."""
    folder = Path(mkdtemp(prefix="pathshala-world-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _build(folder / "page")
    return folder


def _build(folder: Path) -> None:
    folder.mkdir()
    files = {
        "early-1.js": "(()=>{})()",
        "page-2.js": "export {}\n" * 200,
        "clip-3.js": "export {}",
        "texts-bn-4.js": "export default {}",
        "page-5.css": "body{margin:0}",
        "bengali-400-6.woff2": "font",
        "noto-latin-400-7.woff2": "font",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    manifest = {
        "early": "early-1.js",
        "entry": "page-2.js",
        "css": ["page-5.css"],
        "chunks": [],
        "fonts": ["bengali-400-6.woff2", "noto-latin-400-7.woff2"],
        "components": {"Clip": ["clip-3.js"]},
        "texts": {"bn": "texts-bn-4.js"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
