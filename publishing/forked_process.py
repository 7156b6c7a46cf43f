"""A process that was forked, here or by another: what one asks of a `subprocess.Popen`."""

import os
import select
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

FAILED = 1


class ForkedProcess:
    """A process by its descriptor (`pidfd_open(2)`), which this closes when the process has ended.

    The descriptor names it as long as we hold it: no number that the system gives again can be
    meant by mistake. `ended` is asked once for its code.
    """

    stdin = stdout = stderr = None

    def __init__(self, descriptor: int, ended: Callable[[], int] = lambda: FAILED) -> None:
        self.descriptor = descriptor
        self.ended = ended
        self.returncode: int | None = None
        facts = Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines()
        self.pid = next(int(line.split()[1]) for line in facts if line.startswith("Pid:"))

    @classmethod
    def of_child(cls, process: int) -> "ForkedProcess":
        """Hold a child of our own."""
        return cls(
            os.pidfd_open(process),
            lambda: os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]),
        )

    def poll(self) -> int | None:
        """As `Popen` has it."""
        if self.returncode is None and self._has_ended(0):
            self._note_end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """As `Popen` has it: raises `TimeoutExpired`."""
        if self.returncode is None:
            if not self._has_ended(timeout):
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self._note_end()
        return FAILED if self.returncode is None else self.returncode

    def _has_ended(self, seconds: float | None) -> bool:
        end = select.poll()  # `select` knows no descriptor above 1023
        end.register(self.descriptor, select.POLLIN)
        return bool(end.poll(None if seconds is None else seconds * 1000))

    def _note_end(self) -> None:
        self.returncode = self.ended()
        os.close(self.descriptor)

    def send_signal(self, number: int) -> None:
        """As `Popen` has it."""
        if self.poll() is None:
            signal.pidfd_send_signal(self.descriptor, number)

    def kill(self) -> None:
        """As `Popen` has it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """As `Popen` has it."""
        self.send_signal(signal.SIGTERM)
