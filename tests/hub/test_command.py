"""The command `pathshala`: exit codes, and errors that name the cure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def pathshala(
    data: Path, *arguments: str, typed: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PATHSHALA_")}
    return subprocess.run(
        [Path(sys.executable).with_name("pathshala"), *arguments],
        env={**environment, "PATHSHALA_DATA": str(data), **settings},
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run("people", "list")` runs the real command on a folder of its own."""
    return partial(pathshala, tmp_path / "data")


@pytest.fixture(scope="module")
def upgraded_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("upgraded") / "data"
    assert pathshala(data, "db", "upgrade").returncode == 0
    return data


@pytest.fixture
def upgraded(run: Run, tmp_path: Path, upgraded_data: Path) -> Run:
    """The same, on a folder whose databases are there."""
    shutil.copytree(upgraded_data, tmp_path / "data")
    return run


def test_help_says_what_there_is_and_which_exit_codes(run: Run) -> None:
    said = run("--help")
    assert said.returncode == 0
    for word in ("serve", "publish", "people", "db", "Exit codes: 0", "PATHSHALA_DATA"):
        assert word in said.stdout
    assert "run-portal" not in said.stdout and "==" not in said.stdout


@pytest.mark.parametrize("arguments", [[], ["sing"], ["people", "add", "রহিমা"], ["publish"]])
def test_a_mistake_in_the_command_is_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2


def test_without_a_database_the_cure_is_named(run: Run) -> None:
    refused = run("people", "list")
    assert refused.returncode == 1
    assert "pathshala db upgrade" in refused.stderr and "Traceback" not in refused.stderr


def test_a_copy_is_made_and_restored_where_nothing_is(upgraded: Run, tmp_path: Path) -> None:
    copies = str(tmp_path / "copies")
    made = upgraded("backup", copies)
    assert made.returncode == 0 and made.stdout.startswith("Copy 2")
    refused = upgraded("restore", copies)
    assert refused.returncode == 1 and "PATHSHALA_DATA" in refused.stderr
    restored = upgraded("restore", copies, PATHSHALA_DATA=str(tmp_path / "other"))
    assert restored.returncode == 0, restored.stderr


def test_upgrading_twice_is_harmless(upgraded: Run) -> None:
    assert upgraded("db", "upgrade").returncode == 0


def test_people_are_added_with_a_password_from_standard_input(upgraded: Run) -> None:
    arguments = ["people", "add", "রহিমা", "--role", "teacher", "--name", "রহিমা খাতুন"]
    place = ["--school", "মধুপুর স.প্রা.বি.", "--upazila", "মধুপুর", "--district", "টাঙ্গাইল"]
    added = upgraded(*arguments, *place, typed="লম্বা একটি পাসওয়ার্ড\n")
    assert added.returncode == 0, added.stderr
    listed = upgraded("people", "list").stdout.splitlines()
    assert listed == ["রহিমা\tরহিমা খাতুন\tteacher\tমধুপুর স.প্রা.বি., টাঙ্গাইল"]


@pytest.mark.parametrize(
    ("name", "typed", "word"),
    [("রহিমা", "ছোট\n", "8 characters"), ("রহিমা খাতুন", "লম্বা পাসওয়ার্ড\n", "no spaces")],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    upgraded: Run, name: str, typed: str, word: str
) -> None:
    refused = upgraded("people", "add", name, "--role", "teacher", typed=typed)
    assert refused.returncode == 1
    assert word in refused.stderr and refused.stderr.count("\n") == 1


def test_somebody_takes_along_what_is_kept_about_her(upgraded: Run, tmp_path: Path) -> None:
    added = ["people", "add", "রহিমা", "--role", "teacher", "--name", "রহিমা খাতুন"]
    assert upgraded(*added, typed="একটি দীর্ঘ পাসওয়ার্ড\n").returncode == 0
    target = tmp_path / "her.zip"
    assert upgraded("people", "export", "রহিমা", "--to", str(target)).returncode == 0
    with zipfile.ZipFile(target) as bundle:
        assert "রহিমা খাতুন" in bundle.read("my-data.json").decode()


def test_publishing_what_is_not_there_is_refused(upgraded: Run) -> None:
    refused = upgraded("publish", "courses/নেই")
    assert refused.returncode == 1 and "course.yml" in refused.stderr


def test_a_taken_port_is_refused_with_another_to_try(run: Run, stack: object) -> None:
    port = stack.port  # type: ignore[attr-defined]
    refused = run("serve", PATHSHALA_PORT=str(port))
    assert refused.returncode == 1
    assert f"Port {port}" in refused.stderr and "PATHSHALA_PORT=" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_foreign_package_with_the_name_of_a_room_stops_everything(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "sharing").mkdir()
    (tmp_path / "sharing" / "__init__.py").touch()
    refused = run("people", "list", PYTHONPATH=str(tmp_path))
    assert refused.returncode == 1
    assert "sharing belongs to" in refused.stderr and "virtual environment" in refused.stderr


def test_no_command_leaves_a_process(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    for process in psutil.process_iter():
        try:
            is_its = process.environ().get("PATHSHALA_DATA") == str(tmp_path / "data")
        except psutil.Error:
            continue
        assert not is_its, process


def test_a_course_is_made_and_checked_without_any_store(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "my-course"
    made = run("course", "new", str(folder), "--bn", "আমার ক্লাস")
    assert made.returncode == 0 and "pathshala lint" in made.stdout
    assert run("lint", str(folder)).stdout == "Nothing to mend.\n"
    notebook = folder / "01-first-module.ipynb"
    text = notebook.read_text("utf-8")
    notebook.write_text(text.replace('"grade_id": "saw"', '"grade_id": "my-plan"'), "utf-8")
    wrong = run("lint", str(notebook))
    assert wrong.returncode == 1
    assert "01-first-module.ipynb:" in wrong.stdout and "error [id-twice]" in wrong.stdout
    assert wrong.stdout.splitlines()[-1].startswith("To mend: 1.")
    assert not (tmp_path / "data").exists()


def test_a_preview_outside_of_a_lab_names_what_works_there(run: Run, tmp_path: Path) -> None:
    refused = run("preview", str(tmp_path))
    assert refused.returncode == 1 and "--dry-run" in refused.stderr
