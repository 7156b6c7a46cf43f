"""CPU seconds of a process and everything it started, ended children included."""

import psutil


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
