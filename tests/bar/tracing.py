"""strace around a running process: what it asks of the system, or how slowly it is answered."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def traced(pid: int, *options: str) -> Iterator[None]:
    """Hold strace with these options to a process and all its threads while the block runs."""
    program = shutil.which("strace")
    if program is None:
        pytest.fail("This row needs strace. On Debian: apt-get install strace.")
    strace = subprocess.Popen(
        [program, "-f", *options, "-p", str(pid)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert strace.stderr is not None
    said = strace.stderr.readline()
    assert "attached" in said, said
    try:
        yield
    finally:
        strace.terminate()
        strace.wait(10)
