"""Makes the copies by itself: as often as the settings say, whenever something changed.

A process of its own beside the others, with what time they leave: no save waits for it. It may be
killed at any moment, as a copy counts only once its manifest is there. What it has to say to people
goes to standard error, the terminal of `pathshala serve`; the rest is its log.
"""

from __future__ import annotations

import logging
import signal
import sys
from contextlib import closing
from math import ceil, inf
from pathlib import Path
from threading import Event
from time import monotonic

from hub.backup_command import COPIES_KEPT, databases
from hub.measured import COPIES_FAIL, COPYING, Measured
from hub.settings import Settings
from hub.words import worded
from store.backup import back_up
from store.changes import SECONDS_LATE, Changes, Mark
from store.copies import Copy
from store.errors import PathshalaError

PART = "copies"

log = logging.getLogger("pathshala.copies")


def run(settings: Settings, folder: Path) -> None:
    """Make copies until SIGTERM."""
    stop = Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    with closing(Changes(databases(settings), (settings.labs,))) as changes:
        copies = Copies(settings, folder, changes)
        between_looks = seconds_between_looks(settings.copies_every)
        while not stop.is_set():
            began = monotonic()
            copies.look(began)
            stop.wait(max(0.0, between_looks - (monotonic() - began)))


def seconds_between_looks(copies_every: int) -> float:
    """Oftener than copies are made, so that what a database tells late is in the next one."""
    return copies_every / ceil(copies_every / SECONDS_LATE)


class Copies:
    """What was copied last, and whether copies succeed."""

    def __init__(self, settings: Settings, folder: Path, changes: Changes) -> None:
        self._settings = settings
        self._folder = folder
        self._changes = changes
        self._copied: Mark | None = None
        self._due = -inf
        self._is_failing = False
        measured = self._measured = Measured(settings.measured, PART)
        self._failing = measured.gauge(COPIES_FAIL, "1 while copies fail.")
        self._copying = measured.gauge(COPYING, "1 while one is made.")
        self._seconds = measured.gauge("pathshala_copy_seconds", "What the newest took.")
        self._bytes = measured.gauge("pathshala_copy_bytes", "What is in the newest.")

    def look(self, now: float) -> None:
        """Make a copy if something changed since the last one, and it is time for another."""
        mark = self._changes.mark()
        if mark != self._copied and now >= self._due:
            self._due = now + self._settings.copies_every
            self._copying.set(1)
            self._measured.keep()  # the next sign comes when it is made
            self._copy(mark)
            self._copying.set(0)
        self._measured.keep()

    def _copy(self, mark: Mark) -> None:
        """Say so when copies start to fail, and when they succeed again."""
        began = monotonic()
        try:
            url = databases(self._settings)
            copy = back_up(self._folder, self._settings.data, url, keep=COPIES_KEPT)
        except PathshalaError as error:
            self._note_failure(error)
        else:
            self._copied = mark
            self._note(copy, monotonic() - began)

    def _note(self, copy: Copy, seconds: float) -> None:
        if self._is_failing:
            tell(f"Copies are made again: {copy.name}.")
        self._is_failing = False
        self._failing.set(0)
        self._seconds.set(seconds)
        self._bytes.set(copy.size_bytes)
        facts = {"copy": copy.name, "is_new": copy.is_new, "files": len(copy.files)}
        facts |= {"bytes": copy.size_bytes, "ms": round(1000 * seconds)}
        log.info("copied", extra={"facts": facts})

    def _note_failure(self, error: PathshalaError) -> None:
        if not self._is_failing:
            tell(f"No copy is made: {worded(error)}")
        self._is_failing = True
        self._failing.set(1)
        log.error("no copy: %s", error.code)


def tell(words: str) -> None:
    """Say something to whoever started Pathshala."""
    print(words, file=sys.stderr, flush=True)
