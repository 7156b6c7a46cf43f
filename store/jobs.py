"""Work for later: names and ids, never what people wrote.

A job may be lost or run twice (huey deletes it before it runs), so rows are the truth: a sweep
asks again, and handlers repeat harmlessly. What a job does is its room's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store.job_queue import JobQueue

log = logging.getLogger(__name__)


class Jobs:
    """The jobs of one installation: the portal enqueues, the worker runs."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._handlers: dict[str, Callable[[str], None]] = {}

    @cached_property
    def _queue(self) -> JobQueue:
        from store.job_queue import JobQueue  # a third of a second, when somebody hands in

        return JobQueue(self._path, self._run)

    def handle(self, name: str, function: Callable[[str], None]) -> None:
        """Let `function` do the jobs of this name; it gets the subject's id."""
        self._handlers[name] = function

    def enqueue(self, name: str, subject: str) -> None:
        """Ask for a job; it is in the file when this returns."""
        self._queue.put(name, subject)

    def waiting(self) -> int:
        """How many jobs are in the queue, those that wait for another try included."""
        return self._queue.waiting()

    def run(self, workers: int = 1) -> None:
        """Do jobs until SIGTERM, SIGINT or `stop`; one that fails is tried again, ever later."""
        self._queue.run(workers)

    def stop(self) -> None:
        """End `run`, after the job at hand."""
        self._queue.stop()

    def _run(self, name: str, subject: str) -> None:
        log.info("job %s %s", name, subject)
        self._handlers[name](subject)
