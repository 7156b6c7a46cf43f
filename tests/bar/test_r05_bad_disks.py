"""R5: on a full disk, one that fails, and one that cannot be written, nothing is acknowledged.

Real faults under a real store: a file system that is full or read-only (a small tmpfs; this needs
root, as in a container), and a limit of the system that makes every further write fail (EFBIG,
which SQLite takes as a failing disk, like EIO). Afterwards saving goes on, and all that was
acknowledged is there.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from hub.portal.app import create_app
from store import clock
from store.backup import back_up, restore
from store.database import Database
from store.errors import Unavailable
from store.tables import Answer
from tests.bar.figures import record
from tests.portal.filling import COURSE, MODULE
from tests.portal.world import WRITE, World, a_portal

pytestmark = [pytest.mark.bar, pytest.mark.timeout(120)]

SAVES = 20
DEVICE = "r5-phone"
WORDS = "উদ্বৃত্ত " * 400  # long enough that a page of the store must grow

REFUSED: dict[str, int] = {}  # how many saves, by fault

Fault = Callable[[Path], Any]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB of its own."""
    if os.geteuid() != 0:
        pytest.fail("R5 needs a file system of its own: run it as root, or in a container")
    place = tmp_path / "disk"
    place.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place))
    try:
        yield place
    finally:
        run("umount", "--lazy", str(place))


@pytest.fixture
def world(disk: Path) -> Iterator[World]:
    with a_portal(disk, patience=100) as world:
        yield world


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Leave no byte free."""
    rest = disk / "rest"
    with rest.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    yield
    rest.unlink()


@contextmanager
def failing(disk: Path) -> Iterator[None]:
    """Let every write beyond the first bytes of a file fail."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(("fault", "status"), [(full, 507), (failing, 503)])
def test_nothing_is_acknowledged_that_the_disk_did_not_take(
    world: World, disk: Path, fault: Fault, status: int
) -> None:
    book = Book(world)
    teacher = world.client("teacher")
    assert book.save() == {200}
    assert teacher.get("api/home").status_code == 200
    with fault(disk):
        assert book.save() <= {status}
        assert teacher.get("api/home").status_code == 200  # reading goes on
    assert book.save() == {200}
    assert book.kept() == book.acknowledged
    REFUSED[fault.__name__] = book.refused


def test_a_disk_that_cannot_be_written_acknowledges_nothing(world: World, disk: Path) -> None:
    book = Book(world)
    assert book.save() == {200}
    world.portal.database.close()
    run("mount", "-o", "remount,ro", str(disk))
    with reopened(world) as again:
        book.move_to(again)
        assert book.save() <= {503, 507}
    run("mount", "-o", "remount,rw", str(disk))
    with reopened(world) as again:
        book.move_to(again)
        assert book.save() == {200}
        assert book.kept() == book.acknowledged
    REFUSED["read-only"] = book.refused
    faults = ", ".join(f"{fault} {saves}" for fault, saves in REFUSED.items())
    record("R5", f"no save acknowledged that the disk did not take (refused: {faults})")


def test_a_disk_of_copies_that_is_full_is_said_and_harms_no_older_copy(
    disk: Path, tmp_path: Path
) -> None:
    folder, data = disk / "copies", tmp_path / "world"
    with a_portal(data, patience=100) as world:
        databases = {"pathshala": world.portal.database.url}
        book = Book(world)
        assert book.save() == {200}
        first = back_up(folder, data, databases, keep=9)
        assert book.save() == {200}
        with full(disk), pytest.raises(Unavailable) as refused:
            back_up(folder, data, databases, keep=9)
        assert refused.value.code == "copy-not-written"
        assert str(folder) in str(refused.value.facts)
        aside = tmp_path / "restored"
        where = {"pathshala": f"sqlite:///{aside}/pathshala.sqlite"}
        assert restore(folder, aside, where).name == first.name
        assert back_up(folder, data, databases, keep=9).is_new


@contextmanager
def reopened(world: World) -> Iterator[World]:
    """The same portal in another process, as it were: with the store opened anew."""
    with closing(Database(world.portal.database.url)) as database:
        portal = replace(world.portal, database=database)
        yield replace(world, portal=portal, app=create_app(portal))


class Book:
    """What one phone was told about its saves."""

    def __init__(self, world: World) -> None:
        self.move_to(world)
        self.acknowledged: set[int] = set()
        self.refused = 0
        self.sequence = 0

    def move_to(self, world: World) -> None:
        """Go on with a portal that was started anew."""
        self.world = world
        self.client = world.client("teacher")

    def save(self) -> set[int]:
        """Save some times; return the statuses that came."""
        statuses = set()
        for _ in range(SAVES):
            self.sequence += 1
            answer = self._put()
            statuses.add(answer.status_code)
            if answer.status_code == 200:
                self.acknowledged.add(self.sequence)
            else:
                self.refused += 1
                assert answer.json()["retry"] is True, answer.text
        return statuses

    def kept(self) -> set[int]:
        with self.world.portal.database.read() as session:
            query = select(Answer.sequence).where(Answer.device == DEVICE)
            return set(session.scalars(query))

    def _put(self) -> httpx.Response:
        moment = clock.iso(clock.now())
        body = {
            "person": self.world.ids["teacher"],
            "device": DEVICE,
            "sequence": self.sequence,
            "edited_at": moment,
            "sent_at": moment,
            "value": f"{self.sequence} {WORDS}",
        }
        address = f"api/courses/{COURSE}/{MODULE}/answers/saw"
        answer: httpx.Response = self.client.put(address, json=body, headers=WRITE)
        return answer


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
