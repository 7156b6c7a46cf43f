"""The folders of kernels, and what a kernel sees of our environment.

They lie in one that goes with the server; with its warm parent if the server is killed; and if both
are, when another server starts.
"""

import contextlib
import fcntl
import functools
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

PREFIX = "pathshala-kernels-"
NEW_SECONDS = 60  # its owner may not have locked it yet
PASSED = ("PATH", "LANG", "TZ")


@functools.cache
def all_folders() -> Path:
    """Return the folder that holds every kernel's own; it is ours as long as we hold its lock."""
    remove_left()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_EX)
    return folder


def remove_left() -> None:
    """Remove what a server left that was killed together with its warm parent."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # another's, or in use
            if time.time() - folder.stat().st_mtime < NEW_SECONDS:
                continue
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(folder)
            finally:
                os.close(lock)


def new_folder() -> Path:
    return Path(tempfile.mkdtemp(dir=all_folders()))


def environment_in(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return all that a kernel sees of our environment; make its empty folders in `folder`."""
    own = {"HOME": folder / "home", "IPYTHONDIR": folder / "ipython"}
    for path in own.values():
        path.mkdir(mode=0o700, exist_ok=True)
    passed = {name: given[name] for name in PASSED if name in given}
    return passed | {name: str(path) for name, path in own.items()}


def remove(folder: Path) -> None:
    """Remove a folder, the read-only ones in it too."""
    for inner, _, _ in os.walk(folder):
        with contextlib.suppress(OSError):
            Path(inner).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
