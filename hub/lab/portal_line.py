"""The line from a Lab to the portal: the Lab's own token, JSON, files.

Made of the standard library: it runs with a trainer's rights, wherever the Lab is, and knows
nothing but what the spawner told it: where the portal is, and whose token this is.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

URL = "PORTAL_URL"
TOKEN = "JUPYTERHUB_API_TOKEN"  # noqa: S105 - a variable's name
SECONDS = 60.0


class PortalRefused(Exception):
    """The portal said no, or could not be reached; `code` as in its API."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class PortalLine:
    """The portal as a Lab sees it; paths are below `api/lab/`."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        # straight there: a token must not pass through whatever proxy a machine uses for the web
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @classmethod
    def of_this_lab(cls, environment: Mapping[str, str] = os.environ) -> PortalLine | None:
        """The line of the Lab that this runs in; None outside of Labs."""
        if URL not in environment or TOKEN not in environment:
            return None
        return cls(environment[URL], environment[TOKEN])

    def get(self, path: str) -> Any:
        return json.loads(self._ask("GET", path))

    def get_file(self, path: str) -> bytes:
        return self._ask("GET", path)

    def post(self, path: str, body: Any) -> Any:
        return json.loads(self._ask("POST", path, json.dumps(body).encode(), "application/json"))

    def put_file(self, path: str, file: Path) -> Any:
        with file.open("rb") as stream:
            size = str(file.stat().st_size)
            kind = "application/octet-stream"
            return json.loads(self._ask("PUT", path, stream, kind, {"Content-Length": size}))

    def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        kind: str | None = None,
        more: Mapping[str, str] | None = None,
    ) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - the portal's address, from the spawner
            f"{self._url}api/lab/{quote(path)}", data=body, method=method
        )
        headers = {"Authorization": f"Bearer {self._token}", "X-Pathshala": "1", **(more or {})}
        for name, value in (headers | ({"Content-Type": kind} if kind else {})).items():
            request.add_header(name, value)
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise _refusal(error) from error
        except OSError as error:
            words = "Pathshala cannot be reached just now. Try again in a moment."
            raise PortalRefused("portal-away", words) from error


def _refusal(error: urllib.error.HTTPError) -> PortalRefused:
    try:
        said = json.loads(error.read())
        return PortalRefused(str(said["code"]), str(said["message"]))
    except (ValueError, KeyError, TypeError, OSError):
        return PortalRefused("unknown", f"Pathshala answered {error.code}.")
