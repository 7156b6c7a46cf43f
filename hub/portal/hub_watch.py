"""Knows whether the Hub is there, and what waits while it is not.

The portal's own sessions let people read and answer without the Hub: for a day. What staff do
with other people's work stops after a minute, as nobody could be sent away meanwhile. The Hub is
asked when somebody comes, at most every ten seconds; a portal that starts without a Hub gives it
the same time.
"""

import threading
import time
from collections.abc import Callable

import httpx

from hub.portal.neighbours import neighbour
from hub.portal.permissions import Rule
from store.errors import Unavailable

SECONDS_BETWEEN_LOOKS = 10.0
HUB_SECONDS = 2.0
STAFF_SECONDS = 60.0
EVERYBODY_SECONDS = 24 * 3600.0
_OPEN_TO_TEACHERS = frozenset({"anyone", "signed-in"})


def answers(url: str) -> Callable[[], bool]:
    """Make the question whether the Hub's health page answers."""

    def ask() -> bool:
        try:
            with neighbour(HUB_SECONDS) as hub:
                return hub.get(url).is_success
        except httpx.HTTPError:
            return False

    return ask


class HubWatch:
    """Remembers when the Hub was seen last; `is_there` asks it."""

    def __init__(
        self, is_there: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._is_there = is_there
        self._clock = clock
        self._asking = threading.Lock()
        self._asked_at = self._seen_at = clock()

    @property
    def is_due(self) -> bool:
        """Whether it is time to `look` again."""
        return self._clock() - self._asked_at >= SECONDS_BETWEEN_LOOKS

    def look(self, rule: Rule) -> None:
        """Ask the Hub, which takes a while. If somebody asks just now, wait for the answer only
        where it decides: after a quiet hour several come at once."""
        if self._asking.acquire(blocking=self._is_over(rule)):
            try:
                if self.is_due:
                    if self._is_there():
                        self._seen_at = self._clock()
                    self._asked_at = self._clock()
            finally:
                self._asking.release()

    def let_pass(self, rule: Rule) -> None:
        """Raise Unavailable("hub-away") for what has to wait until the Hub is back."""
        if rule.who == "anyone":
            return
        if self._is_over(rule):
            raise Unavailable(
                "hub-away",
                "A part of the server is away, so this has to wait. What you wrote is kept.",
            )

    def _is_over(self, rule: Rule) -> bool:
        patience = EVERYBODY_SECONDS if rule.who in _OPEN_TO_TEACHERS else STAFF_SECONDS
        return self._clock() - self._seen_at > patience
