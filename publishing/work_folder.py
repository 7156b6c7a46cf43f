"""Folders to work in, one a run; what a killed run left behind goes with the next one."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


@contextmanager
def work_folder(work: Path, kind: str) -> Iterator[Path]:
    """Make a folder in `work` that is gone afterwards, even if only at the next run."""
    sweep(work, kind)
    folder = Path(tempfile.mkdtemp(prefix=f"{kind}-{os.getpid()}-", dir=work))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(work: Path, kind: str) -> None:
    """Remove what processes left behind that are no more."""
    for left in work.glob(f"{kind}-*-*"):
        process = left.name.split("-")[1]
        if process.isdecimal() and not psutil.pid_exists(int(process)):
            shutil.rmtree(left, ignore_errors=True)
