"""The last step of signing in to live pages, which have an origin of their own.

The Hub sends a browser back to an address that it knows beforehand. The classroom's is not known:
it is another port of whatever name the reader came by. So the way back leads through the Hub.
"""

from __future__ import annotations

from typing import Any

from jupyterhub.handlers.base import BaseHandler

from hub.pages import HEADERS

TO_CLASSROOM = "/to-classroom"


class ToClassroom(BaseHandler):
    """Sends the browser on, with the Hub's answer, to the classroom's port on the same host."""

    def initialize(self, port: int, root: str) -> None:
        self.place = f":{port}{root}oauth_callback"

    def set_default_headers(self) -> None:
        """Ours, as on every page that the Hub shows for us."""
        for name, value in HEADERS.items():
            self.set_header(name, value)

    async def get(self) -> None:
        """Answer 302: the code in the query is of use to the classroom alone."""
        url: Any = self.request
        host = url.host.rsplit(":", 1)[0] if not url.host.endswith("]") else url.host
        self.redirect(f"{url.protocol}://{host}{self.place}?{url.query}")
