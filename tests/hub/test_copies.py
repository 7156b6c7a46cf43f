"""Copies by themselves: where something changed, said in words where they fail, killed at will."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.waiting import wait_until
from hub.backup_command import databases
from hub.copies import Copies, seconds_between_looks
from hub.preparation import said_of_copies
from hub.settings import Settings
from hub.watched import looks
from store.backup import restore
from store.changes import Changes
from store.database import Database
from store.schema import upgrade
from store.tables import Setting
from tests.conftest import PATHSHALA, serving_environment
from tests.copying import wait_for_a_copy_to_begin
from tests.factories import Clock, clock

__all__ = ["clock"]

SECONDS = 30
PORT = 20370


@dataclass
class House:
    """A data folder, the folder of its copies, and how the process that makes them runs."""

    folder: Path
    process: subprocess.Popen[str] | None = None

    @property
    def settings(self) -> Settings:
        return Settings.from_env(self.environment)

    @property
    def environment(self) -> dict[str, str]:
        given = {"PATHSHALA_COPIES": str(self.copies), "PATHSHALA_COPIES_EVERY": "1"}
        return serving_environment(self.folder / "data", PORT, **given)

    @property
    def copies(self) -> Path:
        return self.folder / "copies"

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder}/data/pathshala.sqlite"

    def made(self) -> list[str]:
        return sorted(path.stem for path in self.copies.glob("copies/*.json"))

    def said(self) -> str:
        return (self.folder / "said").read_text()

    def is_well(self) -> bool:
        return looks(self.settings)["copies"]()

    def write(self, word: str) -> None:
        with closing(Database(self.database)) as database:
            database.write(lambda session: session.merge(Setting(key="word", value=word)))

    @contextmanager
    def copying(self) -> Iterator[subprocess.Popen[str]]:
        with (self.folder / "said").open("w") as said, (self.folder / "log").open("a") as log:
            process = subprocess.Popen(
                [PATHSHALA, "run-copies"], env=self.environment, stdout=log, stderr=said, text=True
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def house(tmp_path: Path) -> House:
    upgrade(f"sqlite:///{tmp_path}/data/pathshala.sqlite")
    return House(tmp_path)


def looks_of(house: House) -> int:
    """A number that grows with each look for changes."""
    return (house.folder / "data/measured/copies.prom").stat().st_mtime_ns


def test_a_copy_is_made_where_something_changed_and_nowhere_else(house: House) -> None:
    house.write("এক")
    with house.copying() as process:
        wait_until(lambda: len(house.made()) == 1, seconds=SECONDS)
        wait_until(house.is_well, seconds=SECONDS)
        for _ in range(2):
            before = looks_of(house)
            wait_until(lambda before=before: looks_of(house) > before, seconds=SECONDS)
        assert len(house.made()) == 1
        house.write("দুই")
        wait_until(lambda: len(house.made()) == 2, seconds=SECONDS)
        process.terminate()
        assert process.wait(SECONDS) == 0
    assert house.said() == ""


def test_looks_are_more_frequent_than_copies(house: House) -> None:
    settings = replace(house.settings, copies_every=60)
    with closing(Changes(databases(settings), ())) as changes:
        copies = Copies(settings, house.copies, changes)
        made = []
        for seconds in range(0, 130, 10):
            if seconds in (10, 120):
                house.write(f"{seconds} সেকেন্ডে")
            copies.look(seconds)
            made.append(len(house.made()))
    assert made == [1] * 6 + [2] * 6 + [3]
    assert [seconds_between_looks(every) for every in (1, 15, 60)] == [1, 7.5, 10]


def test_a_part_that_hangs_is_missed_within_a_minute_and_a_long_copy_is_not(
    house: House, clock: Clock
) -> None:
    settings = replace(house.settings, copies_every=3600)
    sign = settings.measured / "copies.prom"
    sign.parent.mkdir(parents=True)
    for is_made, patience in ((0, 60), (1, 3600)):
        sign.write_text(f"pathshala_copies_failing 0.0\npathshala_copy_is_made {is_made}.0\n")
        clock.at = datetime.fromtimestamp(sign.stat().st_mtime, UTC)
        is_well = looks(settings)["copies"]
        clock.move(seconds=patience - 1)
        assert is_well()
        clock.move(seconds=2)
        assert not is_well()


def test_one_that_is_killed_while_it_copies_adds_none_and_the_next_is_whole(
    house: House, tmp_path: Path
) -> None:
    for times, word in enumerate(("এক", "দুই")):
        house.write(word)
        with house.copying() as killed:
            wait_for_a_copy_to_begin(house.copies)
            killed.kill()
            killed.wait(SECONDS)
        assert len(house.made()) == times
        with house.copying():
            wait_until(lambda times=times: len(house.made()) > times, seconds=SECONDS)
        aside = tmp_path / word
        back = restore(house.copies, aside, {"pathshala": f"sqlite:///{aside}/pathshala.sqlite"})
        assert back.name == house.made()[-1]


def test_the_start_says_in_words_whether_copies_are_made(house: House) -> None:
    settings = house.settings
    assert said_of_copies(replace(settings, copies=None)).startswith("NONE ARE MADE")
    said = said_of_copies(settings)
    assert f"every 1 s into {house.copies} (on the same disk as the data)" in said
    assert "the first one soon" in said
    with house.copying():
        wait_until(house.made, seconds=SECONDS)
    assert "the newest of 20" in said_of_copies(settings)
    shutil.rmtree(house.copies)
    house.copies.touch()
    assert "NONE CAN BE MADE" in said_of_copies(settings)


def test_copies_that_fail_say_so_once_and_again_when_they_succeed(house: House) -> None:
    house.copies.write_text("a file in the place of the folder")
    with house.copying():
        wait_until(lambda: "No copy is made" in house.said(), seconds=SECONDS)
        assert str(house.copies) in house.said()
        wait_until(lambda: (house.folder / "data/measured/copies.prom").exists(), seconds=SECONDS)
        before = looks_of(house)
        wait_until(lambda: looks_of(house) > before, seconds=SECONDS)
        assert not house.is_well()
        house.copies.unlink()
        wait_until(lambda: "Copies are made again" in house.said(), seconds=SECONDS)
        wait_until(house.is_well, seconds=SECONDS)
    assert house.said().count("No copy is made") == 1
    shutil.rmtree(house.copies)
