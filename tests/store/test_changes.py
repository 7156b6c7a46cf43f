"""A copy is made where something changed, and nowhere else."""

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.waiting import wait_until
from store.changes import SECONDS_LATE, Changes
from store.database import Database
from store.schema import upgrade
from tests.databases import a_database, a_server, server
from tests.store.writing import add, names

SECONDS = 30


@pytest.fixture
def changes(url: str, tmp_path: Path) -> Iterator[Changes]:
    (tmp_path / "labs").mkdir()
    made = Changes({"pathshala": url, "jobs": f"sqlite:///{tmp_path}/none"}, (tmp_path / "labs",))
    with closing(made):
        yield made


def write(url: str, name: str) -> None:
    """Write in a session that ends: then PostgreSQL tells of it at once."""
    with closing(Database(url)) as database:
        database.write(add(name))


def test_reading_changes_nothing_and_a_write_does(url: str, changes: Changes) -> None:
    before = changes.mark()
    with closing(Database(url)) as database:
        names(database)
    assert changes.mark() == before
    write(url, "জোড়া")
    wait_until(lambda: changes.mark() != before, seconds=SECONDS)
    after = changes.mark()
    assert changes.mark() == after


@pytest.mark.bar
def test_a_write_is_told_although_its_session_goes_on(database: Database, changes: Changes) -> None:
    database.write(add("এক"))
    before = changes.mark()
    database.write(add("দুই"))
    wait_until(lambda: changes.mark() != before, seconds=2 * SECONDS_LATE)


@pytest.fixture
def ours() -> Iterator[str]:
    """The address of a store on a server that keeps other databases too."""
    with a_database("postgresql", upgrade, Path()) as url:
        yield url


def test_a_write_in_another_database_of_the_server_changes_nothing(ours: str) -> None:
    theirs = server().url("postgres")
    with closing(Changes({"ours": ours}, ())) as here, closing(Changes({"": theirs}, ())) as there:
        before, before_there = here.mark(), there.mark()
        server().run(
            "CREATE TABLE elsewhere (word text)",
            "INSERT INTO elsewhere SELECT 'অন্যের' FROM generate_series(1, 1000)",
            "DROP TABLE elsewhere",
        )
        wait_until(lambda: there.mark() != before_there, seconds=SECONDS)
        assert here.mark() == before
        write(ours, "আমাদের")
        wait_until(lambda: here.mark() != before, seconds=SECONDS)


def test_a_restart_changes_nothing_and_a_crash_counts_as_a_change() -> None:
    own = a_server()
    with closing(Changes({"pathshala": own.url("postgres")}, ())) as changes:
        marks = [changes.mark()]
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGQUIT):
            own.stop(how)
            own.start()
            marks.append(changes.mark())
    own.remove()
    assert marks[0] == marks[1]
    assert len({*marks}) == 3  # nothing is counted after either crash, and yet they differ


def test_a_server_that_does_not_count_changes_with_its_log(ours: str) -> None:
    name = ours.rpartition("/")[2]
    server().run(f"ALTER DATABASE {name} SET track_counts = off")
    with closing(Changes({"ours": ours}, ())) as changes:
        before = changes.mark()
        write(ours, "না গুনেও")
        assert changes.mark() != before


def test_a_file_of_a_lab_is_a_change(changes: Changes, tmp_path: Path) -> None:
    before = changes.mark()
    file = tmp_path / "labs" / "নোট.ipynb"
    file.write_text("{}")
    made = changes.mark()
    assert made != before
    file.unlink()
    assert changes.mark() == before


def test_a_database_that_does_not_answer_counts_as_changed(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes("এটি ডাটাবেস নয়".encode() * 100)
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    for url in (f"sqlite:///{broken}", nowhere):
        with closing(Changes({"pathshala": url}, ())) as changes:
            assert changes.mark() != changes.mark()
