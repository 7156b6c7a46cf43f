"""Who started whom on this machine, and the end of a process with all that it started."""

import contextlib
import os
import resource
import signal
from collections.abc import Collection
from pathlib import Path


def children() -> set[int]:
    """Return the processes that this one, of a single thread, started or adopted."""
    return set(map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()))


def all_parents() -> dict[int, int]:
    """Return every process that runs, with its parent."""
    numbers = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    return {each: parent for each in numbers if (parent := parent_of(each)) is not None}


def parent_of(process: int) -> int | None:
    """Return the parent of a process that runs; None of one that has ended, or ends meanwhile."""
    with contextlib.suppress(OSError):  # ESRCH too, which `Path.glob` and `exists` let through
        state, parent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:2]
        return None if state == "Z" else int(parent)
    return None


def family(process: int, parents: dict[int, int]) -> set[int]:
    """Return a process and all that it started, directly or not."""
    found: set[int] = set()
    ahead = {process}
    while ahead:
        found |= ahead
        ahead = {each for each, parent in parents.items() if parent in ahead} - found
    return found


def end_family(process: int) -> None:
    """Stop a process and all that it started, so that none starts more; then kill them."""
    stopped: set[int] = set()
    while fresh := family(process, all_parents()) - stopped:
        for each in fresh:
            send(each, signal.SIGSTOP)
        stopped |= fresh
    for each in stopped:
        send(each, signal.SIGKILL)


def end_children(but: Collection[int] = ()) -> None:
    """End what this process started or adopted, except for some, and what they started."""
    while left := children() - set(but):
        for process in left:
            end_family(process)
            os.waitpid(process, 0)


def send(process: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def resident_bytes(process: int) -> int:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * resource.getpagesize()
