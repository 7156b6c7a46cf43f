"""What Pathshala adds to a trainer's JupyterLab: the studio's "Write", and sending for the studio.

An extension of Jupyter Server. It runs in the Lab, with the trainer's rights and token.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from hub.lab import courses
from hub.lab.portal_line import PortalLine, PortalRefused
from publishing.course_files import SLUG

SECONDS_BETWEEN_LOOKS = 2.0

log = logging.getLogger("pathshala.lab")


class WriteHandler(JupyterHandler):
    """`pathshala/write?course=NAME`: the course's folder, opened in JupyterLab."""

    @web.authenticated
    async def get(self) -> None:
        course = self.get_query_argument("course", "")
        line, home = self.settings["pathshala_line"], Path(self.settings["server_root_dir"])
        if SLUG.fullmatch(course) is None or line is None:
            raise web.HTTPError(404)
        try:
            folder = await asyncio.to_thread(courses.bring, line, course, home.expanduser())
        except PortalRefused as error:
            raise web.HTTPError(404, str(error)) from error
        notebook = courses.first_notebook(folder)
        place = f"{course}/{notebook}" if notebook else course
        self.redirect(f"{self.base_url}lab/tree/{quote(place)}")


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "hub.lab.extension"}]


def _load_jupyter_server_extension(app: Any) -> None:
    line = PortalLine.of_this_lab()
    app.web_app.settings["pathshala_line"] = line
    base = app.web_app.settings["base_url"]
    app.web_app.add_handlers(".*$", [(f"{base}pathshala/write", WriteHandler)])
    if line is not None:
        home = Path(app.root_dir)
        app.io_loop.add_callback(_do_wishes_for_ever, line, home)


async def _do_wishes_for_ever(line: PortalLine, home: Path) -> None:
    while True:
        try:
            await asyncio.to_thread(courses.do_wishes, line, home)
        except PortalRefused as error:
            log.warning("the studio's wishes: %s", error)
        except Exception:  # a folder that cannot be read, say: the next look may fare better
            log.exception("the studio's wishes")
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
