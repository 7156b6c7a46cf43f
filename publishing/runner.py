"""Runs the cells of tests, which are a trainer's code, and tells what they showed.

Two ways with one answer. The *plain* one forks a child a run from a process of its own, in
milliseconds (`runner_process.py`); the *kernel* one starts a real kernel, in about a second
(`run_cells.py`), for tests that need one: publishing tries both, and the manifest says which. Both
are confined. What cells showed is hostile: it is rebuilt here from the little that scoring needs.
"""

import json
import logging
import queue
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, Self

from publishing import confine, programs, runner_process
from store.errors import Unavailable

Outputs = list[dict[str, Any]]
Run = Callable[[Sequence[str]], list[Outputs]]
Kind = Literal["plain", "kernel"]

MOST_CHARACTERS = runner_process.MOST_CHARACTERS
CELL_SECONDS = 10
RUN_CELLS = "publishing.run_cells"
"""Never imported here: the portal does without all that a kernel needs."""
KERNEL_LIMITS = confine.Limits(
    cpu_seconds=15, wall_seconds=60, memory_bytes=1 << 30, output_bytes=4 << 20
)
"""A kernel needs about one CPU-second to start; what is left is for the tests."""
PROCESS_LIMITS = confine.Limits(cpu_seconds=10**9)
"""The process that forks lives as long as we do; each child has limits of its own."""
SECONDS_TO_START = 20.0
SECONDS_TO_ANSWER = runner_process.WALL_SECONDS + 5
SECONDS_TO_WAIT = 30.0

NO_ISOLATION = "this system gives no namespaces: network and files stay within tests' reach"

log = logging.getLogger(__name__)


class Runner:
    """Runs cells confined; folders in `hidden` look empty to them.

    `at_once` says how many plain runs, and how many kernels, may go on together; more of them
    wait. Call `start` before any database is opened, or let the first run do it. A process that
    ended is replaced.
    """

    def __init__(self, hidden: Sequence[Path] = (), *, at_once: int = 1) -> None:
        self._hidden = list(hidden)
        # A process ends with the thread that started it, so one thread starts them all.
        self._starter = ThreadPoolExecutor(1, "runner")
        self._seats: queue.LifoQueue[_Seat] = queue.LifoQueue()
        for _ in range(at_once):
            self._seats.put(_Seat(self._new_process))
        self._kernels = threading.BoundedSemaphore(at_once)

    def start(self) -> Self:
        """Start a process, so that the first run need not wait for it."""
        self.run([])
        return self

    def close(self) -> None:
        """End the processes. Nothing may be running."""
        with suppress(queue.Empty):
            while True:
                self._seats.get_nowait().leave()
        self._starter.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def of(self, kind: str) -> Run:
        """Return the way of running that a manifest names."""
        return self.run_in_kernel if kind == "kernel" else self.run

    def run(self, cells: Sequence[str]) -> list[Outputs]:
        """Run cells one after the other in a fresh child; return what each showed (nbformat 4).

        A cell that was cut off, or not reached, has an error: "TimeoutError" after a limit,
        "DeadKernelError" otherwise. Raises `Unavailable("runner-failed")`.
        """
        try:
            seat = self._seats.get(timeout=SECONDS_TO_WAIT)
        except queue.Empty:
            raise _unavailable() from None
        try:
            return _outputs(seat.ask(cells), len(cells))
        finally:
            self._seats.put(seat)

    def run_in_kernel(
        self, cells: Sequence[str], cell_seconds: int = CELL_SECONDS
    ) -> list[Outputs]:
        """Run cells in a fresh plain kernel; otherwise as `run`."""
        order = json.dumps({"cells": list(cells), "cell_seconds": cell_seconds}).encode()
        if not self._kernels.acquire(timeout=SECONDS_TO_WAIT):
            raise _unavailable()
        try:
            with tempfile.TemporaryDirectory(prefix="pathshala-run-") as folder:
                finished = programs.run(
                    RUN_CELLS,
                    folder=Path(folder),
                    limits=KERNEL_LIMITS,
                    stdin=order,
                    hidden=self._hidden,
                )
        finally:
            self._kernels.release()
        if not finished.isolated:
            log.warning(NO_ISOLATION)
        if finished.reason is not None:
            return [[error("TimeoutError")] for _ in cells]
        try:
            results = [_plain(result["outputs"]) for result in json.loads(finished.stdout)]
        except (ValueError, TypeError, KeyError, AttributeError):
            results = []
        if finished.code != 0 or len(results) != len(cells):
            why = finished.last_words or "no word"
            log.error("the kernel's run ended with %d: %s", finished.code, why)
            raise _unavailable()
        return results

    def _new_process(self) -> "_Process":
        return self._starter.submit(_Process, self._hidden).result()


