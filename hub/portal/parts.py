"""Which parts of the house do their work: asked for at most every few seconds, whoever asks."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from store import clock

SECONDS_KEPT = 5.0
Look = Callable[[], bool]


def beats(path: Path, seconds: float) -> Look:
    """Make the question whether a file was written in the last `seconds`: so a process without a
    port shows that it goes on."""

    def look() -> bool:
        try:
            return clock.now().timestamp() - path.stat().st_mtime < seconds
        except FileNotFoundError:
            return False

    return look


@dataclass
class Parts:
    """`looks` asks each part, by its name."""

    looks: Mapping[str, Look] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    _states: dict[str, bool] = field(default_factory=dict)
    _until: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def states(self) -> dict[str, bool]:
        """Say of each part whether it is well: while somebody looks, whether it was.

        Only the first answer is waited for.
        """
        if self._lock.acquire(blocking=not self._states):
            try:
                if self.clock() >= self._until:
                    self._states = {part: look() for part, look in self.looks.items()}
                    self._until = self.clock() + SECONDS_KEPT
            finally:
                self._lock.release()
        return dict(self._states)
