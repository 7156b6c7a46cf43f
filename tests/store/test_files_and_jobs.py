"""Artifacts are kept whole; jobs are names and ids, tried again when they fail."""

import hashlib
import sqlite3
import threading
from pathlib import Path

import pytest

from store.artifacts import Artifacts
from store.errors import NotFound
from store.jobs import Jobs

LIMIT = 30


def test_a_file_is_kept_under_the_hash_of_its_content(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path / "artifacts")
    source = tmp_path / "ক্লিপ.mp4"
    source.write_bytes("জোড়ায় কথা".encode())

    sha = artifacts.put(source, "video/mp4")

    assert sha == hashlib.sha256(source.read_bytes()).hexdigest()
    assert artifacts.put(source.read_bytes(), "video/mp4") == sha
    assert artifacts.read(sha) == source.read_bytes()
    assert artifacts.exists(sha)
    assert [path.name for path in artifacts.root.rglob("*") if path.is_file()] == [sha]


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 63, "A" * 64, "", "a" * 64 + "\n"])
def test_what_is_no_hash_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        Artifacts(tmp_path).path(name)


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        Artifacts(tmp_path).read("0" * 64)


def test_a_job_reaches_its_handler_in_another_part_of_the_house(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    Jobs(path).enqueue("autograde", "12")
    assert Jobs(path).waiting() == 1
    done = threading.Event()
    subjects: list[str] = []

    def autograde(subject: str) -> None:
        subjects.append(subject)
        done.set()

    work(path, autograde, done)
    assert subjects == ["12"]
    assert Jobs(path).waiting() == 0


def test_a_job_that_fails_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    Jobs(path).enqueue("autograde", "12")
    done = threading.Event()
    attempts: list[str] = []

    def autograde(subject: str) -> None:
        attempts.append(subject)
        if len(attempts) == 1:
            raise OSError("the gradebook is busy")
        done.set()

    work(path, autograde, done)
    assert attempts == ["12", "12"]


def test_nothing_in_the_queue_is_ever_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    Jobs(path).enqueue("autograde", "12")
    with sqlite3.connect(path) as queue:
        (data,) = queue.execute("SELECT data FROM task").fetchone()
    assert data.startswith(b"{")


def work(path: Path, autograde: object, done: threading.Event) -> None:
    """Run a worker until the job is done, then stop it."""
    jobs = Jobs(path)
    jobs.handle("autograde", autograde)  # type: ignore[arg-type]
    worker = threading.Thread(target=jobs.run)
    worker.start()
    try:
        assert done.wait(LIMIT)
    finally:
        jobs.stop()
        worker.join(LIMIT)
