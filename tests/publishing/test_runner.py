"""Trainers' tests run in a child of their own, tell what they showed, and reach nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from publishing import runner_process
from publishing.runner import MOST_CHARACTERS, Outputs, Runner

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = "hidden"


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(HIDDEN)
    (folder / "gradebook.sqlite").write_text("কেউ জানে না")
    return folder


@pytest.fixture(scope="module")
def runner(hidden: Path) -> Iterator[Runner]:
    with Runner([hidden]) as made:
        yield made


def told(shown: Outputs) -> Any:
    """The value, the error's name, or what was printed: the last thing shown."""
    if not shown:
        return None
    last = shown[-1]
    return last.get("ename") or last.get("data", {}).get("text/plain") or last.get("text")


def test_cells_share_their_names_and_each_shows_what_it_did(runner: Runner) -> None:
    shown = runner.run(["answer = 'খ'", "answer", "print('হ্যাঁ')", "1 / 0", "answer; 1.5", "None"])
    assert [told(each) for each in shown] == [
        None,
        "'খ'",
        "হ্যাঁ\n",
        "ZeroDivisionError",
        "1.5",
        None,
    ]


def test_runs_know_nothing_of_each_other(runner: Runner) -> None:
    runner.run(["import json; json.dumps = None", "left = 1"])
    assert [told(each) for each in runner.run(["left", "import json; json.dumps(1)"])] == [
        "NameError",
        "'1'",
    ]


def test_sets_come_in_the_same_order_each_time(hidden: Path, runner: Runner) -> None:
    source = "[*{'ক', 'খ', 'গ', 'ঘ', 'ঙ'}]"
    with Runner([hidden]) as other:
        assert other.run([source]) == runner.run([source])


def test_nothing_of_ours_is_seen_and_nothing_can_be_written(
    hidden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATHSHALA_SECRET", "কেউ জানে না")
    with Runner([hidden]) as runner:
        environment, seen, written, memory = runner.run(
            [
                "import os; 'PATHSHALA_SECRET' in os.environ",
                f"os.path.exists({str(hidden / 'gradebook.sqlite')!r})",
                "open('carried-over', 'w')",
                "open('/dev/shm/carried-over', 'w')",
            ]
        )
    assert (told(environment), told(seen)) == ("False", "False")
    assert (told(written), told(memory)) == ("OSError", "OSError")


@pytest.mark.parametrize(
    "source",
    [
        "import os; os.fork()",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.execv('/bin/true', ['true'])",
        "import socket; socket.socket()",
        "import os; os.kill(os.getppid(), 9)",
        "import threading; threading.Thread(target=print).start()",
    ],
)
def test_a_child_starts_nothing_and_touches_nobody(runner: Runner, source: str) -> None:
    refused, after = runner.run([source, "1.0"])
    assert told(refused) in ("PermissionError", "RuntimeError")
    assert told(after) == "1.0"


def test_what_needs_no_process_works(runner: Runner) -> None:
    source = "import asyncio\nasync def half(): return 0.5\nasyncio.run(half())"
    assert told(runner.run([source])[0]) == "0.5"


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("while True: pass", "TimeoutError"),
        ("import os; os._exit(0)", "DeadKernelError"),
        ("import ctypes; ctypes.string_at(0)", "DeadKernelError"),
        ("import os; [os.write(fd, b'{}\\n') for fd in range(3, 9)]", "OSError"),
    ],
)
def test_a_cell_that_ends_the_child_is_an_error_and_so_is_all_after_it(
    runner: Runner, source: str, error: str
) -> None:
    before, ended, after = runner.run(["1.0", source, "2.0"])
    assert (told(before), told(ended)) == ("1.0", error)
    assert told(after) == error or told(after) == "2.0"
    assert told(runner.run(["'still here'"])[0]) == "'still here'"


def test_what_a_cell_writes_behind_our_back_counts_for_nothing(runner: Runner) -> None:
    forge = (
        "import contextlib, os\nfor fd in range(3, 64):\n"
        "    with contextlib.suppress(OSError): os.write(fd, b'\\xff\\n')"
    )
    assert told(runner.run([forge])[0]) == "DeadKernelError"
    assert told(runner.run(["'still here'"])[0]) == "'still here'"


def test_much_memory_and_much_output_are_errors(runner: Runner) -> None:
    memory, output = runner.run(["x = bytearray(10 << 30)", f"print('x' * {2 << 20})"])
    assert told(memory) == "MemoryError"
    assert told(output) == "OSError"
    assert len(output[0]["text"]) == MOST_CHARACTERS


def test_a_process_that_was_killed_is_replaced(runner: Runner) -> None:
    runner.start()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.ZombieProcess):  # another test's, which nobody has asked for its end
            if str(runner_process.__file__) in process.cmdline():
                process.kill()
                process.wait(10)
    assert told(runner.run(["1.0"])[0]) == "1.0"


def test_a_real_kernel_answers_in_the_same_form(runner: Runner) -> None:
    cells = ["answer = 'খ'", "answer", "print('হ্যাঁ')", "1 / 0", "get_ipython() is None"]
    plain, kernel = runner.of("plain")(cells), runner.of("kernel")(cells)
    assert kernel[:4] == plain[:4]
    assert (told(plain[4]), told(kernel[4])) == ("NameError", "False")


def test_the_process_ends_with_us_and_leaves_nothing(tmp_path: Path) -> None:
    source = (
        "import sys; from pathlib import Path; from publishing.runner import Runner\n"
        "runner = Runner().start(); print('started', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", source],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
    )
    assert process.stdout and process.stdin
    assert process.stdout.readline() == b"started\n"
    children = psutil.Process(process.pid).children(recursive=True)
    assert any(str(runner_process.__file__) in child.cmdline() for child in children)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == [] and list(tmp_path.iterdir()) == []
