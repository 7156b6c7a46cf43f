"""What a process without a port measures: text in a file, which the portal hands on.

Each writing is a sign of life, too: the portal takes an old file for a process that hangs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from prometheus_client import (
    CollectorRegistry,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    write_to_textfile,
)

ENDING = ".prom"
SECONDS_BETWEEN_SIGNS = 5.0
COPIES_FAIL = "pathshala_copies_failing"
COPYING = "pathshala_copy_is_made"
SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)

log = logging.getLogger(__name__)


class Measured:
    """The measures of one part of the house; `keep` writes them down."""

    def __init__(self, folder: Path, part: str) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # a line more for each
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{part}{ENDING}"
        self.registry = CollectorRegistry()
        ProcessCollector(namespace=f"pathshala_{part}", registry=self.registry)

    def keep(self) -> None:
        """Write all of it, in one step; a disk that is full is no reason to stop working."""
        try:
            write_to_textfile(str(self.path), self.registry)
        except OSError as error:
            log.error("the measures were not written: %s", error.strerror)

    def gauge(self, name: str, words: str) -> Gauge:
        """A number that goes up and down."""
        return Gauge(name, words, registry=self.registry)


class Jobs:
    """The time of each kind of job, and how it ended."""

    def __init__(self, measured: Measured) -> None:
        self._seconds = Histogram(
            "pathshala_job_seconds",
            "Jobs by kind and end, and their time.",
            ("job", "end"),
            buckets=SECONDS,
            registry=measured.registry,
        )

    @contextmanager
    def timing(self, job: str) -> Iterator[None]:
        """Measure the block as a job of this kind."""
        began, end = perf_counter(), "failed"
        try:
            yield
            end = "done"
        finally:
            self._seconds.labels(job, end).observe(perf_counter() - began)

    def timed(self, job: str, do: Callable[[str], object]) -> Callable[[str], None]:
        """Return the handler, measured."""

        def act(subject: str) -> None:
            with self.timing(job):
                do(subject)

        return act
