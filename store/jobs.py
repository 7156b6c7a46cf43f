"""The queue of work for later: names and ids, never what people wrote.

A job may be lost or run twice (huey deletes it before it runs), so rows are the truth: a sweep
asks again, and handlers repeat harmlessly. What a job does is its room's.
"""

import json
import logging
import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from store.engines import journal_mode

RETRIES, FIRST_DELAY_SECONDS, BACKOFF = 5, 2, 2

log = logging.getLogger(__name__)


class _JsonSerializer(Serializer):  # type: ignore[misc] # huey has no types
    """Messages as JSON: huey's own serializer would unpickle whatever stands in the file."""

    def _serialize(self, data: Any) -> bytes:
        if isinstance(data, Message):
            data = {**data._asdict(), "args": list(data.args)}
        return json.dumps(data, default=_moment).encode()

    def _deserialize(self, data: bytes) -> Any:
        read = json.loads(bytes(data))
        if not isinstance(read, dict):
            return read
        for key in ("eta", "expires_resolved"):
            read[key] = datetime.fromisoformat(read[key]) if read[key] else None
        return Message(**read)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not for the queue: {type(value).__name__}")


class _Consumer(Consumer):  # type: ignore[misc] # huey has no types
    """A consumer that also runs outside the main thread, where signals cannot be handled."""

    def _set_signal_handlers(self) -> None:
        if threading.current_thread() is threading.main_thread():
            super()._set_signal_handlers()


class Jobs:
    """The queue in a SQLite file: the portal enqueues, the worker runs."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handlers: dict[str, Callable[[str], None]] = {}
        self._consumer: _Consumer | None = None
        self._huey = SqliteHuey(
            "pathshala",
            filename=str(path),
            journal_mode=journal_mode(sqlite3.sqlite_version_info).lower(),
            fsync=True,
            results=False,
            serializer=_JsonSerializer(),
        )
        self._task = self._huey.task(
            name="job", retries=RETRIES, retry_delay=FIRST_DELAY_SECONDS, retry_backoff=BACKOFF
        )(self._run)

    def handle(self, name: str, function: Callable[[str], None]) -> None:
        """Let `function` do the jobs of this name; it gets the subject's id."""
        self._handlers[name] = function

    def enqueue(self, name: str, subject: str) -> None:
        """Ask for a job; it is in the file when this returns."""
        self._task(name, subject)

    def waiting(self) -> int:
        """How many jobs are in the queue, those that wait for another try included."""
        return int(self._huey.storage.queue_size() + self._huey.storage.schedule_size())

    def run(self, workers: int = 1) -> None:
        """Do jobs until SIGTERM, SIGINT or `stop`; one that fails is tried again, ever later."""
        self._consumer = _Consumer(
            self._huey, workers=workers, periodic=False, max_delay=0.5, check_worker_health=True
        )
        self._consumer.run()

    def stop(self) -> None:
        """End `run`, after the job at hand."""
        if self._consumer is not None:
            self._consumer.stop(graceful=True)

    def _run(self, name: str, subject: str) -> None:
        log.info("job %s %s", name, subject)
        self._handlers[name](subject)
