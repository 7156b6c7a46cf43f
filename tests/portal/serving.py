"""A portal that a real browser can visit, without the Hub: sessions are opened as it does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext

from bench.products import free_port
from bench.visits import PHONE
from bench.waiting import wait_until
from hub.passwords import temporary_password
from hub.portal.app import HubClient, Portal, create_app
from hub.portal.hub_watch import HubWatch
from hub.portal.limits import Limits
from learning import sign_ins
from publishing.runner import Runner
from publishing.versions import Publisher
from store.artifacts import Artifacts
from store.database import Database
from store.jobs import Jobs
from store.schema import upgrade

ROOT = Path(__file__).resolve().parents[2]
PAGE_BUILD = ROOT / "widgets" / "frontend" / "dist" / "page"
PROPERTIES = ROOT / "widgets" / "properties.json"


class Served:
    """A portal at `url`, with a store of its own to fill."""

    def __init__(self, folder: Path, port: int, build: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'pathshala.sqlite'}")
        self.artifacts = Artifacts(folder / "artifacts")
        self.publisher = Publisher(self.database, self.artifacts, PROPERTIES, folder / "work")
        self.origin = f"http://127.0.0.1:{port}"
        self.url = f"{self.origin}/services/portal/"
        nowhere = f"http://127.0.0.1:{free_port()}/hub/api"
        hub = HubClient(
            authorize_url="/hub/authorize",
            token_url=nowhere,
            user_url=nowhere,
            logout_url="/hub/logout",
            pages_url="/hub/",
            client_id="portal",
            token="a-token",
        )
        self.portal = Portal(
            database=self.database,
            artifacts=self.artifacts,
            work=folder,
            jobs=Jobs(folder / "jobs.sqlite"),
            hub_watch=HubWatch(lambda: True),
            runner=Runner([folder]),
            frontend=build,
            hub=hub,
            temporary_password=temporary_password,
            limits=Limits(times=100),
        )

    def browser_of(self, browser: Browser, person_id: str, **more: Any) -> BrowserContext:
        """A phone on which this person is signed in."""
        token = self.database.write(lambda session: sign_ins.open_session(session, person_id))
        settings = {"viewport": PHONE, "locale": "bn-BD", "timezone_id": "Asia/Dhaka", **more}
        context = browser.new_context(**settings)
        cookie = {"name": self.portal.cookie, "value": token, "url": self.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
        context.set_default_timeout(20_000)
        return context


@contextmanager
def served_portal(folder: Path, build: Path = PAGE_BUILD) -> Iterator[Served]:
    """Serve an empty portal with the real page build, or a copy, until the end of the block."""
    assert json.loads((PAGE_BUILD / "manifest.json").read_bytes())["entry"], "npm run build"
    upgrade(f"sqlite:///{folder / 'pathshala.sqlite'}")
    port = free_port()
    served = Served(folder, port, build)
    config = uvicorn.Config(
        create_app(served.portal), host="127.0.0.1", port=port, log_level="warning"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started, seconds=30)
        with served.portal.runner:
            yield served
    finally:
        server.should_exit = True
        thread.join(30)
        served.database.close()
