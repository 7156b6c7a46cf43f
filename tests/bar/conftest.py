"""Keeps the figures of a run of `make bar`; a classroom with little patience."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bar import figures
from tests.classroom.world import World, classroom

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


def pytest_sessionfinish() -> None:
    """Write down what was measured, where the whole bar was asked for."""
    if os.environ.get("KEEP_FIGURES"):
        figures.keep()
