"""How often one may be wrong: ten failures in five minutes for one account from one address.

Counting by the pair keeps a school that shares one address working, and keeps a stranger from
locking a teacher out of her own account. Kept in memory: one Hub signs everybody in.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from time import monotonic

FAILURES = 10
SECONDS = 300.0
MOST_PAIRS = 10_000


class Throttle:
    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def seconds_to_wait(self, account: str, address: str) -> float:
        """0 while another try is allowed."""
        failures = self._recent(account, address)
        if len(failures) < FAILURES:
            return 0.0
        return max(0.0, failures[-FAILURES] + SECONDS - self._clock())

    def tries_left(self, account: str, address: str) -> int:
        return max(0, FAILURES - len(self._recent(account, address)))

    def note_failure(self, account: str, address: str) -> None:
        key = (account, address)
        self._failures.setdefault(key, deque(maxlen=FAILURES)).append(self._clock())
        self._failures.move_to_end(key)
        if len(self._failures) > MOST_PAIRS:
            self._failures.popitem(last=False)

    def forget(self, account: str, address: str) -> None:
        self._failures.pop((account, address), None)

    def _recent(self, account: str, address: str) -> list[float]:
        since = self._clock() - SECONDS
        return [at for at in self._failures.get((account, address), ()) if at > since]
