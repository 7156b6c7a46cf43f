"""The folders of kernels, and what a kernel sees of our environment.

They lie in one that goes with the server, or with a warm parent if the server is killed.
"""

import contextlib
import functools
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

PASSED = ("PATH", "LANG", "TZ")


@functools.cache
def all_folders() -> Path:
    """Return the folder that holds every kernel's own; it goes with the server."""
    return Path(tempfile.mkdtemp(prefix="pathshala-kernels-"))


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
