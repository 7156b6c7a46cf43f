"""What the portal measures of itself and of the house, for Prometheus.

Labels have few values: a method, a route's template, a status, a state, a part of the house.
Nobody's name, id or word is one. What worker and copies measure they leave as text in a folder
(`hub/measured.py`); here it is handed on as it is.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hub.portal.portal import Portal
from store import clock
from store.copies import newest_at
from store.errors import Unavailable
from store.queries import figures

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SPACE = "pathshala_storage_bytes", "How large it is."
FREE = "pathshala_free_bytes", "What is left on its disk."


class Measures:
    """The measures of one portal: counted as requests come, the rest looked up when asked for."""

    def __init__(self, portal: Portal) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # a line more for each
        self.registry = CollectorRegistry()
        self._folder, self._parts = portal.measured, portal.parts
        self._requests = Histogram(
            "pathshala_request_seconds",
            "Requests by route and status, and their time in the portal.",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.registry.register(_House(portal))
        ProcessCollector(namespace="pathshala_portal", registry=self.registry)

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def text(self) -> bytes:
        """Everything, in Prometheus's text format."""
        files = sorted(self._folder.glob("*.prom")) if self._folder else []
        running = [path for path in files if path.stem in self._parts.looks]
        return generate_latest(self.registry) + b"".join(path.read_bytes() for path in running)


class _House(Collector):
    """Looks up how the house stands, each time somebody asks."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def collect(self) -> Iterator[Metric]:
        yield from self._writes()
        up = GaugeMetricFamily("pathshala_part_up", "1 where it does its work.", labels=["part"])
        for part, is_well in self.portal.parts.states().items():
            up.add_metric([part], float(is_well))
        try:
            kept = [*self._work(), *self._space()]
        except Unavailable:  # what can be said is said all the same
            kept = []
        up.add_metric(["database"], float(bool(kept)))
        yield up
        yield from kept

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not look anything up."""
        return iter(())

    def _writes(self) -> Iterator[Metric]:
        done = self.portal.database.done
        yield _gauge(
            "pathshala_writes_waiting", "Saves in the writer's queue.", self.portal.database.waiting
        )
        yield _counter("pathshala_writes", "Saves that were committed.", done.writes)
        yield _counter("pathshala_commits", "Commits that took them.", done.commits)
        yield _counter("pathshala_commits_failed", "Commits that failed.", done.failed)
        yield _counter("pathshala_commit_seconds", "Time of all commits.", done.seconds)

    def _work(self) -> Iterator[Metric]:
        with self.portal.database.read() as session:
            states = figures.hand_ins_by_state(session)
            oldest = figures.oldest_waiting(session)
            proofs = figures.proofs_waiting(session)
        hand_ins = GaugeMetricFamily(
            "pathshala_hand_ins", "Hand-ins by state; `waiting`: for the machine.", labels=["state"]
        )
        for state, number in states.items():
            hand_ins.add_metric([state], number)
        yield hand_ins
        waited = (clock.now() - oldest).total_seconds() if oldest else 0.0
        yield _gauge("pathshala_hand_in_waiting_seconds", "How long the oldest has waited.", waited)
        yield _gauge("pathshala_proofs_waiting", "Courses that Labs sent.", proofs)
        yield _gauge("pathshala_jobs_waiting", "Jobs in the queue.", self.portal.jobs.waiting())

    def _space(self) -> Iterator[Metric]:
        with self.portal.database.read() as session:
            found = {
                "database": figures.database_bytes(session),
                "artifacts": figures.artifact_bytes(session),
            }
        space = GaugeMetricFamily(*SPACE, labels=["what"])
        for what, size in found.items():
            space.add_metric([what], size)
        yield space
        free = GaugeMetricFamily(*FREE, labels=["what"])
        copies = self.portal.copies
        for what, folder in (("data", self.portal.artifacts.root), ("copies", copies)):
            if folder is not None and folder.exists():
                free.add_metric([what], shutil.disk_usage(folder).free)
        yield free
        made_at = newest_at(copies) if copies else None
        if made_at is not None:
            age = (clock.now() - made_at).total_seconds()
            yield _gauge("pathshala_copy_age_seconds", "Age of the newest copy.", age)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value)


def _counter(name: str, words: str, value: float) -> Metric:
    return CounterMetricFamily(name, words, value)


def read_line(path: Path, name: str) -> float | None:
    """The value of a measure without labels in a file; None if it is not there."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        return None
    found = next((line for line in lines if line.startswith(f"{name} ")), None)
    return float(found.split()[1]) if found else None
