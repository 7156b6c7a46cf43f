"""Who started whom is known, whatever ends while somebody looks."""

import subprocess
import sys

import psutil

from publishing.process_family import all_parents, end_family, family, parent_of

START_AND_COLLECT = """
import os
for _ in range(2000):
    process = os.fork()
    if process == 0:
        os._exit(0)
    print(process, flush=True)
    os.waitpid(process, 0)
"""


def test_a_process_that_ends_while_it_is_looked_at_is_no_error() -> None:
    """One in forty, at least, ends between finding its folder and looking into it (ESRCH)."""
    starting = subprocess.Popen([sys.executable, "-c", START_AND_COLLECT], stdout=subprocess.PIPE)
    assert starting.stdout is not None
    with starting, starting.stdout:
        for number in map(int, starting.stdout):
            while psutil.pid_exists(number):
                parent_of(number)


def test_a_family_ends_whole() -> None:
    code = "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid, flush=True);"
    first = subprocess.Popen(
        [sys.executable, "-c", code + "sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert first.stdout is not None and first.stdin is not None
    with first, first.stdout, first.stdin:
        second = psutil.Process(int(first.stdout.readline()))
        assert parent_of(second.pid) == first.pid
        assert family(first.pid, all_parents()) == {first.pid, second.pid}
        end_family(first.pid)
        assert first.wait() == -9
        psutil.wait_procs([second], timeout=10)
        assert parent_of(second.pid) is None
