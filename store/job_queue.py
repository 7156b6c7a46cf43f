"""The queue of `jobs.py` itself: huey in a SQLite file, with messages as JSON."""

import json
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


class JobQueue:
    """Messages (a name, a subject's id) for `do`, in a file that is made when missing."""

    def __init__(self, path: Path, do: Callable[[str, str], None]) -> None:
        self._huey = SqliteHuey(
            "pathshala",
            filename=str(path),
            journal_mode=journal_mode(sqlite3.sqlite_version_info).lower(),
            fsync=True,
            results=False,
            serializer=_JsonSerializer(),
        )
        self._consumer: _Consumer | None = None
        self.put = self._huey.task(
            name="job", retries=RETRIES, retry_delay=FIRST_DELAY_SECONDS, retry_backoff=BACKOFF
        )(do)

    def waiting(self) -> int:
        return int(self._huey.storage.queue_size() + self._huey.storage.schedule_size())

    def run(self, workers: int) -> None:
        self._consumer = _Consumer(
            self._huey, workers=workers, periodic=False, max_delay=0.5, check_worker_health=True
        )
        self._consumer.run()

    def stop(self) -> None:
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
