"""A copy is whole or none; it comes back as it was; a damaged one is refused by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from store.artifacts import Artifacts
from store.backup import back_up, epoch, restore
from store.copies import Copy, Kept, Place, read
from store.database import Database
from store.errors import NotAllowed, PathshalaError
from store.schema import upgrade
from store.tables import Setting
from tests.databases import KINDS, a_database, server
from tests.factories import Clock

FILM = "শ্রেণিকক্ষ".encode() * 1000


@dataclass(frozen=True)
class House:
    """An installation: its folder, and its databases by name."""

    data: Path
    store: str

    @property
    def databases(self) -> dict[str, str]:
        return {"jobs": f"sqlite:///{self.data}/jobs.sqlite", "pathshala": self.store}

    def say(self, **facts: str) -> None:
        with closing(Database(self.store)) as database:
            for key, value in facts.items():
                database.write(lambda s, k=key, v=value: s.merge(Setting(key=k, value=v)))

    def said(self, key: str) -> Any:
        with closing(Database(self.store)) as database, database.read() as session:
            kept = session.get(Setting, key)
            return kept.value if kept else None

    def epoch(self) -> str:
        with closing(Database(self.store)) as database, database.read() as session:
            return epoch(session)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "postgresql":
        path = f"{server().binaries}:{os.environ['PATH']}"
        monkeypatch.setenv("PATH", path)
    return str(request.param)


@pytest.fixture
def house(kind: str, tmp_path: Path) -> Iterator[House]:
    with a_database(kind, upgrade, tmp_path / "data") as url:
        house = House(tmp_path / "data", url)
        house.say(word="উদ্বৃত্ত")
        Artifacts(house.data / "artifacts").put(FILM, "video/mp4")
        lab = house.data / "labs" / "trainer"
        lab.mkdir(parents=True)
        (lab / "নোট.ipynb").write_text("{}")
        (lab / "link").symlink_to("/etc/passwd")
        (house.data / "secrets").mkdir()
        (house.data / "secrets" / "portal-token").write_text("geheim")
        yield house


@pytest.fixture
def empty(kind: str, tmp_path: Path) -> Iterator[House]:
    with a_database(kind, _nothing, tmp_path / "aside", "empty") as url:
        data = tmp_path / "new"
        sqlite = f"sqlite:///{data}/pathshala.sqlite"
        yield House(data, sqlite if kind == "sqlite" else url)


def _nothing(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()


def keep_a_copy(house: House, folder: Path, keep: int = 9) -> Copy:
    return back_up(folder, house.data, house.databases, keep=keep)


def bring_back(house: House, folder: Path, name: str | None = None) -> Copy:
    return restore(folder, house.data, house.databases, name=name)


def only(artifacts: Path) -> Path:
    """The one file that is kept."""
    (path,) = artifacts.glob("*/*")
    return path


def test_a_copy_comes_back_as_it_was_with_another_epoch(
    house: House, empty: House, tmp_path: Path
) -> None:
    made = keep_a_copy(house, tmp_path / "copies")
    house.say(word="পরে লেখা")
    back = bring_back(empty, tmp_path / "copies")
    assert back.name == made.name
    assert empty.said("word") == "উদ্বৃত্ত"
    assert empty.epoch() and empty.epoch() != house.epoch()
    assert only(empty.data / "artifacts").read_bytes() == FILM
    assert (empty.data / "labs/trainer/নোট.ipynb").read_text() == "{}"
    assert not (empty.data / "labs/trainer/link").exists()


def test_no_secret_is_in_a_copy_and_nobody_else_reads_it(house: House, tmp_path: Path) -> None:
    copy = keep_a_copy(house, tmp_path / "copies")
    assert not [path for path in copy.files if "secret" in path]
    assert (tmp_path / "copies").stat().st_mode & 0o077 == 0
    for path in (tmp_path / "copies").rglob("*"):
        assert path.is_dir() or path.name == "lock" or path.stat().st_mode & 0o777 == 0o600, path


def test_another_copy_costs_what_is_new_and_old_ones_go(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    film = only(house.data / "artifacts")
    names = []
    for word in ("এক", "দুই", "তিন"):
        house.say(word=word)
        names.append(keep_a_copy(house, folder, keep=2).name)
    assert sorted(path.stem for path in (folder / "copies").glob("*.json")) == names[1:]
    assert len([*folder.glob(f"files/*/{film.name}")]) == 1
    film.unlink()
    for word in ("চার", "পাঁচ"):
        house.say(word=word)
        keep_a_copy(house, folder, keep=2)
    assert not [*folder.glob(f"files/*/{film.name}")], "what is forgotten goes with its last copy"


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_where_nothing_changed_there_is_no_other_copy(house: House, tmp_path: Path) -> None:
    first = keep_a_copy(house, tmp_path / "copies")
    again = keep_a_copy(house, tmp_path / "copies")
    assert (again.is_new, again.name) == (False, first.name)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _alter(path: Path) -> None:
    old = path.read_bytes()
    path.write_bytes(old[:50] + bytes([old[50] ^ 1]) + old[51:])


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("harm", [_cut, _alter, Path.unlink])
@pytest.mark.parametrize("what", ["files/*/*", "copies/*.json"])
def test_a_torn_or_altered_copy_is_refused_before_anything_is_written(
    house: House, empty: House, tmp_path: Path, harm: Callable[[Path], None], what: str
) -> None:
    folder = tmp_path / "copies"
    keep_a_copy(house, folder)
    harmed = max(folder.glob(what), key=lambda path: path.stat().st_size)
    harm(harmed)
    with pytest.raises(PathshalaError) as refused:
        bring_back(empty, folder)
    gone = harm is Path.unlink and what.endswith(".json")
    assert refused.value.code == ("copy-not-found" if gone else "copy-torn")
    assert gone or refused.value.facts["file"] == str(harmed)
    assert not empty.data.exists()


def test_a_copy_writes_to_no_place_outside(tmp_path: Path) -> None:
    place, kept = Place(tmp_path), Kept("0" * 64, 1)
    for path in ("/etc/passwd", "labs/../../passwd"):
        place.write(Copy("20261122", "0001", {path: kept}))
        with pytest.raises(NotAllowed, match="copy-torn"):
            read(tmp_path / "20261122.json")


def test_a_copy_goes_only_where_nothing_is(house: House, tmp_path: Path) -> None:
    keep_a_copy(house, tmp_path / "copies")
    with pytest.raises(PathshalaError) as refused:
        bring_back(house, tmp_path / "copies")
    assert refused.value.code == "not-empty"
    assert house.said("word") == "উদ্বৃত্ত"


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_copies_go_on_after_a_damaged_one_a_killed_one_and_a_clock_set_back(
    house: House, empty: House, tmp_path: Path, clock: Clock
) -> None:
    folder = tmp_path / "copies"
    first = keep_a_copy(house, folder)
    _cut(folder / "copies" / f"{first.name}.json")
    (folder / ".aside-killed").mkdir()
    clock.move(hours=-1)
    house.say(word="পরে")
    second = keep_a_copy(house, folder)
    assert second.name > first.name and not (folder / ".aside-killed").exists()
    bring_back(empty, folder)
    assert empty.said("word") == "পরে"


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_damaged_artifact_is_not_copied_as_if_it_were_whole(house: House, tmp_path: Path) -> None:
    film = only(house.data / "artifacts")
    _alter(film)
    with pytest.raises(PathshalaError) as refused:
        keep_a_copy(house, tmp_path / "copies")
    assert (refused.value.code, refused.value.facts["file"]) == ("artifact-damaged", str(film))
    assert not [*(tmp_path / "copies").glob("copies/*")]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_where_there_is_nothing_the_cure_is_named(empty: House, tmp_path: Path) -> None:
    with pytest.raises(PathshalaError) as nothing:
        keep_a_copy(empty, tmp_path / "copies")
    assert "PATHSHALA_DATA" in nothing.value.message
    with pytest.raises(PathshalaError) as none:
        bring_back(empty, tmp_path / "copies")
    assert none.value.code == "copy-not-found"


def test_a_copy_for_postgresql_names_the_program_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_database("postgresql", upgrade, tmp_path) as url:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(PathshalaError) as refused:
            keep_a_copy(House(tmp_path / "data", url), tmp_path / "copies")
    assert refused.value.facts == {"program": "pg_dump"}
