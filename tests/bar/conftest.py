"""Keeps the figures of a run of `make bar`; a classroom with little patience."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bar import figures
from tests.bar.bad_network import BadNetwork, bad_network
from tests.classroom.world import World, classroom
from tests.conftest import Stack

PLENTY = 10 << 30


@pytest.fixture(scope="session")
def free(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that says how many bytes of memory are free."""
    path = tmp_path_factory.mktemp("memory") / "free"
    path.write_text(str(PLENTY))
    return path


@pytest.fixture(scope="session")
def impatient_classroom(free: Path) -> Iterator[World]:
    """A classroom where everything is over in seconds; `free` says how much memory it sees."""
    limits: dict[str, Any] = {"idle": 4, "notice": 2, "left": 2, "asks_again": 1, "patience": 3}
    with classroom(free_file=str(free), starts_a_minute=30, **limits) as found:
        yield found


@pytest.fixture
def network(stack: Stack) -> Iterator[BadNetwork]:
    """What stands between phones and the product; whole until a test says how it fails."""
    with bad_network(stack.port) as network:
        yield network


_failed: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _failed.add(report.nodeid.partition("::")[0])


def pytest_sessionfinish() -> None:
    """Write down what was measured, where the whole bar was asked for; nothing of a file in which
    a test failed."""
    if os.environ.get("KEEP_FIGURES"):
        figures.keep(but_of=_failed)
