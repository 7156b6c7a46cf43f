"""One contract for every database that the store runs on."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from threading import Barrier, BrokenBarrierError, Event

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from store.database import READS_AT_ONCE, Database, Session
from store.errors import NotAllowed, Unavailable
from store.tables import Pair
from tests.store.writing import LIMIT, add, in_one_batch, names


def test_rows_stay_readable_after_the_commit(database: Database) -> None:
    pair = database.write(add("জোড়া"))

    assert (pair.id, pair.name) == (1, "জোড়া")


def test_a_coroutine_waits_for_the_disk_while_others_go_on(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    def refuse(session: Session) -> None:
        session.add(Pair(name="never"))
        raise NotAllowed("no", "No.")

    async def write() -> list[Pair | BaseException | None]:
        soon = (database.write_soon(add("এক")), database.write_soon(refuse))
        return list(await asyncio.gather(*soon, return_exceptions=True))

    # in a thread: the browser of other tests has an event loop in this one
    kept, refused = pool.submit(asyncio.run, write()).result()
    assert isinstance(kept, Pair) and kept.name == "এক"
    assert isinstance(refused, NotAllowed)
    assert names(database) == {"এক"}


def test_an_error_undoes_only_its_own_changes(database: Database, pool: ThreadPoolExecutor) -> None:
    def refuse(session: Session) -> None:
        session.add(Pair(name="never"))
        session.flush()
        raise NotAllowed("no", "No.")

    database.write(add("zero"))
    batch = (add("zero"), refuse, add("one"), refuse, add("one"), add("two"), refuse)
    doubled, *refused, again, last, never = in_one_batch(database, pool, *batch)
    first = refused.pop(1)

    assert isinstance(doubled.exception(LIMIT), IntegrityError)
    assert first.result(LIMIT).name == "one"
    assert isinstance(again.exception(LIMIT), IntegrityError)
    assert last.result(LIMIT).name == "two"
    for each in (*refused, never):
        assert isinstance(each.exception(LIMIT), NotAllowed)
    assert names(database) == {"zero", "one", "two"}
    with pytest.raises(NotAllowed):
        database.write(refuse)
    assert names(database) == {"zero", "one", "two"}


def test_many_threads_lose_nothing(database: Database, pool: ThreadPoolExecutor) -> None:
    list(pool.map(lambda number: database.write(add(str(number))), range(200)))

    assert names(database) == {str(number) for number in range(200)}


def test_reading_cannot_write(database: Database) -> None:
    with database.read() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text("DELETE FROM people"))


def test_a_read_sees_one_state(database: Database, pool: ThreadPoolExecutor) -> None:
    database.write(add("one"))
    with database.read() as session:
        assert len(session.scalars(select(Pair)).all()) == 1
        later = pool.submit(database.write, add("two"))
        assert len(session.scalars(select(Pair)).all()) == 1
    later.result(LIMIT)
    assert names(database) == {"one", "two"}


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


def test_no_crowd_reads_at_once(database: Database, pool: ThreadPoolExecutor) -> None:
    crowd = Barrier(READS_AT_ONCE + 1)

    def met(_number: int) -> bool:
        with database.read():
            try:
                crowd.wait(1)
            except BrokenBarrierError:
                return False
            return True

    assert list(pool.map(met, range(crowd.parties))) == [False] * crowd.parties


def test_a_read_within_a_read_needs_no_turn_of_its_own(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    all_are_in = Barrier(READS_AT_ONCE)

    def read(_number: int) -> set[str]:
        with database.read():
            all_are_in.wait(LIMIT)
            return names(database)

    assert list(pool.map(read, range(READS_AT_ONCE))) == [set()] * READS_AT_ONCE


def test_a_read_that_never_gets_its_turn_is_refused(url: str, pool: ThreadPoolExecutor) -> None:
    with closing(Database(url, patience=0.05)) as database:
        with ExitStack() as held:
            for _ in range(READS_AT_ONCE):
                held.enter_context(reading_elsewhere(database, pool))
            with pytest.raises(Unavailable) as refused:
                names(database)
        assert refused.value.code == "store-busy"
        assert names(database) == set()


@contextmanager
def reading_elsewhere(database: Database, pool: ThreadPoolExecutor) -> Iterator[None]:
    begun, enough = Event(), Event()

    def read() -> None:
        with database.read():
            begun.set()
            enough.wait(LIMIT)

    reading = pool.submit(read)
    begun.wait(LIMIT)
    yield
    enough.set()
    reading.result(LIMIT)
