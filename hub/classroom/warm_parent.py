"""The server's side of the process that forks kernels; there is one for each list of imports.

Any thread may ask.
"""

import atexit
import contextlib
import logging
import os
import sys
import threading
from collections.abc import Mapping
from typing import Any

from hub.classroom.kernel_folders import all_folders, environment_in, new_folder, remove
from publishing.warm_process import NotForked, WarmProcess

LAUNCHER = (sys.executable, "-I", "-m", "hub.classroom.launcher")
OPEN = (
    "This system gives us no namespaces: kernels of live pages have the network and read what we"
    " can, passwords and answers too. Let in only trainers whom you would trust with that, or allow"
    " user namespaces (kernel.unprivileged_userns_clone,"
    " kernel.apparmor_restrict_unprivileged_userns)."
)

log = logging.getLogger("pathshala.classroom.warm_parent")


class WarmParent(WarmProcess):
    """Forks kernels, and knows how each ended."""

    def __init__(self, preload: tuple[str, ...]) -> None:
        folder = new_folder()
        super().__init__(
            [*LAUNCHER, "warm"],
            {"folder": str(all_folders()), "preload": preload},
            env=environment_in(folder, os.environ),
            cwd=folder,
        )

    def greet(self, said: Mapping[str, Any]) -> None:
        """Say so where kernels have no walls."""
        if not said["walls"]:
            log.warning(OPEN)

    def code_of(self, process: int) -> int:
        """Return how a kernel ended; 1 if nobody knows, because the parent is gone too."""
        with self.lock, contextlib.suppress(NotForked):
            code = self._ask({"ended": process})[0]["code"]
            return 1 if code is None else int(code)
        return 1


_parents: dict[tuple[str, ...], WarmParent] = {}
_former: list[WarmParent] = []
_choosing = threading.Lock()


def warm_parent(preload: tuple[str, ...]) -> WarmParent:
    """Return the parent that has imported `preload`; start one if there is none, or it is gone."""
    with _choosing:
        parent = _parents.get(preload)
        if parent is not None and parent.is_gone:
            _former.append(_parents.pop(preload))
            parent = None
        if parent is None:
            parent = _parents[preload] = WarmParent(preload)
        return parent


@atexit.register
def _let_go() -> None:
    for parent in (*_parents.values(), *_former):
        parent.end()
    if all_folders.cache_info().currsize:
        remove(all_folders())