class _Seat:
    """A place for one plain run at a time; its process is started when needed, and replaced."""

    def __init__(self, new_process: Callable[[], "_Process"]) -> None:
        self._new_process = new_process
        self._process: _Process | None = None

    def ask(self, cells: Sequence[str]) -> dict[str, Any]:
        """Ask once more if the process has gone meanwhile; cells change nothing outside."""
        for is_last_try in (False, True):
            try:
                self._process = self._process or self._new_process()
                return self._process.ask(cells)
            except (OSError, ValueError) as failure:
                self.leave()
                if is_last_try:
                    log.error("the runner gives no answer: %s", type(failure).__name__)
        raise _unavailable()

    def leave(self) -> None:
        if self._process is not None:
            self._process.end()
        self._process = None


class _Process:
    """One process that forks a child for each order, shut in as a whole.

    It has no folder of its own, so that nothing is left when we are killed: its home is the common
    temporary one, which looks empty from inside, and it can write nowhere.
    """

    def __init__(self, hidden: Sequence[Path]) -> None:
        # -I would forget the fixed hash seed, with which sets come in the same order each time
        command = [sys.executable, "-s", "-P", str(runner_process.__file__)]
        with tempfile.TemporaryFile() as report:
            self._process = confine.start(
                command,
                folder=Path("/"),
                home=Path(tempfile.gettempdir()),
                limits=PROCESS_LIMITS,
                walls=confine.folders(hidden=hidden, readable=[], writable=[]),
                report=report,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
            self._rest = b""
            try:
                hello = self._read(SECONDS_TO_START)
                if not confine.read_report(report).get("isolated"):
                    log.warning(NO_ISOLATION)
                if not hello["sealed"]:
                    log.warning("this system filters no calls: tests may start processes")
            except BaseException:
                self.end()
                raise

    def ask(self, cells: Sequence[str]) -> dict[str, Any]:
        order = memoryview(json.dumps({"cells": list(cells)}).encode() + b"\n")
        stdin = self._process.stdin
        while stdin and order:
            order = order[stdin.write(order) :]
        return self._read(SECONDS_TO_ANSWER)

    def end(self) -> None:
        """End it and all its children."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        confine.end(self._process)

    def _read(self, seconds: float) -> dict[str, Any]:
        """Read one line; raise OSError if none came in time."""
        stream, deadline = self._process.stdout, time.monotonic() + seconds
        while stream and b"\n" not in self._rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([stream], [], [], left)[0]:
                raise TimeoutError("no answer in time")
            fresh = stream.read(1 << 16)
            if not fresh:
                raise BrokenPipeError("it ended")
            self._rest += fresh
        line, _, self._rest = self._rest.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _outputs(answer: dict[str, Any], expected: int) -> list[Outputs]:
    """Rebuild what cells showed from what their child wrote, line by line."""
    shown = [_of_line(line) for line in answer["lines"][:expected]]
    missing = "TimeoutError" if answer["reason"] in ("cpu", "time") else "DeadKernelError"
    return shown + [[error(missing)] for _ in range(expected - len(shown))]


def _of_line(line: str) -> Outputs:
    try:
        told = json.loads(line)
        shown: Outputs = [
            {"output_type": "stream", "name": name, "text": told[name]}
            for name in ("stdout", "stderr")
            if told[name]
        ]
        if told["error"] is not None:
            shown.append({"output_type": "error", "ename": told["error"]})
        elif told["value"] is not None:
            shown.append({"output_type": "execute_result", "data": {"text/plain": told["value"]}})
        return _plain(shown)
    except (ValueError, TypeError, KeyError):  # a cell wrote into the child's own file
        return [error("DeadKernelError")]


def _plain(outputs: Outputs) -> Outputs:
    """Rebuild the four kinds of output that scoring needs, and nothing else."""
    kept: Outputs = []
    for output in outputs:
        kind = output.get("output_type")
        if kind == "stream" and output.get("name") in ("stdout", "stderr"):
            words = _text(output.get("text"))
            kept.append({"output_type": "stream", "name": output["name"], "text": words})
        elif kind == "error":
            kept.append(error(_text(output.get("ename"))[:100]))
        elif kind == "execute_result":
            data = {"text/plain": _text(output.get("data", {}).get("text/plain"))}
            kept.append(
                {"output_type": kind, "data": data, "metadata": {}, "execution_count": None}
            )
    return kept


def _text(value: Any) -> str:
    joined = "".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return joined[:MOST_CHARACTERS].encode("utf-8", "replace").decode()


def error(name: str) -> dict[str, Any]:
    """Return the output of a cell that ended in an error."""
    return {"output_type": "error", "ename": name, "evalue": "", "traceback": []}


def _unavailable() -> Unavailable:
    return Unavailable("runner-failed", "The tests could not be run just now.")
