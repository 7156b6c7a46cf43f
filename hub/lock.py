"""One supervisor to a data folder, told by a lock that ends with its process."""

from __future__ import annotations

import fcntl
import os

from hub.settings import Settings
from store.errors import NotAllowed


class Locked:
    """Hold the data folder: two supervisors on one folder would fight."""

    def __init__(self, settings: Settings) -> None:
        self.data = settings.data

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
                {"folder": str(self.data), "process": self.file.read().strip() or "unknown"},
            ) from error
        self.file.truncate(0)
        self.file.write(str(os.getpid()))
        self.file.flush()

    def __exit__(self, *error: object) -> None:
        self.file.close()
