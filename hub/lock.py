"""One supervisor to a data folder, told by a lock that ends with its process.

The file of the lock says, a line each, which process holds it and where Pathshala is reached.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import IO

from hub.settings import Settings
from store.errors import NotAllowed


class Locked:
    """Hold the data folder: two supervisors on one folder would fight."""

    def __init__(self, settings: Settings) -> None:
        self.data = settings.data
        self.url = settings.url

    def __enter__(self) -> None:
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            self.file = (self.data / "lock").open("a+")
        except OSError as error:
            raise NotAllowed(
                "data-folder-not-writable",
                "The folder {folder} cannot be written ({reason})."
                " Give another one in PATHSHALA_DATA.",
                {"folder": str(self.data), "reason": error.strerror or str(error)},
            ) from error
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.file.seek(0)
            raise NotAllowed(
                "already-running",
                "Pathshala already runs on {folder} (process {process})."
                " Stop that one first, or give another folder in PATHSHALA_DATA.",
                {"folder": str(self.data), "process": self.file.readline().strip() or "unknown"},
            ) from error
        self.file.truncate(0)
        self.file.write(f"{os.getpid()}\n{self.url}\n")
        self.file.flush()

    def __exit__(self, *error: object) -> None:
        self.file.truncate(0)
        self.file.close()


def url_of_running(settings: Settings) -> str:
    """Where the Pathshala that runs on this folder is reached; where it would be, if none runs."""
    with suppress(OSError), (settings.data / "lock").open() as file:
        lines = file.read().splitlines()
        if len(lines) == 2 and _is_held(file):
            return lines[1]
    return settings.url


def _is_held(file: IO[str]) -> bool:
    """Whether somebody holds the lock: after a kill the file still has its lines."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
