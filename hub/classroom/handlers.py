"""What the classroom answers over HTTP and over sockets.

Who reads, `identity` knows; whose a kernel is, `kernels`; what may be said to it, `message_filter`.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from functools import partial
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado import web
from tornado.iostream import StreamClosedError

from hub.classroom.live_page import Live, LivePage, Look, calm_page
from hub.classroom.reading import Lost, Reading
from hub.classroom.readings import LEFT, Full, Readings, TooMany
from hub.classroom.released import Away, Module, NotThere

SESSION = re.compile(r"[\w-]{1,64}", re.ASCII)
SECONDS_TO_RETRY = 5
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "sandbox allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        " allow-downloads",
    )
)
ENDING = '<script type="application/json" data-live="lost">{}</script></body></html>'


class Ours(JupyterHandler):
    """What our handlers share."""

    @property
    def readings(self) -> Readings:
        found: Readings = self.settings["readings"]
        return found

    def write_error(self, status_code: int, **_: Any) -> None:
        """Say the number alone: a frame's reader is told the rest by the page around it."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(str(status_code))

    @property
    def portal_origin(self) -> str:
        live: Live = self.settings["live"]
        return live.portal_origin(self.request)

    @property
    def content_security_policy(self) -> str:
        """What the page of a trainer may do in a browser: nothing beyond this origin."""
        return f"{POLICY}; frame-ancestors {self.portal_origin}"


class OwnKernel(Ours):
    """A handler for one kernel, which exists for the reader who started it alone."""

    async def prepare(self, **given: Any) -> Any:
        """Answer 404 to everybody else, whatever is asked."""
        found = await super().prepare(**given)
        self.require_owner()
        return found

    def require_owner(self) -> Reading:
        """Return the page that the kernel works for; raise 404 unless it is the reader's own."""
        reading = self.readings.find(self.path_kwargs["kernel_id"])
        person = self.current_user
        if person is None or reading is None or reading.person != person.username:
            raise web.HTTPError(404)
        return reading


class LiveHandler(Ours):
    """A stretch of a live page, for a frame."""

    SUPPORTED_METHODS = ("GET",)

    def initialize(self) -> None:
        self._frames = ExitStack()

    @web.authenticated
    async def get(self, course: str, module: str, version: str) -> None:
        """Send the text at once, and each cell's outputs as soon as it has run."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "private, no-store")
        _ = self.xsrf_token  # sets the cookie that ending the page needs
        language = "en" if self.get_argument("lang", "bn") == "en" else "bn"
        wanted = Module(course, module, version, language)
        try:
            reading = await self.readings.enter(self.current_user.username, wanted)
        except (TooMany, Full, NotThere, Away) as refused:
            self._refuse(refused, language)
            return
        with self._frames:
            self._frames.enter_context(reading.watched())
            token = self.identity_provider.hub_auth.get_token(self)
            reading.may_stay = partial(self.identity_provider.may_stay, token)
            await self._send(reading)

    async def _send(self, reading: Reading) -> None:
        stretch = self.get_argument("stretch", "0")
        if not stretch.isdecimal() or int(stretch) >= len(reading.released.stretches):
            raise web.HTTPError(404)
        look = Look.of(self.get_argument("theme", ""), self.get_argument("size", ""))
        page = LivePage(reading, int(stretch), self.settings["live"], look, self.portal_origin)
        try:
            try:
                async for html in page.parts():
                    self.write(html)
                    await self.flush()
            except Lost:
                self.write(ENDING)
            await self.finish()
        except StreamClosedError:
            return

    def on_connection_close(self) -> None:
        """Note that nobody waits for the page any more."""
        self._frames.close()

    def _refuse(self, refused: Exception, language: str) -> None:
        retry: int | None = SECONDS_TO_RETRY
        if isinstance(refused, TooMany):
            self.set_status(429)
            kind, place = "too-many", None
        elif isinstance(refused, Full):
            self.set_status(503)
            kind, place = "full", refused.place
        elif isinstance(refused, NotThere):
            self.set_status(404)
            kind, place, retry = "missing", None, None
        else:
            self.set_status(503)
            kind, place = "away", None
        if retry is not None:
            self.set_header("Retry-After", str(retry))
        live, portal = self.settings["live"], self.portal_origin
        self.finish(calm_page(live, portal, language, kind, place=place, retry=retry))


class OneKernelHandler(OwnKernel, KernelHandler):
    """Tells whether one's kernel lives."""

    SUPPORTED_METHODS = ("GET",)


class ShutdownHandler(OwnKernel, APIHandler):
    """Ends a page that its reader leaves, unless another frame still shows it."""

    SUPPORTED_METHODS = ("POST",)

    @web.authenticated
    async def post(self, kernel_id: str) -> None:
        """Answer 204 in either case."""
        reading = self.require_owner()
        if reading.is_last_frame:
            await self.readings.end(reading, LEFT, "left")
        self.set_status(204)
        self.finish()


class ChannelsHandler(OwnKernel, KernelWebsocketHandler):
    """The socket between a frame and its kernel.

    Not Voila's, which reads each binary message as one of a newer protocol, and loops over what it
    takes for a length until the memory is full.
    """

    reading: Reading | None = None

    def check_origin(self, origin: str | None = None) -> bool:
        """Let in this origin's own pages alone; what names no origin is no page."""
        return bool(origin == self.settings["live"].origin(self.request))

    async def pre_get(self) -> None:
        """Refuse whoever names no origin, and a session's name that could not be a socket's."""
        if not self.check_origin(self.request.headers.get("Origin")):
            raise web.HTTPError(403)
        if not SESSION.fullmatch(self.get_argument("session_id", "")):
            raise web.HTTPError(400)
        await super().pre_get()

    async def open(self, kernel_id: str) -> None:
        """Connect to the kernel, and to the page that it works for."""
        self.reading = self.require_owner()
        self.reading.join(self)
        await super().open(kernel_id)

    def on_message(self, ws_message: str | bytes) -> None:
        """Hand a frame to the filter."""
        if self.reading is not None:
            self.reading.touch()
        super().on_message(ws_message)

    def on_close(self) -> None:
        """Leave the page."""
        if self.reading is not None:
            self.reading.leave(self)
        super().on_close()


class LogoutHandler(Ours, APIHandler):
    """Ends a reader's pages and forgets the sign-in here; the Hub's own goes on."""

    SUPPORTED_METHODS = ("POST",)

    @web.authenticated
    async def post(self) -> None:
        """Answer 204."""
        await self.readings.end_all_of(self.current_user.username)
        self.identity_provider.hub_auth.clear_cookie(self)
        self.set_status(204)
        self.finish()


class HealthHandler(web.RequestHandler):
    """Whether the classroom answers."""

    SUPPORTED_METHODS = ("GET",)

    @allow_unauthenticated
    def get(self) -> None:
        """Answer 200 and the number of open pages."""
        self.finish({"open_pages": len(self.settings["readings"].open)})


class NothingHandler(web.RequestHandler):
    """Any other address."""

    @allow_unauthenticated
    def prepare(self) -> None:
        """Answer 404, to everybody alike."""
        raise web.HTTPError(404)
