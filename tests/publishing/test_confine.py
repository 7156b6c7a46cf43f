"""Trainers' code ends within its limits, and reaches nothing of ours."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.waiting import wait_until
from publishing import confine, programs
from publishing.confine import Finished, Limits

ROOT = Path(__file__).resolve().parents[2]


def python(source: str, folder: Path, **how: Any) -> Finished:
    return confine.run([sys.executable, "-I", "-c", source], folder=folder, **how)


def cells(*sources: str, folder: Path, **how: Any) -> list[Any]:
    finished = programs.run(
        "publishing.run_cells",
        folder=folder,
        stdin=json.dumps({"cells": sources, "cell_seconds": 5}).encode(),
        **how,
    )
    assert finished.code == 0, finished
    results: list[Any] = json.loads(finished.stdout)
    return results


def test_a_command_gets_its_input_and_gives_its_output(tmp_path: Path) -> None:
    finished = python("print(input()[::-1])", tmp_path, stdin="বাংলা".encode())
    assert finished.stdout.decode().strip() == "বাংলা"[::-1]
    assert (finished.code, finished.reason) == (0, None)


def test_nothing_of_our_environment_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "canary-token")
    finished = python("import os; print(dict(os.environ))", tmp_path)
    assert b"canary" not in finished.stdout and b"JUPYTERHUB" not in finished.stdout


@pytest.mark.parametrize(
    ("source", "limits", "reason"),
    [
        ("while True: pass", Limits(cpu_seconds=1, wall_seconds=20), "cpu"),
        ("input() or __import__('threading').Event().wait()", Limits(wall_seconds=1), "time"),
        ("x = 'x' * 10**9", Limits(memory_bytes=200 << 20), "memory"),
        ("while True: print('x' * 10**5)", Limits(output_bytes=1 << 20), "output"),
    ],
)
def test_a_limit_ends_the_run_and_is_named(
    source: str, limits: Limits, reason: str, tmp_path: Path
) -> None:
    finished = python(source, tmp_path, limits=limits, stdin=b"\n")
    assert finished.reason == reason
    assert finished.code != 0


@pytest.mark.parametrize(
    ("share", "limits", "reason"),
    [
        ("x = b'x' * (120 << 20)", Limits(memory_bytes=300 << 20, wall_seconds=20), "memory"),
        ("x = sum(range(10**9))", Limits(cpu_seconds=2, wall_seconds=20), "cpu"),
    ],
)
def test_many_processes_may_use_no_more_than_one(
    share: str, limits: Limits, reason: str, tmp_path: Path
) -> None:
    source = (
        "import os, signal\n"
        "for _ in range(4):\n"
        f"    if os.fork() == 0: {share}; signal.pause()\n"
        "signal.pause()\n"
    )
    finished = python(source, tmp_path, limits=limits)
    assert finished.reason == reason
    assert finished.code != 0


BOMB = """
import os
while True:
    try: os.fork()
    except OSError: pass
