"""Keep proxy, Hub, portal, worker and classroom running side by side, and nothing after.

Decides the order of starting, when one is started again, and how all of them end. Leaves to
`siblings.py` what runs, to `keeper.py` that nothing outlives us, and to `lock.py` that nobody else
runs on the same folder.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import IO

from hub.keeper import ENDINGS, end_with_parent, keep
from hub.lock import Locked
from hub.settings import Settings
from publishing.process_family import end_children
from store.errors import NotAllowed

SECONDS_TO_END = 10.0
SECONDS_TO_START = 120.0
LONGEST_PAUSE = 10.0
FAILURES_AT_START = 3
LOG_BYTES = 50_000_000


@dataclass
class Sibling:
    """One of the processes that stand beside each other, and how its starts went."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    port: int | None = None
    """The port on 127.0.0.1 that it answers on once it is ready; None: ready when it lives 2 s."""

    speaks: bool = False
    """Whether what it writes to standard error is for people at the terminal, not for its log."""

    nice: int = 0
    """How far it stands back, as in nice(2), when the others want a processor, too."""

    pid: int | None = field(default=None, init=False)
    is_ready: bool = field(default=False, init=False)
    failures: int = field(default=0, init=False)
    started_at: float = field(default=0.0, init=False)
    start_at: float = field(default=0.0, init=False)

    def start(self, folder: Path, log: IO[bytes]) -> None:
        process = subprocess.Popen(
            self.command,
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=None if self.speaks else log,
            process_group=0,
            preexec_fn=self._begin,
        )
        self.pid, self.is_ready, self.started_at = process.pid, False, monotonic()
        process.returncode = 0  # the supervisor waits for it itself, together with adopted ones

    def _begin(self) -> None:
        end_with_parent()
        os.nice(self.nice)

    def look(self) -> None:
        """Note whether it is ready: then a later death counts as the first."""
        if self.pid is None or self.is_ready:
            return
        lived = monotonic() - self.started_at
        if lived > 2 if self.port is None else _answers(self.port):
            self.is_ready, self.failures = True, 0

    def note_death(self) -> float:
        """Return the pause before the next start: none, unless it dies before it is ready."""
        self.pid = None
        if not self.is_ready:
            self.failures += 1
        self.is_ready = False
        pause = min(LONGEST_PAUSE, 0.5 * 2.0 ** (self.failures - 2)) if self.failures > 1 else 0.0
        self.start_at = monotonic() + pause
        return pause


@dataclass(frozen=True)
class Plan:
    """What to run: first `prepare` to its end, then the siblings; `welcome` once `is_open()`."""

    siblings: Sequence[Sibling]
    prepare: Sequence[str]
    is_open: Callable[[], bool]
    welcome: Callable[[], str]


def serve(settings: Settings, plan: Plan) -> int:
    """Prepare, start the siblings and keep them until a signal ends all. Return the exit code."""
    with Locked(settings):
        _refuse_taken_ports(settings)
        _open_many_files()
        return keep(lambda: Supervisor(settings, plan).run())


