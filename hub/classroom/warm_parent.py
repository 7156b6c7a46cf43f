"""The server's side of the process that forks kernels; there is one for each list of imports.

Any thread may ask.
"""

import atexit
import contextlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from hub.classroom.kernel_folders import all_folders, environment_in, new_folder, remove

LAUNCHER = (sys.executable, "-I", "-m", "hub.classroom.launcher")
FIRST_WORD_SECONDS = 60  # until a warm parent has imported all
ANSWER_SECONDS = 10
MOST_BYTES = 1 << 16
OPEN = (
    "This system gives us no namespaces: kernels of live pages have the network and read what we"
    " can, passwords and answers too. Let in only trainers whom you would trust with that, or allow"
    " user namespaces (kernel.unprivileged_userns_clone,"
    " kernel.apparmor_restrict_unprivileged_userns)."
)

log = logging.getLogger("pathshala.classroom.warm_parent")


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
        if self.poll() is None:
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
                self._wait()
            answer, descriptors = self._ask(order, [leash])
        return ForkedProcess(self, answer["process"], descriptors[0])

    def _wait(self) -> None:
        said = {} if self.unfit else self._hear(FIRST_WORD_SECONDS)[0]
        self.unfit = said.get("unfit", self.unfit)
        if self.unfit:
            raise NotForked(self.unfit)
        if not said["walls"]:
            log.warning(OPEN)
        self.ready = True

    def code_of(self, number: int) -> int:
        """Return how a kernel ended; 1 if nobody knows, because the parent is gone too."""
        with self.lock, contextlib.suppress(NotForked):
            code = self._ask({"ended": number})[0]["code"]
            return 1 if code is None else int(code)
        return 1

    def end(self) -> None:
        """Let go: it ends its kernels and itself."""
        self.orders.close()
        try:
            self.process.wait(ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
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


@atexit.register
def _let_go() -> None:
    for parent in (*_parents.values(), *_former):
        parent.end()
    if all_folders.cache_info().currsize:
        remove(all_folders())
