"""A copy is made where something changed, and nowhere else."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.waiting import wait_until
from store.changes import Changes
from store.database import Database
from tests.store.writing import add, names


@pytest.fixture
def changes(url: str, tmp_path: Path) -> Iterator[Changes]:
    (tmp_path / "labs").mkdir()
    made = Changes({"pathshala": url, "jobs": f"sqlite:///{tmp_path}/none"}, (tmp_path / "labs",))
    with closing(made):
        yield made


def test_reading_changes_nothing_and_a_write_does(database: Database, changes: Changes) -> None:
    wait_until(lambda: changes.mark() == changes.mark(), seconds=30)  # PostgreSQL tidies up
    before = changes.mark()
    names(database)
    wait_until(lambda: changes.mark() == changes.mark(), seconds=30)
    if database.url.startswith("sqlite"):
        assert changes.mark() == before
    database.write(add("জোড়া"))
    assert changes.mark() != before
    wait_until(lambda: changes.mark() == changes.mark(), seconds=30)


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