class Supervisor:
    """The loop over signals: a child ended, it is time to start one, or it is time to end."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        self.settings = settings
        self.plan = plan
        self.siblings = plan.siblings

    def run(self) -> int:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, *ENDINGS})
        code = self._prepare()
        if code is not None:
            return code
        try:
            return self._watch()
        finally:
            self._end()

    def _prepare(self) -> int | None:
        """Run the preparation to its end; return an exit code if serving makes no sense."""
        process = subprocess.Popen(
            self.plan.prepare,
            stdin=subprocess.DEVNULL,
            preexec_fn=end_with_parent,
            process_group=0,
        )
        while process.poll() is None:
            if signal.sigtimedwait({signal.SIGCHLD}, 0.2) is None:
                ending = signal.sigtimedwait(set(ENDINGS), 0)
                if ending is not None:
                    process.terminate()
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(SECONDS_TO_END)
                    return 128 + ending.si_signo
        return process.returncode or None

    def _watch(self) -> int:
        began, is_welcome = monotonic(), False
        while True:
            for sibling in self.siblings:
                sibling.look()
            self._start_due()
            self._shorten_logs()
            is_up = all(sibling.is_ready for sibling in self.siblings)
            if not is_welcome and is_up and self.plan.is_open():
                say(self.plan.welcome())
                is_welcome = True
            if not is_welcome:
                failed = self._failed_at_start(monotonic() - began)
                if failed is not None:
                    self._explain(failed)
                    return 1
            came = signal.sigtimedwait({signal.SIGCHLD, *ENDINGS}, self._pause(is_welcome))
            if came is not None and came.si_signo in ENDINGS:
                say("Stopping Pathshala …")
                return 0
            self._reap()

    def _start_due(self) -> None:
        for sibling in self.siblings:
            if sibling.pid is None and monotonic() >= sibling.start_at:
                # the Hub asks the proxy at once: give the proxy its moment
                if sibling.name == "hub" and not self.siblings[0].is_ready:
                    continue
                with _log(self.settings, sibling.name) as log:
                    sibling.start(self.settings.data, log)

    def _shorten_logs(self) -> None:
        """Put long logs aside, those of Labs too, while they are written to."""
        for path in (*self.settings.logs.glob("*.log"), *self.settings.logs.glob("*/*.log")):
            with suppress(OSError):
                if path.stat().st_size > LOG_BYTES:
                    _put_aside(path)

    def _pause(self, is_welcome: bool) -> float:
        """How long nothing can be due: short while something starts, long when all is well."""
        is_well = is_welcome and all(sibling.is_ready for sibling in self.siblings)
        return 5.0 if is_well else 0.1

    def _reap(self) -> None:
        by_pid = {sibling.pid: sibling for sibling in self.siblings if sibling.pid is not None}
        while (ended := _wait_any()) is not None:
            pid, status = ended
            sibling = by_pid.get(pid)
            if sibling is None:
                continue  # an adopted grandchild
            was_ready = sibling.is_ready
            pause = sibling.note_death()
            _kill_group(pid)
            when = "now" if pause == 0 else f"in {pause:.0f} s" if pause >= 1 else "in a moment"
            how = f"stopped {_how(status)}" if was_ready else f"could not start, {_how(status)}"
            log = self.settings.logs / f"{sibling.name}.log"
            say(f"The {sibling.name} {how}; starting it again {when}. What it said: {log}")

    def _failed_at_start(self, seconds: float) -> Sibling | None:
        for sibling in self.siblings:
            if sibling.failures >= FAILURES_AT_START:
                return sibling
            if seconds > SECONDS_TO_START and not sibling.is_ready:
                return sibling
        return self.siblings[0] if seconds > 2 * SECONDS_TO_START else None

    def _explain(self, sibling: Sibling) -> None:
        log = self.settings.logs / f"{sibling.name}.log"
        lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
        say(
            f"The {sibling.name} does not start, so Pathshala stops. Its last words, from {log}:\n"
            + "\n".join(f"    {line}" for line in lines)
        )

    def _end(self) -> None:
        for sibling in reversed(self.siblings):
            if sibling.pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(sibling.pid, signal.SIGTERM)
        until = monotonic() + SECONDS_TO_END
        left = {sibling.pid for sibling in self.siblings if sibling.pid is not None}
        while left and monotonic() < until:
            signal.sigtimedwait({signal.SIGCHLD}, 0.2)
            while (ended := _wait_any()) is not None:
                left.discard(ended[0])
        end_children()


# Small things of the system -------------------------------------------------------------------


def say(text: str) -> None:
    """Print for whoever started us; a closed terminal is no reason to fail."""
    with suppress(OSError, ValueError):
        print(text, flush=True)


def _wait_any() -> tuple[int, int] | None:
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (pid, status) if pid else None


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"


def _kill_group(pid: int) -> None:
    """End what a dead sibling left in its own process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2):
        return True
    return False


def _log(settings: Settings, name: str) -> IO[bytes]:
    """Open a sibling's log for appending."""
    settings.logs.mkdir(parents=True, exist_ok=True)
    return (settings.logs / f"{name}.log").open("ab")


def _put_aside(log: Path) -> None:
    """Keep what a log says beside it if the disk has room; it goes on at its beginning."""
    aside = log.with_suffix(".log.1")
    try:
        shutil.copyfile(log, aside)
    except OSError:
        aside.unlink(missing_ok=True)  # a part of it is worth less than the room
    os.truncate(log, 0)


def _open_many_files() -> None:
    """Let all siblings open as many files as the system allows: each open live page takes a dozen,
    each browser one, and 1,024 is what many systems give unasked."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _refuse_taken_ports(settings: Settings) -> None:
    for port in settings.ports:
        address = settings.address if port == settings.port else "127.0.0.1"
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                raise NotAllowed(
                    "port-taken",
                    "Port {port} on {address} cannot be used ({reason}). Start with another,"
                    " such as PATHSHALA_PORT={other}; the four after it must be free too.",
                    {
                        "port": str(port),
                        "address": address,
                        "reason": error.strerror or str(error),
                        "other": str(settings.port + 1000),
                    },
                ) from error
