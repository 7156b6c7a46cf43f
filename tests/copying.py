"""The moment in which a copy is being made, for tests that kill what makes it."""

from pathlib import Path

from bench.waiting import wait_until
from store.copies import ASIDE


def wait_for_a_copy_to_begin(folder: Path) -> None:
    """Return as soon as a new one has begun: databases are written aside before anything else."""
    left_behind = set(folder.glob(f"{ASIDE}*"))
    wait_until(lambda: set(folder.glob(f"{ASIDE}*")) - left_behind, seconds=60, every=0.001)
