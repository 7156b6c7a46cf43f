"""S15, grading's part: a hidden test that hogs the machine scores 0 in 12 s, others stay quick."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest

from grading.running import RunCells
from publishing import runner_process
from publishing.runner import Runner
from publishing.scoring import doubt, score
from tests.grading.conftest import cell, notebook

SECONDS_TO_END = 12.0
HOGS = {
    "endless": "while True: pass",
    "endless C": "sum(iter(int, 1))",
    "asleep": "import select; select.select([], [], [])",
    "10 GB": "hog = bytearray(10 << 30)",
    "10 GB bit by bit": "hog = []\nwhile True: hog.append(bytearray(1 << 20))",
    "fork bomb": "import os\nwhile True: os.fork()",
    "quiet fork bomb": ("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
    "threads": (
        "import threading\nwhile True: threading.Thread(target=threading.Event().wait).start()"
    ),
    "much output": "while True: print('x' * 10**6)",
    "a full disk": "for n in range(10**6): open(f'/tmp/hog-{n}', 'wb').write(bytes(1 << 20))",
    "deaf": "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
}


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    with Runner([tmp_path], at_once=2) as made:
        made.start()
        yield made


@pytest.mark.bar
@pytest.mark.parametrize("hog", HOGS.values(), ids=HOGS)
def test_a_hog_scores_nothing_in_time_and_others_do_not_notice(runner: Runner, hog: str) -> None:
    def others() -> list[float]:
        took = []
        while not hogging.done():
            began = time.monotonic()
            assert runner.run(["answer = 'b'", "2.0 if answer == 'b' else 0.0"])[1]
            took.append(time.monotonic() - began)
        return sorted(took)

    began = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        hogging = threads.submit(runner.run, ["answer = 'b'", hog, "2.0"])
        waits = threads.submit(others)
        shown = hogging.result()
        assert time.monotonic() - began < SECONDS_TO_END
    assert score(shown[1], 2.0) == 0.0
    assert len(waits.result()) < 3 or waits.result()[int(0.95 * len(waits.result()))] <= 0.5
    servers = [p for p in psutil.Process().children(recursive=True) if _is_server(p)]
    assert servers and not [child for server in servers for child in server.children()]


@pytest.mark.bar
def test_a_hand_in_with_an_endless_test_gets_its_other_points() -> None:
    made = notebook(
        cell("code", "answer = 'b'", "a", solution=True),
        cell("code", "1.0", "first", grade=True, locked=True, points=1),
        cell("code", "while True: pass", "endless", grade=True, locked=True, points=2),
    )
    with Runner() as runner:
        cells = RunCells(runner.run)
        scored, _ = cells(nbformat.from_dict(made), {})
    assert cells.reasons == {"endless": "test-did-not-end"}
    assert [doubt(each.outputs, 2.0) for each in scored.cells[1:]] == [None, "test-did-not-end"]


def _is_server(process: psutil.Process) -> bool:
    return str(runner_process.__file__) in process.cmdline()
