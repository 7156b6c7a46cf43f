"""Becomes a kernel: forked from a warm parent, or started the ordinary way.

Decides what a kernel may use, and what it keeps of the process that it came from. When to start and
end one is `provisioner`'s, which alone calls this, as

    python -I -m hub.classroom.launcher warm '{"orders": DESCRIPTOR, "folder", "preload": [...]}'
    python -I -m hub.classroom.launcher kernel '{an order}'

An order is `{"connection_file", "cwd", "environment", "limits", "processes", "unbroken",
"longest", "nice", "walls", "components", "preload", "leash"}`: `limits` by the name of their
RLIMIT; `processes` at most, with all that it starts; `unbroken` and `longest` seconds without a
pause, as `hogs` has it; `walls` the folders that `publishing/confined.py` closes and shows;
`components` where a browser finds ours; `leash` a pipe that nobody writes to: when its other end
closes, the kernel ends.

The warm parent has one thread and one socket, which a child closes first. It imports what it is
told to, prepares a kernel and its shell, and forks a copy for each order; `preload` names modules,
of which it knows nothing. It answers each order with the child's process, collects ended ones, and
ends whatever they left running. When a leash's other end closes it ends that kernel; when the
server is gone, all of them, and itself. When it is killed the system ends its kernels.
"""

import contextlib
import ctypes
import fcntl
import gc
import json
import os
import random
import resource
import select
import signal
import socket
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from hub.classroom.hogs import Running, Watch
from hub.classroom.kernel_folders import remove
from hub.classroom.walls import die_with_parent, fork_inside, leave_network, shut, step_inside
from publishing.kernel import KernelApp, point_to_components
from publishing.process_family import all_parents, end_children, end_family, send
from publishing.warm_process import MOST_BYTES, check_fitness, open_descriptors

libc = ctypes.CDLL(None, use_errno=True)
GLANCE_SECONDS = 0.1  # between glances at whether it is time to look at what kernels use
ADOPT = 36  # prctl: children of ended children become ours
ARENAS = -8  # mallopt


# ------------------------------------------------- becoming a kernel


def settle(order: dict[str, Any]) -> None:
    """Take the environment, folder and limits of a kernel; forget everything else."""
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    tempfile.tempdir = None  # where it was may be closed by now
    for name, most in order["limits"].items():
        limit(getattr(resource, f"RLIMIT_{name}"), most)
    os.umask(0o077)
    with contextlib.suppress(OSError):
        os.nice(order["nice"])


def limit(which: int, most: int) -> None:
    _, hard = resource.getrlimit(which)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))


