"""Runs a command so that it can harm nothing: the one door through which trainers' code runs.

Decides limits, environment and what happens at the end. Guarantees: it ends within its limits;
nothing it started lives on; it sees nothing of our environment and, where the system allows,
reaches no network, no `hidden` folder, and writes to its own folder alone. What it prints is
hostile, and the caller's to judge.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal

import psutil

Reason = Literal["time", "cpu", "memory", "output"]
CONFINED = Path(__file__).with_name("confined.py")
ALWAYS_READABLE = (Path(sys.prefix), Path(sys.base_prefix), CONFINED.parent.parent)
INSIDE = (sys.executable, "-I", "-S", str(CONFINED))
LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class Limits:
    """What a run may use, all its processes together; output with files."""

    cpu_seconds: int = 60
    wall_seconds: float = 120
    memory_bytes: int = 1 << 30
    output_bytes: int = 50 << 20


@dataclass(frozen=True)
class Finished:
    """How a run ended. `reason` names the limit it met; `isolated` is False where the system gave
    no namespaces, so that network and other folders stayed within reach."""

    code: int
    stdout: bytes
    stderr: bytes
    reason: Reason | None
    isolated: bool


def run(
    command: Sequence[str],
    *,
    folder: Path,
    limits: Limits | None = None,
    stdin: bytes = b"",
    readable: Sequence[Path] = (),
    hidden: Sequence[Path] = (),
) -> Finished:
    """Run `command` in `folder`, the only one it may write to, and wait for its end.

    It gets PATH, LANG, TZ and an empty HOME, IPYTHONDIR and TMPDIR of its own, which are short
    enough for sockets. `hidden` folders look empty to it, except for `folder` and `readable` ones
    in them.
    """
    limits = limits or Limits()
    home = Path(tempfile.mkdtemp(prefix="pathshala-"))
    order = {
        "command": list(command),
        "limits": asdict(limits),
        "hidden": [str(path.resolve()) for path in hidden if path.is_dir()],
        "readable": [str(path.resolve()) for path in (*readable, *ALWAYS_READABLE)],
        "writable": [str(folder.resolve()), str(home)],
    }
    with (
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as report,
    ):
        given.write(stdin)
        given.seek(0)
        os.set_inheritable(report.fileno(), True)
        try:
            process = subprocess.Popen(
                [*INSIDE, str(report.fileno()), json.dumps(order)],
                cwd=folder,
                env=_environment(home),
                stdin=given,
                stdout=stdout,
                stderr=stderr,
                pass_fds=[report.fileno()],
                start_new_session=True,
            )
            reason = _wait(process, folder, (stdout, stderr), limits)
            ended = _read_report(report)
            errors = _read(stderr, limits)
            if reason is None:
                reason = _met_limit(ended, errors, limits)
            code = int(ended["code"] if "code" in ended else process.wait())
            return Finished(
                code if reason is None or code else 1,
                _read(stdout, limits),
                errors,
                reason,
                bool(ended.get("isolated")),
            )
        finally:
            shutil.rmtree(home, ignore_errors=True)


def _environment(home: Path) -> dict[str, str]:
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


def _wait(
    process: subprocess.Popen[bytes], folder: Path, outputs: Sequence[IO[bytes]], limits: Limits
) -> Reason | None:
    end = time.monotonic() + limits.wall_seconds
    before = _size_bytes(folder)
    reason: Reason | None = None
    try:
        while True:
            try:
                process.wait(min(LOOK_SECONDS, max(0.0, end - time.monotonic())))
                return None
            except subprocess.TimeoutExpired:
                written = sum(os.fstat(output.fileno()).st_size for output in outputs)
                if written + _size_bytes(folder) - before > limits.output_bytes:
                    reason = "output"
                elif time.monotonic() >= end:
                    reason = "time"
                else:
                    reason = _met_together(process, limits)
            if reason:
                return reason
    finally:
        _end(process)


def _met_together(process: subprocess.Popen[bytes], limits: Limits) -> Reason | None:
    """Return the limit that the processes of a run met together: the system counts each alone."""
    seconds, memory = 0.0, 0
    with suppress(psutil.NoSuchProcess):
        for each in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.Error):
                seconds += sum(each.cpu_times()[:4])  # those of its ended children too
                memory += each.memory_info().rss
    if memory > limits.memory_bytes:
        return "memory"
    return "cpu" if seconds > limits.cpu_seconds else None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left: first kindly, so that without namespaces it can kill its descendants."""
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


def _read_report(report: IO[bytes]) -> dict[str, Any]:
    report.seek(0)
    lines = report.read().splitlines()
    merged: dict[str, Any] = {}
    for line in lines:
        merged |= json.loads(line)
    return merged


def _read(output: IO[bytes], limits: Limits) -> bytes:
    output.seek(0)
    return output.read(limits.output_bytes)


def _size_bytes(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(root, name).lstat().st_size
            except FileNotFoundError:
                continue
    return total
