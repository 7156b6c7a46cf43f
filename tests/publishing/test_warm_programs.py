"""Our programs are forked from one that has imported them; nothing of one reaches another."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.waiting import wait_until
from publishing import programs
from publishing.confine import Finished, Limits
from publishing.warm_process import WarmProcess

ROOT = Path(__file__).resolve().parents[2]
RUN_CELLS = "publishing.run_cells"


def run_cells(folder: Path, *sources: str, **how: Any) -> Finished:
    order = json.dumps({"cells": sources, "cell_seconds": 30}).encode()
    return programs.run(RUN_CELLS, folder=folder, stdin=order, **how)


def shown(finished: Finished) -> list[str]:
    assert finished.code == 0, finished
    return ["".join(cell["outputs"][0]["text"]) for cell in json.loads(finished.stdout)]


def warm() -> list[psutil.Process]:
    words = list(programs.WARM[1:])
    running = [p for p in psutil.Process().children() if p.status() != psutil.STATUS_ZOMBIE]
    return [p for p in running if words == p.cmdline()[1 : 1 + len(words)]]


@pytest.fixture
def fresh_start() -> Iterator[None]:
    """Whatever this test did to it, the next one gets a warm process that can."""
    yield
    programs.end_all()


def test_runs_share_imports_and_nothing_else(tmp_path: Path) -> None:
    source = (
        "import builtins, os, random, sys\n"
        "print([hasattr(builtins, 'left'), 'nbclient' in sys.modules, len(os.environ) < 25,"
        " sorted(os.listdir('.')), os.getpid() < 20], end='')\nbuiltins.left = 1"
    )
    number = "import random, uuid; print(random.random(), uuid.uuid4(), end='')"
    first, second = (shown(run_cells(tmp_path, source, number)) for _ in range(2))
    assert first[0] == second[0] == "[False, True, True, [], True]"
    assert not set(first[1].split()) & set(second[1].split())
    assert len(warm()) == 1


def test_a_kernel_holds_nothing_of_the_programs_that_forked_it(tmp_path: Path) -> None:
    source = (
        "import os\nseen = [os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')"
        " if os.path.islink(f'/proc/self/fd/{n}')]\n"
        "print(sorted({w for w in seen if not w.startswith(('socket:', 'pipe:', 'anon_inode:'))}),"
        " end='')"
    )
    [files] = shown(run_cells(tmp_path, source))
    # its own errors go to a file, from which the last words are read
    assert [each for each in json.loads(files.replace("'", '"')) if "(deleted)" not in each] == [
        "/dev/null"
    ]


def test_when_it_is_killed_a_run_fails_and_the_next_one_works(
    tmp_path: Path, fresh_start: None
) -> None:
    shown(run_cells(tmp_path, "print(1)"))
    [before] = warm()
    folder = tmp_path / "cells"
    folder.mkdir()
    kill = "import signal\nopen('up', 'w').close()\nsignal.pause()"
    with subprocess.Popen([sys.executable, "-c", KILLER, str(folder / "up"), str(before.pid)]):
        finished = run_cells(folder, kill, limits=Limits(wall_seconds=30))
    assert finished.code != 0 and finished.reason is None
    assert shown(run_cells(tmp_path, "print(1)")) == ["1\n"]
    [after] = warm()
    assert after.pid != before.pid


KILLER = """
import os, signal, sys, pathlib
while not pathlib.Path(sys.argv[1]).exists(): pass
os.kill(int(sys.argv[2]), signal.SIGKILL)
"""


def test_all_ends_when_whoever_asked_is_killed(tmp_path: Path) -> None:
    source = (
        "import sys, json\nfrom pathlib import Path\nfrom publishing import programs\n"
        "cell = \"import signal; open('up', 'w').close(); signal.pause()\"\n"
        "programs.run('publishing.run_cells', folder=Path(sys.argv[1]),"
        " stdin=json.dumps({'cells': [cell], 'cell_seconds': 600}).encode())\n"
    )
    with subprocess.Popen([sys.executable, "-c", source, str(tmp_path)], cwd=ROOT) as starter:
        while not (tmp_path / "up").exists():
            assert starter.poll() is None
        started = psutil.Process(starter.pid).children(recursive=True)
        starter.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(started, timeout=10)
    assert len(started) >= 4 and not alive  # the warm one, its copy, the program, the kernel


def test_it_ends_when_nothing_is_wanted_for_long() -> None:
    nowhere = Path("/")
    settings = {"idle_seconds": 0}
    process = WarmProcess(
        programs.WARM, settings, env={"PATH": os.environ["PATH"], "HOME": "/"}, cwd=nowhere
    )
    assert process.process.wait(60) == 0 and process.is_gone
    process.end()


def test_where_nothing_can_be_forked_a_program_starts_the_ordinary_way(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, fresh_start: None
) -> None:
    shown(run_cells(tmp_path, "print(1)"))
    [process] = warm()
    process.rlimit(psutil.RLIMIT_NOFILE, (process.num_fds(), process.num_fds()))
    assert shown(run_cells(tmp_path, "print(2)")) == ["2\n"]
    assert "A program starts the ordinary way, slowly: " in caplog.text


def test_a_program_that_fails_says_why(tmp_path: Path) -> None:
    finished = programs.run(RUN_CELLS, folder=tmp_path, stdin=b"no order")
    assert finished.code == 1 and finished.last_words.startswith("json.decoder.JSONDecodeError")


def test_it_works_where_very_many_files_are_open(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    opened: list[int] = []
    try:
        while len(opened) < 1100:  # `select` knows no more than 1,024
            opened.append(os.open(os.devnull, os.O_RDONLY))
        assert shown(run_cells(tmp_path, "print(1)")) == ["1\n"]
    finally:
        for each in opened:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_what_a_warm_process_complains_of_is_logged_without_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    code = """
import sys
print("a library has something to say", file=sys.stderr)
def end(): raise ValueError("গোপন কথা\\nআর এক লাইন")
end()
"""
    warm = WarmProcess([sys.executable, "-c", code], {}, env={}, cwd=tmp_path)
    wait_until(lambda: not warm.attendant.is_alive(), seconds=30)
    warm.end()
    said = [each.getMessage() for each in caplog.records]
    assert said[0] == "a warm process: a library has something to say"
    assert said[1].startswith("a warm process: ValueError at <string>:5 <module>, <string>:4 end")
    assert len(said) == 2
