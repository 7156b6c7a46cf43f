"""Gets what a live page is made of from the portal, in the classroom's own name.

The portal decides who may read what and where a page is cut into stretches; nothing is kept here.
It answers, to a request with `Authorization: token <the classroom's token>`:

    GET <portal>/api/live/<course>/<module>/<version>?lang=bn&reader=<name at the Hub>

    200 {"title": "...", "language": "bn",
         "notebook": {...},
         "stretches": [[2, 3], [7]],
         "files": [{"path": "media/benches.png", "address": "/services/portal/api/live-files/..."}]}

`notebook` is the release, nbformat 4, without tests; all of its code cells run, in order.
`stretches` are the parts of the page that need a kernel: for each frame the indexes of its cells.
Cells between them (ours, which the portal's own page shows) run and are not shown. `files` are the
course's files that the notebook may open or show, by the path in it; each `address` gives the
bytes to the same token. 404: there is no such thing, or not for this reader; 403: not the
classroom's token. Anything else, or no answer, counts as "away": the reader's page tries again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import nbformat
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

SECONDS = 10.0
MOST_BYTES = 64 << 20


class NotThere(Exception):
    """There is no such page, or not for this reader."""


class Away(Exception):
    """The portal does not answer."""


@dataclass(frozen=True)
class Module:
    """Names a published module: the part of an address that says what is read."""

    course: str
    module: str
    version: str
    language: str


@dataclass(frozen=True)
class Released:
    """What a live page is made of."""

    title: str
    language: str
    notebook: Any
    stretches: list[list[int]]
    files: dict[str, str]
    """Where each file's bytes are, by its path in the notebook."""


class Portal:
    """Asks the portal at `url` (where this machine reaches it) with the classroom's token."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self._client = AsyncHTTPClient(force_instance=True, max_body_size=MOST_BYTES)

    async def find(self, module: Module, reader: str) -> Released:
        """Return the release for a reader; raise `NotThere` or `Away`."""
        path = "/".join(quote(part, safe="") for part in (module.course, module.module))
        query = urlencode({"lang": module.language, "reader": reader})
        address = f"api/live/{path}/{quote(module.version, safe='')}?{query}"
        try:
            return _read(json.loads((await self._get(address)).body))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Away(address) from error

    async def bring(self, files: dict[str, str], folder: Path) -> None:
        """Write a notebook's files into `folder`, and nowhere else."""
        for path, address in files.items():
            place = (folder / path).resolve()
            if not place.is_relative_to(folder.resolve()):
                raise NotThere(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes((await self._get(address)).body)

    async def _get(self, address: str) -> HTTPResponse:
        request = HTTPRequest(
            urljoin(self.url, address),
            headers={"Authorization": f"token {self.token}"},
            request_timeout=SECONDS,
            follow_redirects=False,
        )
        if not request.url.startswith(self.url):
            raise NotThere(address)  # the token goes to nobody else
        try:
            return await self._client.fetch(request)
        except HTTPClientError as error:
            raise (NotThere if error.code == 404 else Away)(address) from error
        except OSError as error:
            raise Away(address) from error


def _read(given: Any) -> Released:
    notebook = nbformat.from_dict(given["notebook"])
    last = len(notebook.cells) - 1
    return Released(
        title=given["title"],
        language=given["language"],
        notebook=notebook,
        stretches=[[n for n in stretch if 0 <= n <= last] for stretch in given["stretches"]],
        files={each["path"]: each["address"] for each in given["files"]},
    )
