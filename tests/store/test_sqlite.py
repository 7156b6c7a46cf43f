"""What SQLite needs of us: durable pragmas, patience with other processes, no lost transaction."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pysqlite3
import pytest
from sqlalchemy import text

from store.database import Database, Session
from store.engines import journal_mode
from store.errors import Unavailable
from store.tables import Pair
from tests.store.writing import LIMIT, add, in_one_batch, names

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def test_an_answered_write_is_there_for_another_connection(database: Database, url: str) -> None:
    database.write(add("জোড়া"))

    with sqlite3.connect(url.removeprefix("sqlite:///")) as other:
        assert other.execute("SELECT name FROM pairs").fetchall() == [("জোড়া",)]


def test_a_failed_commit_reaches_every_waiter_and_changes_nothing(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    def fails_at_commit(session: Session) -> None:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        session.execute(
            text("INSERT INTO cohort_members VALUES (9, 'nobody', '2026-11-21 00:00:00')")
        )

    waiting = in_one_batch(database, pool, add("one"), fails_at_commit, add("two"))

    errors = [each.exception(LIMIT) for each in waiting]
    assert all(isinstance(error, Unavailable) and error.retry for error in errors)
    assert len({id(error) for error in errors}) == 3
    assert names(database) == set()
    assert database.write(add("afterwards")).name == "afterwards"


def test_a_use_case_cannot_end_the_transaction_of_others(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    def end_it(session: Session) -> None:
        session.connection().exec_driver_sql("ROLLBACK")

    waiting = in_one_batch(database, pool, add("one"), end_it, add("two"))

    assert all(isinstance(each.exception(LIMIT), Unavailable) for each in waiting)
    assert names(database) == set()
    assert database.write(add("afterwards")).name == "afterwards"


def test_a_full_disk_is_named_and_nothing_of_the_batch_is_kept(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    def fill(session: Session) -> None:
        pages = session.execute(text("PRAGMA page_count")).scalar()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        session.add(Pair(name="x" * 200))
        for number in range(1000):
            session.add(Pair(name=f"{number} " + "x" * 190))

    waiting = in_one_batch(database, pool, add("one"), fill, add("two"))

    errors = [each.exception(LIMIT) for each in waiting]
    full = [error.code for error in errors if isinstance(error, Unavailable)]
    assert "disk-full" in full
    answered = {name for name, error in zip(("one", "two"), errors[::2], strict=True) if not error}
    assert names(database) == answered


def test_a_write_waits_for_another_process(database: Database, url: str) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sqlite3, sys\n"
            "other = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
            "other.execute('BEGIN EXCLUSIVE')\n"
            "print('locked', flush=True)\n"
            "sys.stdin.readline()\n"
            "other.execute('COMMIT')\n",
            url.removeprefix("sqlite:///"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout and holder.stdin
    assert holder.stdout.readline() == "locked\n"
    with ThreadPoolExecutor(1) as pool:
        write = pool.submit(database.write, add("patient"))
        with pytest.raises(TimeoutError):
            write.result(0.3)
        holder.communicate("go\n", LIMIT)
        assert write.result(LIMIT).name == "patient"


def test_every_connection_is_durable_and_keeps_its_references(database: Database) -> None:
    mode = journal_mode(pysqlite3.sqlite_version_info).lower()

    def pragmas(session: Session) -> list[Any]:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [session.execute(text(f"PRAGMA {name}")).scalar() for name in asked]

    assert database.write(pragmas) == [mode, 2, 1, 5000]
    with database.read() as session:
        assert pragmas(session) == [mode, 2, 1, 5000]
