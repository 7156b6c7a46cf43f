"""How often one person may ask for what costs much: so many times a minute, counted in memory."""

from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

from store.errors import NotAllowed

SECONDS = 60.0
MOST_PEOPLE = 10_000


class PerMinute:
    """Counts what each person asked for in the last minute."""

    def __init__(self, most: int, message: str, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._message = message
        self._clock = clock
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._counting = Lock()

    def note(self, person: str) -> None:
        """Count one more, or raise `NotAllowed("too-often")`, which does not count."""
        with self._counting:
            now = self._clock()
            asked = self._asked.setdefault(person, deque())
            self._asked.move_to_end(person)
            if len(self._asked) > MOST_PEOPLE:
                self._asked.popitem(last=False)
            while asked and asked[0] <= now - SECONDS:
                asked.popleft()
            if len(asked) >= self._most:
                raise NotAllowed("too-often", self._message)
            asked.append(now)
