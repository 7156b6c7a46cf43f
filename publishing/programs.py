"""Runs our own programs on trainers' material: confined, and forked from a process that knows them.

How a run is shut in and ended is `confine`'s; which programs there are, and how a copy becomes one,
`warm_programs`' on the other side.
"""

import atexit
import logging
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from publishing import confine
from publishing.forked_process import ForkedProcess
from publishing.warm_process import NotForked, WarmProcess

# -I would forget the fixed hash seed, with which sets come in the same order each time
WARM = (sys.executable, "-s", "-P", "-m", "publishing.warm_programs")
IDLE_SECONDS = 600  # then it gives its memory back

log = logging.getLogger(__name__)
_warm: list[WarmProcess] = []  # the one that is in use stands last
_choosing = threading.Lock()


def run(module: str, *arguments: str, **how: Any) -> confine.Finished:
    """Run the `main` of a module as `confine.run` runs a command; `how` is what that takes."""
    return confine.run([module, *arguments], begin=_begin, **how)


def _begin(
    words: Sequence[str],
    *,
    folder: Path,
    home: Path,
    limits: confine.Limits,
    walls: Mapping[str, list[str]],
    report: IO[bytes],
    **streams: IO[bytes],
) -> confine.Process:
    """As `confine.start`, but forked; one line in the log says why if that cannot be."""
    order = {
        "command": words,
        "limits": asdict(limits),
        "folder": str(folder),
        "environment": confine.environment(home),
        **walls,
    }
    try:
        return _fork(order, [report, streams["stdin"], streams["stdout"], streams["stderr"]])
    except NotForked as error:
        log.warning("A program starts the ordinary way, slowly: %s", error)
    return confine.start(
        [sys.executable, "-I", "-m", *words],
        folder=folder,
        home=home,
        limits=limits,
        walls=walls,
        report=report,
        **streams,
    )


def _fork(order: Mapping[str, Any], files: Sequence[IO[bytes]]) -> ForkedProcess:
    return _warm_process().fork(order, [each.fileno() for each in files])


def _warm_process() -> WarmProcess:
    with _choosing:
        if _warm and _warm[-1].process.poll() is not None:  # it had nothing to do for long
            _warm.pop().end()
        if not _warm or _warm[-1].is_gone:
            nowhere = Path("/")
            settings = {"idle_seconds": IDLE_SECONDS}
            environment = confine.environment(nowhere)
            _warm.append(WarmProcess(WARM, settings, env=environment, cwd=nowhere))
        return _warm[-1]


@atexit.register
def end_all() -> None:
    """End the warm process, and whatever it runs; the next run starts another."""
    while _warm:
        _warm.pop().end()
