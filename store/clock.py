"""The only place that reads the time: aware, in UTC.

Tests give another source with `use`; nothing else may.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from store.errors import Invalid


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The time, aware, in UTC."""
    return _source()


def parse(text: str) -> datetime:
    """Read an ISO 8601 time that carries a zone; raise Invalid("time-invalid") for any other."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid("time-invalid", "This is not a time: {text}", {"text": text[:64]})


def corrected(device_at: datetime, sent_at: datetime | None, received_at: datetime) -> datetime:
    """A device's time by our clock: its own said `sent_at` when it was `received_at` here. Never
    later than that."""
    drift = received_at - sent_at if sent_at is not None else timedelta()
    try:
        return min(device_at + drift, received_at)
    except OverflowError:
        return received_at


def iso(moment: datetime) -> str:
    """Write a time as the API does: ISO 8601 in UTC, ending in Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@contextmanager
def use(source: Callable[[], datetime]) -> Iterator[None]:
    """Read the time from `source` inside the block, in every thread of the process."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
