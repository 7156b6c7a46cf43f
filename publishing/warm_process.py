"""Our side of a process that has imported much and forks a copy of itself for each order.

Both sides talk through a socket, a message (JSON) at a time; descriptors travel with it. The other
side sends the first word by itself: `{"unfit": why}` or anything else. It answers an order with
`{"process": number}` and a descriptor of it, or `{"failed": why}`; it ends with ours.
"""

import json
import logging
import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from publishing.forked_process import ForkedProcess

FIRST_WORD_SECONDS = 60  # until all is imported
ANSWER_SECONDS = 10
MOST_BYTES = 1 << 16  # of one message
TRACE = "Traceback "
PLACE = re.compile(r'  File "(.+)", line (\d+), in (.+)')

log = logging.getLogger(__name__)


class NotForked(Exception):
    """Nothing can be forked; the words say why."""


class WarmProcess:
    """A process that forks. Any thread may ask, one at a time.

    `unfit` says why it cannot fork, ever; `lost` is true when it does not answer any more.
    """

    def __init__(
        self,
        command: Sequence[str],
        settings: Mapping[str, Any],
        *,
        env: Mapping[str, str],
        cwd: Path,
    ) -> None:
        """Start `command` with the settings as its last argument, and `orders`, its socket."""
        self.lock = threading.Lock()
        self.ready = self.lost = False
        self.unfit = ""
        self.orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [*command, json.dumps({**settings, "orders": theirs.fileno()})],
                env=env,
                cwd=cwd,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
            )
        # it may end by itself, and nobody ask for long
        self.attendant = threading.Thread(target=self._attend, name="warm-process", daemon=True)
        self.attendant.start()

    @property
    def is_gone(self) -> bool:
        """Whether another should take its place: an unfit one's would be unfit, too."""
        return not self.unfit and (self.lost or self.process.poll() is not None)

    def fork(self, order: Mapping[str, Any], descriptors: Sequence[int]) -> ForkedProcess:
        """Have it fork, with copies of our descriptors. NotForked if that cannot be."""
        with self.lock:
            if not self.ready:
                self._wait()
            answer, held = self._ask(order, descriptors)
        if not held:
            raise NotForked(answer.get("failed", "the system gives us no more descriptors"))
        return ForkedProcess(held[0], lambda: self.code_of(answer["process"]))

    def code_of(self, process: int) -> int:
        """Return how a forked process ended; 1 if nobody knows."""
        return 1

    def greet(self, said: Mapping[str, Any]) -> None:
        """Take its first word."""

    def end(self) -> None:
        """Let go: it ends what it forked, and itself."""
        self.orders.close()
        try:
            self.process.wait(ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _attend(self) -> None:
        """Write down what it complains of, and collect it when it ends."""
        if self.process.stderr is not None:
            with self.process.stderr as lines:
                note_complaints(lines)
        self.process.wait()

    def _wait(self) -> None:
        said = {} if self.unfit else self._hear(FIRST_WORD_SECONDS)[0]
        self.unfit = said.get("unfit", self.unfit)
        if self.unfit:
            raise NotForked(self.unfit)
        self.greet(said)
        self.ready = True

    def _ask(
        self, message: Mapping[str, Any], descriptors: Sequence[int] = ()
    ) -> tuple[dict[str, Any], list[int]]:
        if self.lost:  # a late answer must not be taken for another's
            raise NotForked("the warm process does not answer")
        try:
            socket.send_fds(self.orders, [json.dumps(message).encode()], descriptors)
        except OSError as error:
            self.lost = True
            raise NotForked(f"the warm process is gone: {error}") from error
        return self._hear(ANSWER_SECONDS)

    def _hear(self, seconds: float) -> tuple[dict[str, Any], list[int]]:
        self.orders.settimeout(seconds)
        try:
            said, descriptors, *_ = socket.recv_fds(self.orders, MOST_BYTES, 1)
        except OSError as error:
            self.lost = True
            raise NotForked(f"the warm process does not answer: {error}") from error
        if not said:
            self.lost = True
            raise NotForked("the warm process has ended")
        return json.loads(said), descriptors


def note_complaints(lines: Iterable[str]) -> None:
    """Log each line; of a traceback its kind and places alone: its words may be anybody's, and have
    more lines, so that from the first one on only tracebacks are told."""
    places: list[str] = []
    has_failed = False
    for line in lines:
        has_failed = has_failed or line.startswith(TRACE)
        if place := PLACE.match(line):
            places.append("{}:{} {}".format(*place.groups()))
        elif places and not line.startswith(" "):
            log.error("a warm process: %s at %s", line.partition(":")[0].strip(), ", ".join(places))
            places = []
        elif not has_failed:
            log.warning("a warm process: %s", line.strip())


# ------------------------------------------------- on the other side


def check_fitness(orders: socket.socket) -> None:
    """Raise if a fork would share what it must not, or lose a thread."""
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        raise RuntimeError(f"{threads} threads run after the imports")
    os.close(os.pidfd_open(os.getpid()))  # raises where the system is too old
    if strange := open_descriptors() - {0, 1, 2, orders.fileno()}:
        raise RuntimeError(f"descriptors {sorted(strange)} are open after the imports")


def open_descriptors() -> set[int]:
    """Return what this process has open, but for the descriptor that was used to look."""
    listed = list(Path("/proc/self/fd").iterdir())
    return {int(entry.name) for entry in listed if entry.is_symlink()}
