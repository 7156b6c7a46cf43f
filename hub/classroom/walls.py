"""Walls around a kernel: it sees no process and no folder but its own, and no network.

`publishing/confined.py` knows how the system is asked. The network is left once, by the warm parent
and for all its kernels. The rest is each kernel's own: in there the kernel is the first process,
with which the system ends all others. A kernel that is forked has the warm parent outside; one that
starts the ordinary way has a *keeper* there, where nothing that a trainer wrote can reach it, which
only waits.
"""

import os
import resource
import select
import signal
import socket
from contextlib import suppress
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
ADOPTED, FASTENED, GO = b"a", b"f", b"g"


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


def fork_inside() -> int:
    """Fork a child with processes and folders of its own; as `os.fork`.

    A namespace of processes is for children alone, and who took one cannot go back everywhere. So
    one between takes it, forks, and ends; the child is adopted by us (the warm parent adopts), and
    from then on ends with us.
    """
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            between = os.fork()
            if between == 0:
                ours.close()
                with suppress(OSError):  # whoever asked is gone
                    if _fork_between(theirs) == 0:
                        return 0
                os._exit(0)
        os.waitpid(between, 0)
        child = int(ours.recv(20) or -1)
        if child < 0:
            raise OSError("no namespaces for a kernel")
        ours.send(ADOPTED)
        if ours.recv(1) == FASTENED:
            ours.send(GO)
        return child


def _fork_between(parent: socket.socket) -> int:
    """Take a namespace and fork; returns 0 in the child, once it is fastened to who adopted it."""
    child = -1
    with suppress(OSError):
        child = os.fork() if libc.unshare(NEW_MOUNTS | NEW_PROCESSES) == 0 else -1
    if child:
        parent.send(str(child).encode())
    elif parent.recv(1) == ADOPTED:
        die_with_parent()
        parent.send(FASTENED)
        if parent.recv(1) != GO:
            os._exit(1)
    else:
        os._exit(1)
    return child


def die_with_parent() -> None:
    """Have the system kill this process when its parent has ended."""
    libc.prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)


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
    die_with_parent()


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
