"""One contract for every database that the store runs on."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from store.database import Database, Session, journal_mode
from store.errors import NotAllowed, Unavailable
from store.tables import Pair

LIMIT = 30


def add(name: str) -> Callable[[Session], Pair]:
    def use_case(session: Session) -> Pair:
        pair = Pair(name=name)
        session.add(pair)
        return pair

    return use_case


def names(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(Pair.name)))


def in_one_batch(
    database: Database, pool: ThreadPoolExecutor, *use_cases: Callable[[Session], Any]
) -> list[Future[Any]]:
    """Hold the writer until all use cases wait in its queue, so that one commit takes them."""
    begun, go = threading.Event(), threading.Event()

    def hold(_session: Session) -> None:
        begun.set()
        assert go.wait(LIMIT)

    held = pool.submit(database.write, hold)
    assert begun.wait(LIMIT)
    queued = []
    for number, use_case in enumerate(use_cases, 1):
        queued.append(pool.submit(database.write, use_case))
        while database._queue.qsize() < number:
            threading.Event().wait(0.001)
    go.set()
    held.result(LIMIT)
    return queued


@pytest.fixture
def pool() -> Any:
    with ThreadPoolExecutor(8) as executor:
        yield executor


def test_an_answered_write_is_there_for_another_connection(database: Database, url: str) -> None:
    database.write(add("জোড়া"))

    with sqlite3.connect(url.removeprefix("sqlite:///")) as other:
        assert other.execute("SELECT name FROM pairs").fetchall() == [("জোড়া",)]


def test_rows_stay_readable_after_the_commit(database: Database) -> None:
    pair = database.write(add("জোড়া"))

    assert (pair.id, pair.name) == (1, "জোড়া")


def test_an_error_undoes_only_its_own_changes(database: Database, pool: ThreadPoolExecutor) -> None:
    def refuse(session: Session) -> None:
        session.add(Pair(name="never"))
        session.flush()
        raise NotAllowed("no", "No.")

    first, refused, doubled, last = in_one_batch(
        database, pool, add("one"), refuse, add("one"), add("two")
    )

    assert first.result(LIMIT).name == "one"
    assert isinstance(refused.exception(LIMIT), NotAllowed)
    assert isinstance(doubled.exception(LIMIT), IntegrityError)
    assert last.result(LIMIT).name == "two"
    assert names(database) == {"one", "two"}


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


def test_many_threads_lose_nothing(database: Database, pool: ThreadPoolExecutor) -> None:
    list(pool.map(lambda number: database.write(add(str(number))), range(200)))

    assert names(database) == {str(number) for number in range(200)}


def test_reading_cannot_write(database: Database) -> None:
    with database.read() as session, pytest.raises(OperationalError, match="readonly"):
        session.execute(text("DELETE FROM people"))


def test_a_read_sees_one_state(database: Database, pool: ThreadPoolExecutor) -> None:
    database.write(add("one"))
    with database.read() as session:
        assert len(session.scalars(select(Pair)).all()) == 1
        later = pool.submit(database.write, add("two"))
        assert len(session.scalars(select(Pair)).all()) == 1
    later.result(LIMIT)
    assert names(database) == {"one", "two"}


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


WRITER = """
import sys
from store.database import Database
from store.tables import Pair
database = Database(sys.argv[1])
for number in range(int(sys.argv[3])):
    name = f"{sys.argv[2]}-{number}"
    database.write(lambda session: session.add(Pair(name=name)))
    print(name, flush=True)
"""


def writer(url: str, name: str, rows: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, url, name, str(rows)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_processes_share_the_store(database: Database, url: str) -> None:
    processes = [writer(url, name, 25) for name in ("portal", "worker", "hub")]
    acknowledged = [line for each in processes for line in each.communicate(timeout=60)[0].split()]

    assert len(acknowledged) == 75
    assert names(database) == set(acknowledged)


def test_what_was_answered_survives_a_kill(database: Database, url: str) -> None:
    process = writer(url, "portal", 100_000)
    assert process.stdout
    acknowledged = [process.stdout.readline().strip() for _ in range(20)]
    os.kill(process.pid, signal.SIGKILL)
    acknowledged += process.communicate(timeout=LIMIT)[0].split()

    assert set(acknowledged) <= names(database)


def test_closing_finishes_what_was_asked_for(url: str) -> None:
    database = Database(url)
    with ThreadPoolExecutor(8) as pool:
        writes = in_one_batch(database, pool, *(add(str(number)) for number in range(5)))
        database.close()
        assert all(write.result(LIMIT) for write in writes)
    with pytest.raises(Unavailable) as refused:
        database.write(add("late"))
    assert refused.value.code == "store-closing"
    database.close()


def test_a_write_within_a_write_is_refused_at_once(database: Database) -> None:
    with pytest.raises(RuntimeError, match="session"):
        database.write(lambda _session: database.write(add("nested")))


def test_a_write_within_a_read_is_refused_at_once(database: Database) -> None:
    with database.read(), pytest.raises(RuntimeError, match="read first"):
        database.write(add("stuck"))
    assert database.write(add("free")).name == "free"


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "TRUNCATE"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 0), "TRUNCATE"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
    ],
)
def test_wal_is_only_for_a_sqlite_that_keeps_commits(
    version: tuple[int, int, int], mode: str
) -> None:
    assert journal_mode(version) == mode


def test_every_connection_is_durable_and_keeps_its_references(database: Database) -> None:
    mode = journal_mode(sqlite3.sqlite_version_info).lower()

    def pragmas(session: Session) -> list[Any]:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [session.execute(text(f"PRAGMA {name}")).scalar() for name in asked]

    assert database.write(pragmas) == [mode, 2, 1, 5000]
    with database.read() as session:
        assert pragmas(session) == [mode, 2, 1, 5000]
