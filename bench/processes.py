"""CPU seconds and memory of a process and everything it started."""

from collections.abc import Sequence
from pathlib import Path

import psutil

from bench.waiting import wait_until

# What a process is, by a part of its command line; the first that fits.
KINDS = {
    "ipykernel": "kernel",
    "classroom.launcher": "kernel",  # and the warm parent that they are forked from
    "configurable-http-proxy": "proxy",
    "run-portal": "portal",
    "run-worker": "worker",
    "run-classroom": "classroom",
    "jupyterhub": "hub",
    "hub.command": "supervisor",
    "warm_programs": "publishing",
    "voila": "voila",
}


def cpu_seconds(root: int) -> float:
    """Add up user and system time of `root` and its descendants, in seconds.

    Kernels that ended count through the parent that reaped them.
    """
    family = [psutil.Process(root), *psutil.Process(root).children(recursive=True)]
    total = 0.0
    for process in family:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def own_cpu_seconds(process: int) -> float:
    """The time that all threads of a process ran; finer than the hundredths that `times` knows."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(each.read_text().split()[0]) for each in threads) / 1e9


def wait_until_idle(processes: Sequence[int]) -> None:
    """Return once they have used next to no processor for half a second."""
    last = [-1.0]

    def are_idle() -> bool:
        used = sum(map(own_cpu_seconds, processes))
        idle = used - last[0] < 0.001 * len(processes)
        last[0] = used
        return idle

    wait_until(are_idle, seconds=60, every=0.5)


def family(process: int) -> list[int]:
    """Return a process and all that it started."""
    return [process, *(each.pid for each in psutil.Process(process).children(recursive=True))]


def private_megabytes(processes: Sequence[int]) -> float:
    """Add up what each of them shares with nobody."""
    return sum(psutil.Process(each).memory_full_info().uss for each in processes) / 1e6


def kernels_below(root: int) -> list[list[int]]:
    """Return the kernels that `root` started, each with all that belongs to it."""
    processes = [psutil.Process(each) for each in family(root)]
    of_kernels = [each for each in processes if _kind(each.cmdline()) == "kernel"]
    forking = {each.pid for each in of_kernels if "warm" in each.cmdline()}
    forking -= {each.pid for each in of_kernels if each.ppid() in forking}
    firsts = [
        each.pid
        for each in of_kernels
        if each.pid not in forking and (each.ppid() in forking or not forking)
    ]
    return [family(first) for first in firsts]


def memory_megabytes(root: int) -> dict[str, float]:
    """The PSS of each kind of process below `root`, by what it is; equal ones are added up."""
    found: dict[str, float] = {}
    for process in (psutil.Process(root), *psutil.Process(root).children(recursive=True)):
        try:
            name = _kind(process.cmdline())
            megabytes = process.memory_full_info().pss / 1e6
        except psutil.NoSuchProcess:
            continue
        found[name] = found.get(name, 0.0) + megabytes
    return found


def _kind(command: list[str]) -> str:
    line = " ".join(command)
    return next((name for mark, name in KINDS.items() if mark in line), "other")
