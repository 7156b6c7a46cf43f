"""Runs cells of trainers' tests, each order in a child of its own: the inner half of `runner.py`.

Standard library alone, so that a child starts in milliseconds with nothing of ours in it. Reads an
order a line from standard input, `{"cells": [source, ...]}`; writes a line for each to standard
output, `{"lines": [...], "reason": null}`: a line (JSON, written by the child) says what one cell
did, `{"stdout", "stderr", "error", "value"}`; a cell that was not reached has none. `reason` says
what ended the child: "cpu", "time" or "died". A first line, `{"sealed": bool}`, comes unasked.

A child has a session, limits and, where the system can filter system calls, no way to start another
process or program, to open a socket, or to touch another process. Afterwards all that it left is
killed. Network and files are `confined.py`'s to close, around this process.
"""

import ast
import contextlib
import ctypes
import json
import os
import resource
import signal
import struct
import sys
import time
import types
from pathlib import Path
from typing import Any

CPU_SECONDS = 5
WALL_SECONDS = 10.0
MEMORY_BYTES = 512 << 20
FILE_BYTES = 1 << 20
DESCRIPTORS = 32
MOST_CHARACTERS = 64 * 1024

ADOPT, NO_NEW_RIGHTS, FILTER_CALLS = 36, 38, 22
libc = ctypes.CDLL(None, use_errno=True)


def serve() -> None:
    """Answer orders until there are no more."""
    orders, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nowhere, descriptor)
    libc.prctl(ADOPT, 1, 0, 0, 0)  # whatever a child leaves behind becomes ours, and ends
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    _answer(answers, {"sealed": _run(["1"], seal_needed=True)["lines"] != []})
    with os.fdopen(orders, "rb") as lines:
        for line in lines:
            _answer(answers, _run(json.loads(line)["cells"]))


def _answer(answers: int, body: dict[str, Any]) -> None:
    rest = json.dumps(body).encode() + b"\n"
    while rest:
        rest = rest[os.write(answers, rest) :]


def _run(cells: list[str], *, seal_needed: bool = False) -> dict[str, Any]:
    """Run cells in a child; return what they did, and what ended it."""
    results = os.memfd_create("results")
    try:
        child = os.fork()
        if child == 0:
            _be_the_child(cells, results, seal_needed)
        reason = _wait(child)
        os.lseek(results, 0, os.SEEK_SET)
        with os.fdopen(os.dup(results), "rb") as written:
            whole = [line for line in written if line.endswith(b"\n")]
        return {"lines": [line.decode("utf-8", "replace") for line in whole], "reason": reason}
    finally:
        os.close(results)


def _wait(child: int) -> str | None:
    """Wait for a child's end, not too long; then end what it left."""
    deadline = time.monotonic() + WALL_SECONDS
    status: int | None = None
    while status is None and (left := deadline - time.monotonic()) > 0:
        signal.sigtimedwait([signal.SIGCHLD], left)
        ended, found = os.waitpid(child, os.WNOHANG)
        status = found if ended == child else None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    _end_all()
    if status is None:
        return "time"
    if status == 0:
        return None
    return "cpu" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU else "died"


def _end_all() -> None:
    """Kill and collect every descendant; those of one that has ended are ours too."""
    with contextlib.suppress(ChildProcessError):
        while True:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                for each in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(int(each), signal.SIGKILL)
                signal.sigtimedwait([signal.SIGCHLD], 0.1)


# ------------------------------------------------- in the child


def _be_the_child(cells: list[str], results: int, seal_needed: bool) -> None:
    code = 1
    try:
        _shut_in(results, seal_needed)
        _execute(cells, results)
        code = 0
    finally:
        os._exit(code)


def _shut_in(results: int, seal_needed: bool) -> None:
    os.setsid()
    for descriptor in (1, 2):
        os.dup2(os.memfd_create("said"), descriptor)
    kept = sorted({0, 1, 2, results})
    for below, above in zip(kept, [*kept[1:], 1 << 16], strict=True):
        os.closerange(below + 1, above)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
        (resource.RLIMIT_NPROC, 0),  # root has no such limit: the seal holds it
    ):
        resource.setrlimit(limit, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    if not _seal() and seal_needed:
        os._exit(1)


def _execute(cells: list[str], results: int) -> None:
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    said = {"stdout": sys.stdout, "stderr": sys.stderr}
    begun = dict.fromkeys(said, 0)
    for source in cells:
        line = _run_cell(source, module.__dict__)
        for name, stream in said.items():
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
            descriptor = 1 if name == "stdout" else 2
            text = os.pread(descriptor, MOST_CHARACTERS, begun[name])
            begun[name] = os.fstat(descriptor).st_size
            line[name] = text.decode("utf-8", "replace")
        os.write(results, json.dumps(line).encode() + b"\n")


def _run_cell(source: str, names: dict[str, Any]) -> dict[str, str | None]:
    """Run one cell; return its error's name, or what its last expression shows."""
    try:
        tree = ast.parse(source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<cell>", "exec"), names)  # noqa: S102 - what this process is for
        value = None
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)  # noqa: S307
        shown = None if value is None else str(repr(value))[:MOST_CHARACTERS]
    except BaseException as error:  # SystemExit too: the next cell has its turn
        return {"error": type(error).__name__, "value": None}
    return {"error": None, "value": shown}


# Numbers of system calls, which differ by machine, and of the machines themselves.
REFUSED = {
    "x86_64": (
        0xC000003E,
        # clone fork vfork execve execveat, socket connect bind, kill tkill tgkill, ptrace,
        # process_vm_readv process_vm_writev, unshare setns, io_uring_setup, pidfd_send_signal
        # pidfd_getfd
        (56, 57, 58, 59, 322, 41, 42, 49, 62, 200, 234, 101, 310, 311, 272, 308, 425, 424, 438),
    ),
    "aarch64": (
        0xC00000B7,
        # the same; there is no fork and no vfork
        (220, 221, 281, 198, 203, 200, 129, 130, 131, 117, 270, 271, 97, 268, 425, 424, 438),
    ),
}
NEW_CLONE = 435  # everywhere; "no such call" lets libc fall back on the old one
OTHER_NUMBERS = 0x40000000  # from here on x86_64 has its calls once more
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER, MACHINE = 0, 4  # where they stand in what a filter sees
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
NOT_PERMITTED, NO_SUCH_CALL = 1, 38


def _seal() -> bool:
    """Take from this process the calls of `REFUSED`, for good; False where the system cannot."""
    if os.uname().machine not in REFUSED:
        return False
    machine, refused = REFUSED[os.uname().machine]
    steps = [
        (LOAD, 0, 0, MACHINE),
        (EQUAL, 1, 0, machine),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, OTHER_NUMBERS),
        (RETURN, 0, 0, KILL),
        (EQUAL, 0, 1, NEW_CLONE),
        (RETURN, 0, 0, FAIL | NO_SUCH_CALL),
    ]
    for number in refused:
        steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, FAIL | NOT_PERMITTED)]
    steps.append((RETURN, 0, 0, ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    header = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code))
    program = ctypes.create_string_buffer(header)
    libc.prctl(NO_NEW_RIGHTS, 1, 0, 0, 0)
    return bool(libc.prctl(FILTER_CALLS, 2, ctypes.byref(program), 0, 0) == 0)


if __name__ == "__main__":
    serve()