"""


def test_a_fork_bomb_is_counted_and_ended(tmp_path: Path) -> None:
    mark = f"bomb-{os.getpid()}"
    finished = confine.run(
        [sys.executable, "-I", "-c", BOMB, mark], folder=tmp_path, limits=Limits(wall_seconds=30)
    )
    assert finished.reason == "processes"
    wait_until(lambda: not is_alive(mark), seconds=10)


def is_alive(mark: str) -> bool:
    """Whether a process with this word in its command still runs; a list may hold dead ones."""
    alive = psutil.process_iter(["cmdline", "status"])
    return any(
        mark in (each.info["cmdline"] or []) and each.info["status"] != psutil.STATUS_ZOMBIE
        for each in alive
    )


def test_more_threads_than_allowed_are_refused_by_the_system(tmp_path: Path) -> None:
    source = (
        "import threading\n"
        "wait = threading.Event()\n"
        "try:\n"
        "    for number in range(2000): threading.Thread(target=wait.wait, daemon=True).start()\n"
        "except RuntimeError: print('refused')\n"
    )
    finished = python(source, tmp_path, limits=Limits(memory_bytes=32 << 30))
    assert finished.stdout.split() == [b"refused"]


def test_files_that_are_gone_count_as_written(tmp_path: Path) -> None:
    source = (
        "import os, tempfile\n"
        "while True:\n"
        "    with open(os.path.join(os.environ['TMPDIR'], 'x'), 'wb') as file:\n"
        "        os.unlink(file.name)\n"
        "        file.write(bytes(1 << 20))\n"
    )
    finished = python(source, tmp_path, limits=Limits(output_bytes=4 << 20, wall_seconds=30))
    assert finished.reason == "output"


def test_what_it_says_is_heard_as_it_goes_on(tmp_path: Path) -> None:
    heard: list[str] = []

    def hear(words: str) -> None:
        heard.append(words)
        (tmp_path / "heard").touch()

    source = (
        "from pathlib import Path\nprint('before', flush=True)\n"
        "while not Path('heard').exists(): pass\nprint('after', flush=True)\n"
    )
    finished = python(source, tmp_path, hear=hear, limits=Limits(wall_seconds=30))
    assert finished.reason is None and heard[0] == "before"


def test_it_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    mark = f"orphan-{os.getpid()}"
    wait = "import signal; print('up', flush=True); signal.pause()"
    source = (
        "import sys\n"
        "from pathlib import Path\n"
        "from publishing import confine\n"
        f"confine.run([sys.executable, '-c', {wait!r}, {mark!r}], folder=Path(sys.argv[1]),"
        " hear=lambda words: print(words, flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", source, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT
    ) as starter:
        assert starter.stdout and starter.stdout.readline() == b"up\n"
        inner = [p for p in psutil.process_iter(["cmdline"]) if mark in (p.info["cmdline"] or [])]
        starter.kill()
    _, alive = psutil.wait_procs(inner, timeout=10)
    assert inner and not alive


def test_nothing_that_was_started_lives_on(tmp_path: Path) -> None:
    mark = f"confined-{os.getpid()}"
    source = (
        "import subprocess, sys\n"
        f"for _ in range(3): subprocess.Popen([sys.executable, '-c', "
        f"'import threading; threading.Event().wait()', '{mark}'], start_new_session=True)\n"
    )
    python(source, tmp_path)
    python(source + "import signal; signal.pause()", tmp_path, limits=Limits(wall_seconds=1))
    alive = [p for p in psutil.process_iter(["cmdline"]) if mark in (p.info["cmdline"] or [])]
    assert not alive


def test_secrets_and_other_folders_are_out_of_reach(tmp_path: Path) -> None:
    secret, folder, course = (tmp_path / name for name in ("secrets", "work", "course"))
    for each in (secret, folder, course):
        each.mkdir()
    (secret / "token").write_text("canary-token")
    (course / "data.csv").write_text("পাঠ,১")
    source = (
        "from pathlib import Path\n"
        f"print(Path({str(course)!r}, 'data.csv').read_text())\n"
        "Path('mine').write_text('mine')\n"
        f"for path in ({str(secret / 'token')!r}, {str(course / 'new')!r}, '/tmp/new'):\n"
        "    try: print(open(path, 'r' if 'token' in path else 'w'))\n"
        "    except OSError as error: print('refused')\n"
    )
    finished = python(source, folder, hidden=[tmp_path], readable=[course])
    if not finished.isolated:
        return  # this system gives no namespaces, and publishing says so
    assert finished.stdout.decode().split() == ["পাঠ,১", "refused", "refused", "refused"]
    assert (folder / "mine").read_text() == "mine"
    assert not Path("/tmp/new").exists()  # noqa: S108 - what must not be there


def test_even_root_cannot_uncover_what_is_hidden(tmp_path: Path) -> None:
    secret, folder = tmp_path / "secrets", tmp_path / "work"
    for each in (secret, folder):
        each.mkdir()
    (secret / "token").write_text("canary-token")
    source = (
        "import ctypes, os\n"
        f"ctypes.CDLL(None).umount2({os.fsencode(secret)!r}, 2)\n"
        f"print(os.path.exists({str(secret / 'token')!r}))\n"
        "for path in ('/proc/sys/kernel/core_pattern', '/proc/sys/kernel/pid_max'):\n"
        "    try: open(path, 'a')\n"
        "    except OSError: print('refused')\n"
    )
    finished = python(source, folder, hidden=[secret])
    assert finished.isolated
    assert finished.stdout.split() == [b"False", b"refused", b"refused"]


def test_the_network_is_out_of_reach(tmp_path: Path) -> None:
    source = "import socket; socket.create_connection(('127.0.0.1', 22), 2)"
    finished = python(source, tmp_path)
    assert not finished.isolated or b"OSError" in finished.stderr or b"refused" in finished.stderr


def test_cells_run_in_one_fresh_kernel(tmp_path: Path) -> None:
    results = cells("x = 1", "x + 1", "1/0", "print('ওকে')", folder=tmp_path)
    kinds = [[output["output_type"] for output in cell["outputs"]] for cell in results]
    assert kinds == [[], ["execute_result"], ["error"], ["stream"]]
    assert results[1]["outputs"][0]["data"]["text/plain"] == "2"


def test_a_dead_kernel_fails_its_cell_and_all_after_it(tmp_path: Path) -> None:
    results = cells("1", "import os; os._exit(1)", "2", folder=tmp_path)
    names = [cell["outputs"][0].get("ename") for cell in results]
    assert names == [None, "DeadKernelError", "DeadKernelError"]
