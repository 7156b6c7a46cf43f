"""R13: migrations keep what is there, may be killed half-way, and stop code of another version.

Every schema that was ever released is made anew, filled with a whole small world, and brought to
today's tables by the real command's way, after being killed at many places: at each statement in
`make bar`, at a few in `make test`.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, select, text

from bench.products import ROOT, free_port
from hub.lock import Locked
from hub.settings import Settings
from store.engines import open_engine
from store.errors import NotAllowed
from store.schema import MIGRATIONS, check, newest, number_of, upgrade
from tests.bar.figures import record
from tests.factories import empty_url
from tests.portal.world import a_portal

__all__ = ["empty_url"]

EARLIER = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))[:-1]
Rows = dict[str, list[dict[str, Any]]]
seen: list[str] = []
KILLED = """
import os, signal, sys
import alembic.command, alembic.config
from sqlalchemy import Engine, event
from store.schema import number_of, upgrade
from tests.bar.test_r13_migrations import everything

url, every = sys.argv[1], int(sys.argv[2])
is_child, at, seen, status = False, 1 - every, 0, 1

@event.listens_for(Engine, "after_cursor_execute")
def count(*_):
    global seen
    seen += 1
    if is_child and seen == at:
        os.kill(os.getpid(), signal.SIGKILL)

before, number = everything(url), number_of(url)
while status:
    at += every
    child = os.fork()
    if child == 0:
        is_child, seen = True, 0
        upgrade(url)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, status
        assert number_of(url) == number, at
        assert everything(url) == before, at
print(at)
"""
"""Upgrades in children, of which the first is killed at its first statement, and so on: by steps of
`every`, until one comes to its end. Before that none may have changed anything."""
ENDED = """
import os, signal, sys
import alembic.command, alembic.config
from grading import gradebook
from hub.preparation import upgrade_databases
from hub.lock import Locked
from hub.settings import Settings
from sqlalchemy import Engine, event

at = status = 1
is_child = False

@event.listens_for(Engine, "commit")
def count(*_):
    global at
    at -= is_child
    if is_child and at == 0:
        os.kill(os.getpid(), signal.SIGKILL)

kills = 0
while status:
    child = os.fork()
    if child == 0:
        is_child = True
        upgrade_databases(Settings.from_env())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    kills += bool(status)
    at += 1
print(kills)
"""
"""The same for all that `pathshala db upgrade` does, killed at each commit."""


@pytest.fixture
def world(empty_url: str, tmp_path: Path) -> Rows:
    """What is in a whole small world of today, in the same kind of database."""
    with a_portal(tmp_path / "world", kind=empty_url.partition(":")[0].partition("+")[0]) as world:
        return everything(world.portal.database.url)


@pytest.mark.parametrize("number", EARLIER)
def test_nothing_is_lost_on_the_way_from_a_released_schema(
    empty_url: str, world: Rows, number: str
) -> None:
    at_all = "KEEP_FIGURES" in os.environ
    url = empty_url
    upgrade(url, to=number)
    fill(url, world)
    before = everything(url)
    assert sum(map(len, before.values())) > 50
    steps = run(KILLED, url, 1 if at_all else 25)
    assert steps > 10
    check(url)
    after = everything(url)
    for table, rows in before.items():
        kept = [{name: row[name] for name in rows[0]} for row in after[table]] if rows else []
        assert kept == rows, table
    if at_all:
        kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
        seen.append(f"from {number} on {kind} at each of {steps - 1} statements")
        record("R13", f"killed {', '.join(seen)}: nothing changed, then brought to {newest()}")


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_an_upgrade_that_was_killed_at_any_commit_is_ended_by_the_next(
    tmp_path: Path, world: Rows
) -> None:
    killed, unhurt = ({"PATHSHALA_DATA": str(tmp_path / name)} for name in ("killed", "unhurt"))
    for given in (killed, unhurt):
        url = store_of(given)
        upgrade(url, to=EARLIER[0])
        fill(url, world)
    kills = run(ENDED, **killed)
    assert kills >= 3
    command(unhurt, "db", "upgrade")
    assert library(store_of(killed)) == library(store_of(unhurt)) > 0
    assert {name: len(rows) for name, rows in everything(store_of(killed)).items()} == {
        name: len(rows) for name, rows in everything(store_of(unhurt)).items()
    }


def test_code_of_an_older_version_stops_with_one_clear_sentence(empty_url: str) -> None:
    upgrade(empty_url)
    set_number(empty_url, "9999")
    for refused in (check, upgrade):
        with pytest.raises(NotAllowed, match="database-newer") as error:
            refused(empty_url)
        assert error.value.facts["found"] == "9999" and error.value.facts["known"] == newest()


OLD = {
    "portal": ["-m", "hub.command", "run-portal"],
    "worker": ["-m", "hub.command", "run-worker"],
    "hub": ["-m", "jupyterhub", "-f", str(ROOT / "jupyterhub_config.py")],
    "serve": ["-m", "hub.command", "serve"],
    "people": ["-m", "hub.command", "people", "list"],
    "upgrade": ["-m", "hub.command", "db", "upgrade"],
}


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A data folder that a newer Pathshala has used last."""
    given = {"PATHSHALA_DATA": str(tmp_path_factory.mktemp("newer") / "data")}
    upgrade(store_of(given))
    set_number(store_of(given), "9999")
    return given


@pytest.mark.parametrize("part", OLD)
def test_old_code_stops_before_tables_of_a_newer_one(newer: dict[str, str], part: str) -> None:
    refused = subprocess.run(
        [sys.executable, *OLD[part]],
        env={**os.environ, **newer, "PATHSHALA_PORT": str(free_port(following=5))},
        capture_output=True,
        text=True,
        timeout=60,
        cwd=newer["PATHSHALA_DATA"],
    )
    assert refused.returncode == 1
    said = refused.stdout + refused.stderr
    assert "newer Pathshala" in said and "Traceback" not in said


def test_tables_are_not_changed_under_code_that_runs(tmp_path: Path) -> None:
    given = {"PATHSHALA_DATA": str(tmp_path)}
    with Locked(Settings.from_env(given)):
        refused = command(given, "db", "upgrade")
    assert refused.returncode == 1 and "already runs" in refused.stderr
    assert number_of(store_of(given)) is None


def store_of(given: dict[str, str]) -> str:
    return f"sqlite:///{given['PATHSHALA_DATA']}/pathshala.sqlite"


def command(given: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "hub.command", *words]
    return subprocess.run(
        program, env={**os.environ, **given}, capture_output=True, text=True, timeout=120
    )


def run(code: str, *arguments: object, **given: str) -> int:
    """Run a program that prints one number."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        timeout=240,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def library(url: str) -> int:
    """How many posts can be found by their words."""
    engine = open_engine(url, read_only=True)
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT count(*) FROM library_words")) or 0
    engine.dispose()
    return int(found)


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


def set_number(url: str, number: str) -> None:
    engine = open_engine(url, read_only=False)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE alembic_version SET version_num = :number"), {"number": number}
        )
    engine.dispose()
