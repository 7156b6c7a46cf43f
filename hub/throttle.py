"""How often one may be wrong: so many failures in so many seconds, for whom the caller names.

Sign-in counts by account and address: a school that shares one address goes on working, and a
stranger cannot lock a teacher out of her own account. Kept in memory, as one Hub lets everybody
in: a restart, which nobody outside can cause, forgets the failures.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from time import monotonic

FAILURES = 10
SECONDS = 300.0
MOST_KEYS = 10_000


class Throttle:
    def __init__(self, failures: int = FAILURES, clock: Callable[[], float] = monotonic) -> None:
        self._most = failures
        self._clock = clock
        self._failures: OrderedDict[tuple[str, ...], deque[float]] = OrderedDict()

    def seconds_to_wait(self, *who: str) -> float:
        """0 while another try is allowed."""
        failures = self._recent(who)
        if len(failures) < self._most:
            return 0.0
        return max(0.0, failures[-self._most] + SECONDS - self._clock())

    def tries_left(self, *who: str) -> int:
        return max(0, self._most - len(self._recent(who)))

    def note_failure(self, *who: str) -> None:
        self._failures.setdefault(who, deque(maxlen=self._most)).append(self._clock())
        self._failures.move_to_end(who)
        if len(self._failures) > MOST_KEYS:
            self._failures.popitem(last=False)

    def forget(self, *who: str) -> None:
        self._failures.pop(who, None)

    def _recent(self, who: tuple[str, ...]) -> list[float]:
        since = self._clock() - SECONDS
        return [at for at in self._failures.get(who, ()) if at > since]