def fasten(leash: int) -> None:
    """Have the system kill this process group when the leash's other end closes.

    For a kernel that nobody stands beside: started the ordinary way, without walls.
    """
    os.set_inheritable(leash, False)
    fcntl.fcntl(leash, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(leash, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(leash, fcntl.F_SETFL, fcntl.fcntl(leash, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([leash], [], [], 0)[0]:
        os.kill(0, signal.SIGKILL)  # it closed before we held it


def run(app: KernelApp, order: dict[str, Any]) -> None:
    app.connect(order["connection_file"])
    Path(os.environ["IPYTHONDIR"]).chmod(0o500)
    if order["components"]:
        point_to_components(order["components"])
    app.start()


def start_alone(order: dict[str, Any]) -> None:
    """The ordinary way: import everything, for one kernel."""
    libc.mallopt(ARENAS, 1)
    if leave_network():
        step_inside(order["leash"])
        os.close(order["leash"])
        shut(order)
    else:
        fasten(order["leash"])
    settle(order)
    run(KernelApp.prepared(order["preload"]), order)


# ------------------------------------------------- the warm parent


class WarmParent:
    """Forks kernels from what it has imported, until the server is gone."""

    def __init__(self, orders: int, folder: Path) -> None:
        self.orders = socket.socket(fileno=orders)
        self.folder = folder
        self.has_walls = leave_network()
        self.kernels: dict[int, Running] = {}  # by their process
        self.codes: dict[int, int] = {}
        self.watch = Watch(os.getppid())
        libc.prctl(ADOPT, 1, 0, 0, 0)

    def serve(self) -> dict[str, Any] | None:
        """Take orders. Returns None when the server is gone; in a child, the child's order."""
        while True:
            self.collect()
            self.end_hogs()
            ready = select.poll()
            ready.register(self.orders, select.POLLIN)
            for kernel in self.kernels.values():
                ready.register(kernel.descriptor, select.POLLIN)
                ready.register(kernel.leash, 0)  # that it closed is told unasked
            told = dict(ready.poll(GLANCE_SECONDS * 1000 if self.kernels else None))
            for process, kernel in self.kernels.items():
                if kernel.leash in told:
                    self.end_kernel(process)
            if self.orders.fileno() not in told:
                continue
            asked, leashes, *_ = socket.recv_fds(self.orders, MOST_BYTES, 1)
            if not asked:
                self.end()
                return None
            message = json.loads(asked)
            if "ended" in message:
                self.collect()
                self.answer({"code": self.codes.pop(message["ended"], None)})
            elif child := self.fork(message, leashes):
                return child

    def answer(self, facts: dict[str, Any], *descriptors: int) -> None:
        with contextlib.suppress(OSError):  # the server is gone: the next order says so
            socket.send_fds(self.orders, [json.dumps(facts).encode()], descriptors)

    def fork(self, order: dict[str, Any], leashes: list[int]) -> dict[str, Any] | None:
        """Start a kernel and tell of it; returns in the child alone, with its order.

        Where the system gives too little for another one, those that run go on.
        """
        try:
            [leash] = leashes
            process = fork_inside() if self.has_walls else os.fork()
        except (OSError, ValueError) as error:
            for each in leashes:
                os.close(each)
            self.answer({"failed": str(error)})
            return None
        if process == 0:
            try:
                self.orders.close()
                return become_child(order, self.has_walls)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        descriptor = os.pidfd_open(process)
        self.kernels[process] = Running(
            descriptor,
            leash,
            order["limits"]["AS"],
            order["processes"],
            order["unbroken"],
            order["longest"],
        )
        self.answer({"process": process}, descriptor)
        return None

    def collect(self) -> None:
        """Take note of ended kernels, and end what they left running."""
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                break
            process, status = os.waitpid(ended.si_pid, 0)
            if process in self.kernels:
                kernel = self.kernels.pop(process)
                os.close(kernel.descriptor)
                os.close(kernel.leash)
                self.codes[process] = os.waitstatus_to_exitcode(status)
        end_children(but=self.kernels.keys())

    def end_hogs(self) -> None:
        """End a kernel that takes too much, with all that it started."""
        if self.kernels and self.watch.is_due():
            for process in self.watch.find_hogs(self.kernels, all_parents()):
                self.end_kernel(process)

    def end_kernel(self, process: int) -> None:
        """End a kernel with all that it started: within walls the system does so, in one step
        that no fork outruns, because the kernel is the first of its namespace of processes.
        """
        if self.has_walls:
            send(process, signal.SIGKILL)
        else:
            end_family(process)

    def end(self) -> None:
        """End everything that was started here, and remove all kernels' folders."""
        end_children()
        remove(self.folder)


def become_child(order: dict[str, Any], has_walls: bool) -> dict[str, Any]:
    """Leave the parent: a session, descriptors, walls, limits and random numbers of one's own."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    for descriptor in open_descriptors() - {0, 1, 2}:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    if has_walls:
        shut(order)
    else:
        die_with_parent()
    settle(order)
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    os.dup2(0, 2)  # from here on a failure is the kernel's own
    return order


def stay_warm(order: dict[str, Any]) -> None:
    """Prepare once, fork for each order; a child goes on as a kernel."""
    libc.mallopt(ARENAS, 1)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a thread would not survive the fork
    parent = WarmParent(order["orders"], Path(order["folder"]))
    app = KernelApp.prepared(order["preload"])
    try:
        app.rehearse(Path(os.environ["HOME"]))
        check_fitness(parent.orders)
    except Exception as error:
        parent.answer({"unfit": str(error) or repr(error)})
        return
    gc.collect()
    gc.freeze()
    parent.answer({"ready": os.getpid(), "walls": parent.has_walls})
    if child := parent.serve():
        run(app, child)
    else:
        os._exit(0)  # what was registered to run at the end is for kernels


def main() -> None:
    """Do what `provisioner` asks for."""
    what, order = sys.argv[1], json.loads(sys.argv[2])
    {"warm": stay_warm, "kernel": start_alone}[what](order)


if __name__ == "__main__":
    main()
