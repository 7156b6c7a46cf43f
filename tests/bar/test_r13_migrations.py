"""R13: migrations keep what is there, may be killed half-way, and stop code of another version.

Every schema that was ever released is made anew, filled with a whole small world, and brought to
today's tables by the real command's way, after being killed at several places.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, create_engine, event, select, text

from store.engines import open_engine
from store.errors import NotAllowed
from store.schema import MIGRATIONS, check, newest, number_of, upgrade
from tests.factories import empty_url
from tests.portal.world import a_portal

__all__ = ["empty_url"]

EARLIER = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))[:-1]
Rows = dict[str, list[dict[str, Any]]]
KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from store.schema import upgrade

left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(sys.argv[1])
"""


@pytest.fixture
def world(empty_url: str, tmp_path: Path) -> Rows:
    """What is in a whole small world of today, in the same kind of database."""
    with a_portal(tmp_path / "world", kind=empty_url.partition(":")[0].partition("+")[0]) as world:
        return everything(world.portal.database.url)


@pytest.mark.parametrize("number", EARLIER)
def test_nothing_is_lost_on_the_way_from_a_released_schema(
    empty_url: str, world: Rows, number: str
) -> None:
    url = empty_url
    upgrade(url, to=number)
    fill(url, world)
    before = everything(url)
    assert sum(map(len, before.values())) > 50
    steps = statements_of_an_upgrade(url, number)
    for at in (steps // 4, steps // 2, steps - 1):
        killed = subprocess.run([sys.executable, "-c", KILLED, url, str(at)], check=False)
        assert killed.returncode == -signal.SIGKILL
        assert number_of(url) == number
        assert everything(url) == before
    upgrade(url)
    check(url)
    after = everything(url)
    for table, rows in before.items():
        kept = [{name: row[name] for name in rows[0]} for row in after[table]] if rows else []
        assert kept == rows, table


def test_code_of_an_older_version_stops_with_one_clear_sentence(empty_url: str) -> None:
    upgrade(empty_url)
    set_number(empty_url, "9999")
    for refused in (check, upgrade):
        with pytest.raises(NotAllowed, match="database-newer") as error:
            refused(empty_url)
        assert error.value.facts["found"] == "9999" and error.value.facts["known"] == newest()


def test_the_portal_does_not_start_on_tables_of_another_version(tmp_path: Path) -> None:
    data = tmp_path / "data"
    upgrade(f"sqlite:///{data / 'pathshala.sqlite'}")
    set_number(f"sqlite:///{data / 'pathshala.sqlite'}", "9999")
    refused = subprocess.run(
        [sys.executable, "-m", "hub.command", "run-portal"],
        env={**os.environ, "PATHSHALA_DATA": str(data), "PATHSHALA_PORT": "1024"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert refused.returncode == 1
    assert "newer Pathshala" in refused.stderr and "Traceback" not in refused.stderr


def everything(url: str) -> Rows:
    """Every row of every table, in a fixed order, as the database itself describes them."""
    engine = open_engine(url, read_only=True)
    try:
        with engine.connect() as connection:
            found = MetaData()
            found.reflect(connection, only=is_filled)
            return {
                name: sorted(
                    (dict(row) for row in connection.execute(select(table)).mappings()),
                    key=repr,
                )
                for name, table in found.tables.items()
                if name != "alembic_version"
            }
    finally:
        engine.dispose()


def is_filled(table: str, _: MetaData) -> bool:
    """Whether a table holds rows of its own: the search's are made anew of others."""
    return not table.startswith("library_words")


def fill(url: str, world: Rows) -> None:
    """Put what the tables of this time can hold of the world into them."""
    engine = create_engine(url)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # any order; SQLite asks for none by itself
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        tables = MetaData()
        tables.reflect(connection, only=is_filled)
        for name, table in tables.tables.items():
            columns = set(table.columns.keys())
            rows = [
                {key: value for key, value in row.items() if key in columns}
                for row in world.get(name, [])
            ]
            if rows and name != "alembic_version":
                connection.execute(table.insert(), rows)
    engine.dispose()


def statements_of_an_upgrade(url: str, number: str) -> int:
    """How many statements an upgrade takes: those of one that is undone at its end."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)
        if statement.startswith("UPDATE alembic_version"):
            raise InterruptedError

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with pytest.raises(InterruptedError):
            upgrade(url)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert number_of(url) == number
    return len(seen)


def set_number(url: str, number: str) -> None:
    engine = open_engine(url, read_only=False)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE alembic_version SET version_num = :number"), {"number": number}
        )
    engine.dispose()
