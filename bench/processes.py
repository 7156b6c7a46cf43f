"""CPU seconds and memory of a process and everything it started."""

import psutil

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
