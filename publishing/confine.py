"""Runs a command so that it can harm nothing: the one door through which trainers' code runs.

Decides limits, environment and what happens at the end. Guarantees: it ends within its limits, and
with us; nothing it started lives on; it sees nothing of our environment and, where the system
allows, reaches no network, no `hidden` folder, and writes to its own folder alone. What it prints
is hostile, and the caller's to judge.

How many processes it may have at once is counted here, four times a second. Before that the system
itself refuses to start more: an ordinary user's by RLIMIT_NPROC (from Linux 5.14 on counted in its
own user namespace), anyone's, root's too, by the highest process number of its namespace (6.14).
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal

import psutil

from publishing.forked_process import ForkedProcess
from publishing.work_folder import work_folder

Reason = Literal["time", "cpu", "memory", "output", "processes"]
LIMITS: dict[Reason, dict[str, str]] = {
    "time": {"bn": "মোট সময়", "en": "time"},
    "cpu": {"bn": "কাজের সময়", "en": "work"},
    "memory": {"bn": "মেমরি", "en": "memory"},
    "output": {"bn": "লেখার পরিমাণ", "en": "output"},
    "processes": {"bn": "প্রসেসের সংখ্যা", "en": "processes"},
}
CONFINED = Path(__file__).with_name("confined.py")
ALWAYS_READABLE = (Path(sys.prefix), Path(sys.base_prefix), CONFINED.parent.parent)
ALWAYS_HIDDEN = ("~", "/tmp", "/var/tmp", "/run", tempfile.gettempdir())  # noqa: S108 - sockets too
INSIDE = (sys.executable, "-I", "-S", str(CONFINED))
LOOK_SECONDS = 0.25
REWRITTEN = 4  # times that a run may write its whole output anew

Process = subprocess.Popen[bytes] | ForkedProcess


@dataclass(frozen=True)
class Limits:
    """What a run may use, all its processes together; output with files. More `processes` at once
    end it."""

    cpu_seconds: int = 60
    wall_seconds: float = 120
    memory_bytes: int = 1 << 30
    output_bytes: int = 50 << 20
    processes: int = 100


@dataclass(frozen=True)
class Finished:
    """How a run ended. `reason` names the limit it met; `isolated` is False where the system gave
    no namespaces, so that network and other folders stayed within reach."""

    code: int
    stdout: bytes
    stderr: bytes
    reason: Reason | None
    isolated: bool

    @property
    def last_words(self) -> str:
        """The last line that it wrote to standard error, or ""."""
        return next(iter(self.stderr.decode("utf-8", "replace").strip().splitlines()[::-1]), "")


def run(
    command: Sequence[str],
    *,
    folder: Path,
    limits: Limits | None = None,
    stdin: bytes = b"",
    readable: Sequence[Path] = (),
    hidden: Sequence[Path] = (),
    hear: Callable[[str], None] | None = None,
    begin: Callable[..., Process] | None = None,
) -> Finished:
    """Run `command` in `folder`, the only one it may write to, and wait for its end.

    It gets PATH, LANG, TZ and an empty HOME, IPYTHONDIR and TMPDIR of its own, which are short
    enough for sockets. `hidden` folders, and those where people and services keep their own things,
    look empty to it, except for `folder` and `readable` ones in them. `hear` is told the last whole
    line that it wrote to standard output, as it goes on. `begin` starts it in place of `start`.
    """
    limits = limits or Limits()
    with (
        work_folder(Path(tempfile.gettempdir()), "pathshala") as home,
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as report,
    ):
        given.write(stdin)
        given.seek(0)
        process = (begin or start)(
            command,
            folder=folder,
            home=home,
            limits=limits,
            walls=folders(hidden=hidden, readable=readable, writable=(folder, home)),
            report=report,
            stdin=given,
            stdout=stdout,
            stderr=stderr,
        )
        watch = _Watch(process, (folder, home), (stdout, stderr), limits, hear)
        reason = watch.until_its_end()
        ended = read_report(report)
        errors = _read(stderr, limits)
        if reason is None:
            reason = _met_limit(ended, errors, limits)
        code = int(ended.get("code", 1))  # without one it did not end by itself
        return Finished(
            code if reason is None or code else 1,
            _read(stdout, limits),
            errors,
            reason,
            bool(ended.get("isolated")),
        )


def start(
    command: Sequence[str],
    *,
    folder: Path,
    home: Path,
    limits: Limits,
    walls: Mapping[str, list[str]],
    report: IO[bytes],
    **streams: Any,
) -> subprocess.Popen[bytes]:
    """Start `command` in `folder`, shut in; watching it and ending it are the caller's.

    `walls` are `folders(...)`; `report` is a file that tells what became of it (`read_report`);
    `streams` go to `Popen`.
    """
    order = {"command": list(command), "limits": asdict(limits), **walls}
    os.set_inheritable(report.fileno(), True)
    return subprocess.Popen(
        [*INSIDE, str(report.fileno()), json.dumps(order)],
        cwd=folder,
        env=environment(home),
        pass_fds=[report.fileno()],
        start_new_session=True,
        **streams,
    )


def folders(
    *, hidden: Sequence[Path], readable: Sequence[Path], writable: Sequence[Path]
) -> dict[str, list[str]]:
    """Return, by these names, what looks empty to trainers' code, what it sees and may write to."""
    return {
        "hidden": _existing([*map(Path, ALWAYS_HIDDEN), *hidden]),
        "readable": [str(path.resolve()) for path in (*readable, *ALWAYS_READABLE)],
        "writable": [str(path.resolve()) for path in writable],
    }


