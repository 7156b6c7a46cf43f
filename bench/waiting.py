"""Wait for a condition, with a limit."""

import threading
import time
from collections.abc import Callable

_PAUSE = threading.Event()


def wait_until(condition: Callable[[], object], *, seconds: float, every: float = 0.1) -> None:
    """Return as soon as `condition()` is true; raise TimeoutError after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not true within {seconds:g} s")
        _PAUSE.wait(every)
