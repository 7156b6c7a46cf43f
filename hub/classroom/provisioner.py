"""Starts a kernel at once: a fork of a warm parent, isolated as any kernel.

A kernel manager selects it by the kernel spec: `live_kernel_spec()` gives one, and a `kernel.json`
may name it, too:

    {"argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
     "display_name": "Live page", "language": "python",
     "metadata": {"kernel_provisioner": {"provisioner_name": "pathshala-fork",
                                         "config": {"preload": ["pathshala"]}}}}

`argv` is not run: `launcher` is. The limits and `preload` are traits, set by that `config` or by
`c.ForkProvisioner.memory_bytes = ...`. `warm_up(preload)` starts the parent before the first reader
comes. Whatever the manager says, a kernel talks through files in a folder of its own (`ipc`), and
gets of the environment only PATH, LANG and TZ, with an empty HOME and IPYTHONDIR. `cwd` of
`start_kernel` is the folder that its cells run in.

Guarantees: a kernel ends with the server, even if that is killed; its end is known at once, with
its code; a signal reaches its whole group. If the warm parent dies, kernels that run go on, and the
next order starts a new parent. Where nothing can be forked, one line in the log says why, and the
same kernel starts the ordinary way.
"""

import asyncio
import atexit
import contextlib
import functools
import json
import logging
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Int, List, Unicode

log = logging.getLogger("pathshala.classroom.provisioner")
NAME = "pathshala-fork"
PRELOAD = ("ipywidgets", "ipyvuetify")
PASSED = ("PATH", "LANG", "TZ")
LAUNCHER = (sys.executable, "-I", "-m", "hub.classroom.launcher")
FIRST_WORD_SECONDS = 60  # until a warm parent has imported all
ANSWER_SECONDS = 10
MOST_BYTES = 1 << 16