def environment(home: Path) -> dict[str, str]:
    """Return all that trainers' code sees of our environment."""
    return {
        "PATH": os.pathsep.join(
            [str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]
        ),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "HOME": str(home),
        "IPYTHONDIR": str(home),
        "TMPDIR": str(home),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": str(home),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        # A thread's arena reserves 128 MB of address space each, which would eat the memory limit.
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _existing(folders: Sequence[Path]) -> list[str]:
    found = (folder.expanduser().resolve() for folder in folders)
    return sorted({str(folder) for folder in found if folder.is_dir() and folder != folder.parent})


@dataclass
class _Watch:
    """Looks at a run until it ends by itself or meets a limit."""

    process: Process
    folders: Sequence[Path]
    outputs: Sequence[IO[bytes]]
    limits: Limits
    hear: Callable[[str], None] | None
    heard: int = 0

    def until_its_end(self) -> Reason | None:
        deadline = time.monotonic() + self.limits.wall_seconds
        before = self._size_bytes()
        try:
            while True:
                try:
                    self.process.wait(min(LOOK_SECONDS, max(0.0, deadline - time.monotonic())))
                    return None
                except subprocess.TimeoutExpired:
                    self._listen()
                    if self._size_bytes() - before > self.limits.output_bytes:
                        return "output"
                    if time.monotonic() >= deadline:
                        return "time"
                    if reason := self._met_together():
                        return reason
        finally:
            end(self.process)

    def _listen(self) -> None:
        if self.hear is None:
            return
        fresh = os.pread(self.outputs[0].fileno(), 1 << 16, self.heard)
        whole, newline, _ = fresh.rpartition(b"\n")
        if newline:
            self.heard += len(whole) + 1
            self.hear(whole.rpartition(b"\n")[2].decode("utf-8", "replace"))

    def _met_together(self) -> Reason | None:
        """Return the limit that all its processes met together: the system counts each alone."""
        seconds, memory, written, processes = 0.0, 0, 0, 0
        with suppress(psutil.NoSuchProcess):
            for each in psutil.Process(self.process.pid).children(recursive=True):
                processes += 1
                with suppress(psutil.Error):
                    seconds += sum(each.cpu_times()[:4])  # those of its ended children too
                    memory += each.memory_info().rss
                    written += each.io_counters().write_bytes  # of files that are gone too
        if processes > self.limits.processes:
            return "processes"
        if memory > self.limits.memory_bytes:
            return "memory"
        if written > REWRITTEN * self.limits.output_bytes:
            return "output"
        return "cpu" if seconds > self.limits.cpu_seconds else None

    def _size_bytes(self) -> int:
        total = sum(os.fstat(output.fileno()).st_size for output in self.outputs)
        for folder in self.folders:
            for root, _, names in os.walk(folder):
                for name in names:
                    with suppress(FileNotFoundError):
                        total += Path(root, name).lstat().st_size
        return total


def end(process: Process) -> None:
    """Kill what is left of a run: first kindly, so that without namespaces it can kill its own."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _met_limit(ended: dict[str, Any], errors: bytes, limits: Limits) -> Reason | None:
    # The system rounds down, and a kernel's end shows only in what all used together.
    too_much = ended.get("cpu_seconds", 0) >= 0.9 * limits.cpu_seconds
    if ended.get("code") == -signal.SIGXCPU or too_much:
        return "cpu"
    if ended.get("code") and b"MemoryError" in errors[-2000:]:
        return "memory"
    if ended.get("code") and b"File too large" in errors[-2000:]:
        return "output"
    return None


def read_report(report: IO[bytes]) -> dict[str, Any]:
    """Return what a run told: `isolated` when it began, `code` and `cpu_seconds` at its end."""
    merged: dict[str, Any] = {}
    for line in os.pread(report.fileno(), 1 << 16, 0).splitlines():
        merged |= json.loads(line)
    return merged


def _read(output: IO[bytes], limits: Limits) -> bytes:
    output.seek(0)
    return output.read(limits.output_bytes)
