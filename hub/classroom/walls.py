"""Walls around a kernel: it sees no process and no folder but its own, and no network.

`publishing/confined.py` knows how the system is asked. The network is left once, by the warm parent
and for all its kernels. The rest is each kernel's own, and takes one process more: in there the
kernel is the first process, with which the system ends all others; its *keeper* stands outside,
where nothing that a trainer wrote can reach it, and only waits.
"""

import os
import resource
import select
import signal
from typing import Any, NoReturn

from publishing.confined import (
    DIE_WITH_PARENT,
    NEW_IPC,
    NEW_MOUNTS,
    NEW_NETWORK,
    NEW_PROCESSES,
    close_folders,
    give_up_rights,
    libc,
    show_own_processes,
    take_namespaces,
)

MOST_DESCRIPTORS = 1 << 20


def leave_network() -> bool:
    """Leave it, and become able to build walls; False where the system allows neither."""
    return take_namespaces(NEW_MOUNTS | NEW_NETWORK | NEW_IPC) and _can_build()


def _can_build() -> bool:
    """Whether a kernel could be shut in: not where a container hides parts of /proc."""
    tried = os.fork()
    if tried == 0:
        is_done = False
        try:
            libc.unshare(NEW_MOUNTS | NEW_PROCESSES)
            first = os.fork()
            if first == 0:
                os._exit(0 if show_own_processes(1) else 1)
            is_done = os.waitpid(first, 0)[1] == 0
        finally:
            os._exit(0 if is_done else 1)
    return os.waitpid(tried, 0)[1] == 0


def step_inside(leash: int) -> None:
    """Take processes and folders of one's own; returns in the kernel alone.

    The caller goes on as its keeper, and shares all memory that neither has written to: so the
    kernel does this first.
    """
    if libc.unshare(NEW_MOUNTS | NEW_PROCESSES) != 0:
        raise OSError("no namespaces for a kernel")
    kernel = os.fork()
    if kernel:
        _keep(kernel, leash)
    libc.prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)


def shut(order: dict[str, Any]) -> None:
    """Close what is not the kernel's own, and give up what could open it again."""
    os.chdir("/")
    close_folders(**order["walls"])
    if not show_own_processes(order["processes"]):
        raise OSError("a kernel would see all processes")
    give_up_rights()


def _keep(kernel: int, leash: int) -> NoReturn:
    """Wait for the end of the kernel, or of the server; then end as the kernel did."""
    os.dup2(leash, 0)
    os.closerange(1, MOST_DESCRIPTORS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what interrupts a cell is for the kernel
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    select.select([os.pidfd_open(kernel), 0], [], [])
    os.kill(kernel, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(kernel, 0)[1])
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)
