"""The supervisor with small real processes: started again when they die, and none left after."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from bench.waiting import wait_until
from hub.lock import url_of_running
from hub.settings import Settings
from hub.siblings import siblings

SECONDS = 30

# A sibling of the kind that `pathshala serve` has: it starts a child in a session of its own, as
# a Lab or a kernel is.
SIBLING = """
import subprocess, sys, threading
rest = "import threading; threading.Event().wait(600)"
subprocess.Popen([sys.executable, "-c", rest, "grandchild"], start_new_session=True)
threading.Event().wait(600)
"""
SERVE = """
import sys
{before}
from hub.settings import Settings
from hub.supervisor import Plan, Sibling, serve

command = [sys.executable, "-c", {code!r}, "sibling"]
sibling = Sibling("worker", command, dict(PATH="/bin"), nice=3)
plan = Plan([sibling], [sys.executable, "-c", "pass"], lambda: True, lambda: "ready")
sys.exit(serve(Settings.from_env(), plan))
"""


@contextmanager
def serving(
    data: Path, code: str = SIBLING, port: int = 20350, before: str = ""
) -> Iterator[psutil.Popen]:
    output = (data / "said").open("wb")
    process = psutil.Popen(
        [sys.executable, "-c", SERVE.format(code=code, before=before)],
        env={**os.environ, "PATHSHALA_DATA": str(data), "PATHSHALA_PORT": str(port)},
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        output.close()
        if process.poll() is None:
            for each in (*process.children(recursive=True), process):
                with suppress(psutil.NoSuchProcess):  # each ends when its starter does
                    each.kill()


def find(process: psutil.Process, word: str) -> psutil.Process | None:
    for each in process.children(recursive=True):
        try:
            if each.cmdline()[-1:] == [word]:
                return each
        except psutil.NoSuchProcess:
            continue
    return None


def wait_for(process: psutil.Process, word: str, other_than: int = 0) -> psutil.Process:
    wait_until(
        lambda: (found := find(process, word)) is not None and found.pid != other_than,
        seconds=SECONDS,
    )
    found = find(process, word)
    assert found is not None
    return found


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=SECONDS)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.parametrize(
    "ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda s: s.name
)
def test_however_it_ends_no_process_is_left(tmp_path: Path, ending: signal.Signals) -> None:
    with serving(tmp_path) as process:
        wait_for(process, "grandchild")
        below = process.children(recursive=True)
        assert len(below) == 3  # the supervisor, the sibling, its child
        process.send_signal(ending)
        assert_gone([process, *below])


def test_siblings_may_open_as_many_files_as_the_system_allows(tmp_path: Path) -> None:
    usual, most = before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(usual, 512), most))
    try:
        with serving(tmp_path) as process:
            sibling = wait_for(process, "grandchild")
            assert sibling.rlimit(psutil.RLIMIT_NOFILE) == (most, most)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_sibling_stands_back_with_all_that_it_starts(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        assert wait_for(process, "grandchild").nice() == process.nice() + 3


def test_who_saves_goes_first(tmp_path: Path) -> None:
    settings = Settings.from_env({"PATHSHALA_DATA": str(tmp_path), "PATHSHALA_COPIES": "/copies"})
    back = {each.name: each.nice for each in siblings(settings)}
    assert back["proxy"] == back["portal"] == 0
    assert 0 < back["hub"] < back["worker"] == back["copies"]


def test_a_killed_supervisor_is_cleared_up_by_its_keeper(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        wait_for(process, "grandchild")
        below = process.children(recursive=True)
        process.children()[0].kill()
        assert_gone([process, *below])


def test_a_closed_terminal_ends_everything(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        wait_for(process, "grandchild")
        below = process.children(recursive=True)
        os.killpg(process.pid, signal.SIGHUP)
        assert_gone([process, *below])


def test_a_killed_sibling_is_back_at_once(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        first = wait_for(process, "sibling")
        wait_until(lambda: "ready" in (tmp_path / "said").read_text(), seconds=SECONDS)
        first.kill()
        second = wait_for(process, "sibling", other_than=first.pid)
        assert second.is_running()
        wait_until(lambda: "starting it again now" in (tmp_path / "said").read_text(), seconds=5)


def test_a_sibling_that_cannot_start_ends_all_with_its_last_words(tmp_path: Path) -> None:
    with serving(tmp_path, code="raise SystemExit('কাগজ নেই')") as process:
        assert process.wait(SECONDS) == 1
    said = (tmp_path / "said").read_text()
    assert "The worker does not start" in said and "কাগজ নেই" in said


def test_a_long_log_is_put_aside_and_written_on(tmp_path: Path) -> None:
    code = """
from pathlib import Path
from threading import Event

print("কথা " * 1000, flush=True)
while not Path("logs/worker.log.1").exists() or Path("logs/worker.log").stat().st_size:
    Event().wait(0.05)
print("পরে", flush=True)
Event().wait(600)
"""
    logs = tmp_path / "logs"
    of_a_lab = logs / "labs/0123.log"
    of_a_lab.parent.mkdir(parents=True)
    of_a_lab.write_text("ল্যাব " * 1000)
    with serving(tmp_path, code=code, before="import hub.supervisor as it; it.LOG_BYTES = 5000"):
        wait_until(lambda: (logs / "worker.log.1").exists(), seconds=SECONDS)
        wait_until(lambda: (logs / "worker.log").read_text() == "পরে\n", seconds=SECONDS)
        assert (logs / "worker.log.1").read_text().startswith("কথা")
        wait_until(lambda: of_a_lab.read_text() == "", seconds=SECONDS)
        assert of_a_lab.with_suffix(".log.1").read_text().startswith("ল্যাব")


def test_a_log_is_shortened_though_it_cannot_be_put_aside(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    (logs / "labs").mkdir(parents=True)
    blocked = logs / "worker.log"
    blocked.with_suffix(".log.1").symlink_to("/dev/full")  # a disk without room
    lab = logs / "labs" / "somebody.log"
    for log in (blocked, lab):
        log.write_text("কথা " * 1000)
    with serving(tmp_path, before="import hub.supervisor as it; it.LOG_BYTES = 5000"):
        wait_until(lambda: blocked.stat().st_size == lab.stat().st_size == 0, seconds=SECONDS)
    assert not blocked.with_suffix(".log.1").is_symlink()
    assert lab.with_suffix(".log.1").read_text().startswith("কথা")


def test_a_second_one_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        wait_for(process, "sibling")
        refused = subprocess.run(
            [Path(sys.executable).with_name("pathshala"), "serve"],
            env={**os.environ, "PATHSHALA_DATA": str(tmp_path), "PATHSHALA_PORT": "20360"},
            capture_output=True,
            text=True,
        )
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert f"(process {process.pid})" in refused.stderr and "PATHSHALA_DATA" in refused.stderr


def test_while_it_runs_others_are_told_where(tmp_path: Path) -> None:
    settings = Settings.from_env({"PATHSHALA_DATA": str(tmp_path)})
    assert url_of_running(settings) == "http://127.0.0.1:8000"
    with serving(tmp_path, port=20380) as process:
        wait_for(process, "sibling")
        assert url_of_running(settings) == "http://127.0.0.1:20380"
        below = process.children(recursive=True)
        process.kill()
        assert_gone([process, *below])
        assert "20380" in (tmp_path / "lock").read_text(), "nobody cleared it"
        assert url_of_running(settings) == "http://127.0.0.1:8000"
