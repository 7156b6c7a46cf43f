"""How much one account, and one address, may ask in a minute; beyond that 429 and when to return.

A school shares one address, so an address may do what a hundred busy people do. Counted in this
process: a restart forgets it. What a route costs stands in `COSTS`; reading is counted by address.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from fastapi import Request

from store.errors import NotAllowed

MINUTE_SECONDS = 60.0
SAVES = 120
POSTS = 20
PICTURES = 20
EXPORTS = 6
CHECKS = 10
OF_ADDRESS = 12_000
MOST_BUCKETS = 20_000

_MODULE = "/api/courses/{course}/{module}"
COSTS: Mapping[tuple[str, str], tuple[str, int]] = {
    ("POST", f"{_MODULE}/posts"): ("posts", POSTS),
    ("PUT", "/api/pictures/{picture}"): ("pictures", PICTURES),
    ("POST", "/api/posts/{post}/restore"): ("posts", POSTS),
    ("POST", "/api/posts/{post}/comments"): ("posts", POSTS),
    ("POST", "/api/comments/{comment}/restore"): ("posts", POSTS),
    ("POST", "/api/posts/{post}/complaints"): ("posts", POSTS),
    ("POST", "/api/comments/{comment}/complaints"): ("posts", POSTS),
    ("GET", "/api/me/data"): ("exports", EXPORTS),
    ("POST", f"{_MODULE}/answers/{{exercise}}/check"): ("checks", CHECKS),
}
"""Routes with a limit of their own; every other write is a save."""


class TooMany(NotAllowed):
    """429; `seconds` says when it is worth another try."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "too-many-requests",
            "That was very much in one minute. Nothing is lost; it goes on in {seconds} seconds.",
            {"seconds": math.ceil(seconds)},
            retry=True,
        )


class Limits:
    """Buckets that fill up evenly: `most` at once, and as many again in each minute.

    A test that asks more than people do gives everybody so many `times` as much.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, times: int = 1) -> None:
        self._clock = clock
        self._times = times
        self._lock = threading.Lock()
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, kind: str, who: str, most: int) -> None:
        """Count one more; raise TooMany when the bucket is empty."""
        key, now, most = (kind, who), self._clock(), most * self._times
        with self._lock:
            left, since = self._buckets.get(key, (float(most), now))
            left = min(float(most), left + (now - since) * most / MINUTE_SECONDS)
            if left < 1.0:
                raise TooMany((1.0 - left) * MINUTE_SECONDS / most)
            self._buckets[key] = (left - 1.0, now)
            self._buckets.move_to_end(key)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)

    def take_address(self, request: Request) -> None:
        """Count a request of this address; our proxy says which one it is."""
        self.take("address", request.client.host if request.client else "-", OF_ADDRESS)

    def take_account(self, method: str, route: str, person_id: str) -> None:
        """Count what somebody asks for by its route."""
        if (method, route) in COSTS:
            kind, most = COSTS[method, route]
            self.take(kind, person_id, most)
        elif method != "GET":
            self.take("saves", person_id, SAVES)
