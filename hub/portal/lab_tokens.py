"""Whose Lab asks: the Hub knows, by the token that it gave the Lab when it started it.

The token must be one for this portal. What the Hub said counts for half a minute; whether the
person is still here is read from `store` at every request.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import httpx

from hub.portal.neighbours import neighbour
from store.errors import Unavailable

SECONDS_KEPT = 30.0
MOST_KEPT = 1_000
LONGEST_TOKEN = 200
HUB_SECONDS = 5.0


class LabTokens:
    """Asks the Hub at `user_url` who holds a token with this scope; None for nobody."""

    def __init__(
        self, user_url: str, scope: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._user_url = user_url
        self._scope = scope
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, str | None]] = OrderedDict()

    def __call__(self, token: str) -> str | None:
        """Return the sign-in name of the Lab's trainer; raise Unavailable without the Hub."""
        if not token.isascii() or not token.isprintable() or len(token) > LONGEST_TOKEN:
            return None
        key, now = hashlib.sha256(token.encode()).hexdigest(), self._clock()
        with self._lock:
            asked_at, name = self._known.get(key, (None, None))
        if asked_at is not None and now - asked_at < SECONDS_KEPT:
            return name
        name = self._ask(token)
        with self._lock:
            self._known[key] = (now, name)
            self._known.move_to_end(key)
            if len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return name

    def _ask(self, token: str) -> str | None:
        try:
            with neighbour(HUB_SECONDS) as hub:
                answer = hub.get(self._user_url, headers={"Authorization": f"Bearer {token}"})
        except httpx.HTTPError as failure:
            raise Unavailable(
                "hub-unavailable", "A part of the server is away. Try again in a minute."
            ) from failure
        if answer.status_code in (401, 403, 404):
            return None
        body = answer.raise_for_status().json()
        is_ours = body.get("kind") == "user" and self._scope in body.get("scopes", [])
        return str(body["name"]) if is_ours else None


def nobody(token: str) -> str | None:
    """A portal without Labs."""
    return None
