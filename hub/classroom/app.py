"""The server of live pages: a standalone Voila behind the Hub's sign-in.

Only a standalone Voila filters what browsers tell kernels. Of its routes, and of Jupyter Server's,
those stand here that a reader needs; whatever else is asked for is not there.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_core.utils import run_sync
from jupyterhub.services.auth import HubOAuth
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler
from traitlets.config import Config
from voila.app import Voila

from hub.classroom.handlers import (
    ChannelsHandler,
    HealthHandler,
    LiveHandler,
    LogoutHandler,
    NothingHandler,
    OneKernelHandler,
    ShutdownHandler,
)
from hub.classroom.identity import HubIdentity
from hub.classroom.kernels import (
    PRELOADS,
    OurKernelSpecs,
    OwnerAuthorizer,
    ReadersKernels,
    RunningClient,
)
from hub.classroom.live_page import Live
from hub.classroom.message_filter import MOST_BYTES, FilteredConnection
from hub.classroom.provisioner import warm_up
from hub.classroom.readings import Limits, Readings
from hub.classroom.released import Portal
from hub.classroom.static_files import StaticHandler, extensions

PART = r"([\w.-]{1,200})"
KERNEL = r"(?P<kernel_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"


@dataclass(frozen=True)
class Classroom:
    """All that the server is handed."""

    live: Live
    hub: HubOAuth
    portal: Portal
    addresses: tuple[str, ...]
    port: int
    cookie_secret: bytes
    hidden: tuple[Path, ...] = ()
    """Folders that look empty to a kernel."""
    limits: Limits = field(default_factory=Limits)
    log_request: Callable[[RequestHandler], None] | None = None
    logging: dict[str, Any] = field(default_factory=dict)
    """What Python's `dictConfig` is told beside Voila's own."""


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class ClassroomApp(Voila):
    """Voila with our routes, settings and readers."""

    name = "pathshala-classroom"
    config_file_paths: list[str] = []  # noqa: RUF012 - a trait: no file of this machine changes us

    def __init__(self, classroom: Classroom, **given: Any) -> None:
        super().__init__(**given)
        self.classroom = classroom
        self.ioloop = IOLoop.current()  # whoever is told to stop at once needs it

    def init_settings(self) -> dict[str, Any]:
        """Add our settings to Voila's: some of them it takes in no other way."""
        settings = super().init_settings()
        identity = HubIdentity(parent=self, log=self.log, hub_auth=self.classroom.hub)
        self.identity_provider = identity
        self.readings = Readings(self.kernel_manager, self.classroom.portal, self.classroom.limits)
        return {
            **settings,
            "headers": HEADERS,
            "identity_provider": identity,
            "authorizer": OwnerAuthorizer(parent=self, log=self.log, identity_provider=identity),
            "kernel_websocket_connection_class": FilteredConnection,
            "websocket_max_message_size": MOST_BYTES,
            "ws_ping_interval": 10_000,  # ms: a phone that vanished keeps no kernel
            "ws_ping_timeout": 25_000,
            "websocket_compression_options": {},
            "compress_response": True,
            "log_function": self.classroom.log_request or _say_nothing,
            "default_handler_class": NothingHandler,
            "readings": self.readings,
            "live": self.classroom.live,
        }

    def init_handlers(self) -> list[Any]:
        """Return all that is answered. No pages of Voila's own, no contents, no sessions."""
        root = self.classroom.live.root
        static = {"headers": HEADERS}
        build = self.classroom.live.build
        components = build.with_name("host")
        return [
            (rf"{root}live/{PART}/{PART}/{PART}", LiveHandler),
            (rf"{root}api/kernels/{KERNEL}", OneKernelHandler),
            (rf"{root}api/kernels/{KERNEL}/channels", ChannelsHandler),
            (rf"{root}api/shutdown/{KERNEL}", ShutdownHandler),
            (rf"{root}static/(.+)", StaticHandler, {**static, "find": lambda: build}),
            (rf"{root}components/(.+)", StaticHandler, {**static, "find": lambda: components}),
            (
                rf"{root}labextensions/{PART}/static/(.+)",
                StaticHandler,
                {**static, "find": _folder},
            ),
            *self.identity_provider.get_handlers(),
            (rf"{root}logout", LogoutHandler),
            (rf"{root}health", HealthHandler),
        ]

    def listen(self) -> None:
        """Answer on the port that was given and on no other, until told to stop."""
        for address in self.classroom.addresses:
            self.app.listen(self.port, address)
        self.ioloop.add_callback(self.readings.watch)
        self.ioloop.add_callback(asyncio.to_thread, warm_up, *PRELOADS.values())
        try:
            self.ioloop.start()
        finally:
            self.stop()

    def stop(self) -> None:
        """End all kernels and remove what was written for them."""
        run_sync(self.readings.close)()
        shutil.rmtree(self.connection_dir, ignore_errors=True)


def _say_nothing(handler: RequestHandler) -> None:
    """Log no request: nobody asked for it."""


def _folder(name: str) -> Path | None:
    found = extensions().get(name)
    return found.folder if found is not None else None


class Noise(logging.Filter):
    """Drops what is said about each socket and tells nobody anything."""

    TOLD = ("Skipping XSRF check for insecure request", "The websocket_ping_timeout")

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep everything else."""
        return not record.getMessage().startswith(self.TOLD)


def make(classroom: Classroom) -> ClassroomApp:
    """Return the server, ready to `start()`."""
    config = Config()
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.allow_theme_override = "NO"
    config.VoilaConfiguration.show_tracebacks = False
    config.VoilaConfiguration.kernel_spec_manager_class = OurKernelSpecs
    config.VoilaConfiguration.multi_kernel_manager_class = ReadersKernels
    config.Voila.log_level = logging.WARNING
    config.Voila.logging_config = classroom.logging
    config.KernelManager.autorestart = False  # a page whose kernel ended is told, and comes again
    config.KernelManager.client_factory = RunningClient
    config.ForkProvisioner.hidden = [str(each) for each in classroom.hidden]
    config.ForkProvisioner.components = f"{classroom.live.root}components/pathshala.js"
    app = ClassroomApp(
        classroom,
        config=config,
        base_url=classroom.live.root,
        port=classroom.port,
        cookie_secret=classroom.cookie_secret,
        open_browser=False,
    )
    app.initialize([])
    for name in ("tornado.application", "tornado.general"):
        logging.getLogger(name).addFilter(Noise())
    return app