def live_kernel_spec(preload: Sequence[str] = PRELOAD, **config: Any) -> KernelSpec:
    """Return a kernel spec that selects `ForkProvisioner`, with values for its traits."""
    return KernelSpec(
        argv=["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="Live page",
        language="python",
        metadata={
            "kernel_provisioner": {
                "provisioner_name": NAME,
                "config": {"preload": list(preload), **config},
            }
        },
    )


def warm_up(preload: Sequence[str] = PRELOAD) -> None:
    """Start the warm parent unless it runs, and do not wait for its imports. Repeatable."""
    warm_parent(tuple(preload))


class NotForked(Exception):
    """No kernel can be forked; the words say why."""


class ForkedProcess:
    """A kernel that is not our child, with what `LocalProvisioner` asks of a `Popen`.

    Its descriptor names the process as long as we hold it: no number that the system gives again
    can be meant by mistake.
    """

    stdin = stdout = stderr = None

    def __init__(self, parent: "WarmParent", number: int, descriptor: int) -> None:
        self.parent = parent
        self.number = number  # as its parent knows it
        self.descriptor = descriptor
        self.returncode: int | None = None
        facts = Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines()
        self.pid = next(int(line.split()[1]) for line in facts if line.startswith("Pid:"))

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self.descriptor], [], [], 0)[0]:
            self.returncode = self.parent.code_of(self.number)
            os.close(self.descriptor)
        return self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            select.select([self.descriptor], [], [])
        return cast(int, self.poll())

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            signal.pidfd_send_signal(self.descriptor, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class WarmParent:
    """The server's side of a process that forks kernels. Any thread may ask, one at a time.

    `unfit` says why it cannot fork, ever; `lost` is true when it does not answer any more.
    """

    def __init__(self, preload: tuple[str, ...]) -> None:
        self.lock = threading.Lock()
        self.ready = self.lost = False
        self.unfit = ""
        self.orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        folder = new_folder()
        settings = {"orders": theirs.fileno(), "folder": str(all_folders()), "preload": preload}
        with theirs:
            self.process = subprocess.Popen(
                [*LAUNCHER, "warm", json.dumps(settings)],
                env=environment_in(folder, os.environ),
                cwd=folder,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    @property
    def is_gone(self) -> bool:
        """Whether another should take its place: an unfit one's would be unfit, too."""
        return not self.unfit and (self.lost or self.process.poll() is not None)

    def fork(self, order: Mapping[str, Any], leash: int) -> ForkedProcess:
        """Start a kernel. NotForked if that cannot be."""
        with self.lock:
            if not self.ready:
                self.unfit = self.unfit or self._hear(FIRST_WORD_SECONDS)[0].get("unfit", "")
                if self.unfit:
                    raise NotForked(self.unfit)
                self.ready = True
            answer, descriptors = self._ask(order, [leash])
        return ForkedProcess(self, answer["process"], descriptors[0])

    def code_of(self, number: int) -> int:
        """Return how a kernel ended; 1 if nobody knows, because the parent is gone too."""
        with self.lock, contextlib.suppress(NotForked):
            code = self._ask({"ended": number})[0]["code"]
            return 1 if code is None else int(code)
        return 1

    def end(self) -> None:
        """Let go: it ends its kernels and itself."""
        self.orders.close()
        self.process.wait()

    def _ask(
        self, message: Mapping[str, Any], descriptors: Sequence[int] = ()
    ) -> tuple[dict[str, Any], list[int]]:
        if self.lost:  # a late answer must not be taken for another's
            raise NotForked("the warm parent does not answer")
        try:
            socket.send_fds(self.orders, [json.dumps(message).encode()], descriptors)
        except OSError as error:
            self.lost = True
            raise NotForked(f"the warm parent is gone: {error}") from error
        return self._hear(ANSWER_SECONDS)

    def _hear(self, seconds: float) -> tuple[dict[str, Any], list[int]]:
        self.orders.settimeout(seconds)
        try:
            said, descriptors, *_ = socket.recv_fds(self.orders, MOST_BYTES, 1)
        except OSError as error:
            self.lost = True
            raise NotForked(f"the warm parent does not answer: {error}") from error
        if not said:
            self.lost = True
            raise NotForked("the warm parent has ended")
        return json.loads(said), descriptors


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


@functools.cache
def all_folders() -> Path:
    """Return the folder that holds every kernel's own; it goes with the server."""
    return Path(tempfile.mkdtemp(prefix="pathshala-kernels-"))


def new_folder() -> Path:
    return Path(tempfile.mkdtemp(dir=all_folders()))


@atexit.register
def _let_go() -> None:
    for parent in (*_parents.values(), *_former):
        parent.end()
    if all_folders.cache_info().currsize:
        remove(all_folders())


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


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of a warm parent, under limits; the ordinary way if it must."""

    preload = List(Unicode(), list(PRELOAD), help="Modules that are imported before any fork.")
    memory_bytes = Int(1 << 30, help="Address space of a kernel.").tag(config=True)
    cpu_seconds = Int(600, help="Time of a processor that a kernel may use in its life.").tag(
        config=True
    )
    file_bytes = Int(50 << 20, help="Size of a file that a kernel may write.").tag(config=True)
    open_files = Int(256, help="Files that a kernel may have open.").tag(config=True)
    nice = Int(5, help="How far kernels stand back for the server.").tag(config=True)

    process: ForkedProcess | subprocess.Popen[bytes] | None = None
    folder: Path | None = None
    leash: int | None = None  # our end: closing it ends the kernel

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Give the kernel a folder, sockets in it, and an environment of its own."""
        if self.folder is None:  # a restart keeps its sockets' addresses
            self.folder = new_folder()
            self.parent.transport, self.parent.ip = "ipc", str(self.folder / "k")
        kwargs = await super().pre_launch(**kwargs)
        kwargs["env"] = environment_in(self.folder, kwargs["env"])
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Fork, or start the ordinary way; a log line tells why."""
        await asyncio.to_thread(self._launch, self._order(kwargs["env"], kwargs.get("cwd")))
        return cast(dict[str, Any], self.connection_info)

    def _order(self, environment: dict[str, str], cwd: str | None) -> dict[str, Any]:
        return {
            "connection_file": self.parent.connection_file,
            "cwd": cwd or environment["HOME"],
            "environment": environment,
            "nice": self.nice,
            "limits": {
                "AS": self.memory_bytes,
                "CPU": self.cpu_seconds,
                "FSIZE": self.file_bytes,
                "NOFILE": self.open_files,
                "CORE": 0,
            },
            "preload": [],
        }

    def _launch(self, order: dict[str, Any]) -> None:
        theirs, self.leash = os.pipe()
        try:
            self.process = warm_parent(tuple(self.preload)).fork(order, theirs)
        except (NotForked, AttributeError) as error:
            log.warning("A kernel starts the ordinary way, slowly: %s", error)
            self.process = subprocess.Popen(
                [*LAUNCHER, "kernel", json.dumps(order | {"leash": theirs})],
                env=order["environment"],
                pass_fds=[theirs],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(theirs)
        self.pid = self.pgid = self.process.pid

    async def cleanup(self, restart: bool = False) -> None:
        """End what is left of the kernel's group, and empty its folder."""
        if self.leash is not None:
            os.close(self.leash)
            self.leash = None
        if self.folder is not None:
            remove(self.folder / "home" if restart else self.folder)
            self.folder = self.folder if restart else None
        await super().cleanup(restart=restart)
