"""R4: eight writers of two processes, and somebody who reads for long; nobody hears "locked".

On PostgreSQL, on our SQLite, and on an old one, where there is no WAL and a commit has to wait
for a reader. The bar asks for the old one by a fake version: what says its number is foreign, and
all that we make of it (`engines.journal_mode`) is our own. `make bar` also holds 99 of 100 writes
to 300 ms where they need not wait.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import quantiles

import pytest
from sqlalchemy import select, text

from store import engines
from store.database import Database
from store.schema import upgrade
from store.tables import Pair
from tests.bar.figures import record
from tests.databases import a_database

PROCESSES, WRITERS, ROWS = 2, 4, 25
OLD, OLD_VERSION = "old SQLite", (3, 40, 1)
P99_SECONDS = 0.300
LONG = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 500000)
SELECT max(n) + (SELECT count(*) FROM pairs) FROM numbers
"""
WRITE = """
import os, sys, time
from concurrent.futures import ThreadPoolExecutor
from store import engines
from store.database import Database
from store.tables import Pair

url, processes, writers, rows, version = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]
if version:
    engines.sqlite.sqlite_version_info = tuple(map(int, version.split(".")))

def write(database, name):
    for number in range(rows):
        began = time.monotonic()
        database.write(lambda session: session.add(Pair(name=f"{name}-{number}")))
        sys.stdout.write(f"{name}-{number} {time.monotonic() - began}\\n")

def once(session):  # a first write builds its statements: nobody waits for that in a server
    pair = Pair(name=str(os.getpid()))
    session.add(pair)
    session.flush()
    session.delete(pair)

children = []
for process in range(processes):
    if pid := os.fork():
        children.append(pid)
        continue
    code = 1
    try:
        database = Database(url)
        database.write(once)
        with ThreadPoolExecutor(writers) as pool:
            names = [f"{process}-{writer}" for writer in range(writers)]
            list(pool.map(lambda name: write(database, name), names))
        sys.stdout.flush()
        code = 0
    finally:
        os._exit(code)
sys.exit(any([os.waitpid(pid, 0)[1] for pid in children]))
"""


@pytest.fixture(params=["sqlite", OLD, "postgresql"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == OLD:
        monkeypatch.setattr(engines.sqlite, "sqlite_version_info", OLD_VERSION)
    return str(request.param)


@pytest.fixture
def url(kind: str, tmp_path: Path) -> Iterator[str]:
    with a_database("sqlite" if kind == OLD else kind, upgrade, tmp_path) as url:
        yield url


@pytest.fixture
def seconds(kind: str, url: str) -> list[float]:
    """How long each write took while another process read as long as there were writes."""
    with closing(Database(url)) as database:
        if kind != "postgresql":
            with database.read() as reader:
                mode = reader.execute(text("PRAGMA journal_mode")).scalar()
                assert mode == ("truncate" if kind == OLD else "wal")
        writing = write(url, kind)
        if kind == OLD:  # many long reads, or nobody could ever commit
            while writing.poll() is None:
                with database.read() as reader:
                    reader.execute(text(LONG)).all()
        else:
            with database.read() as reader:
                before = reader.execute(text(LONG)).scalar()
                writing.wait(120)
                assert reader.execute(text(LONG)).scalar() == before, "a read sees one state"
        said, errors = writing.communicate(timeout=120)
        assert writing.returncode == 0, errors
        taken = dict(line.split() for line in said.splitlines())
        with database.read() as session:
            assert set(session.scalars(select(Pair.name))) == set(taken)
    return [float(each) for each in taken.values()]


def write(url: str, kind: str) -> subprocess.Popen[str]:
    version = ".".join(map(str, OLD_VERSION)) if kind == OLD else ""
    counts = [str(PROCESSES), str(WRITERS), str(ROWS)]
    return subprocess.Popen(
        [sys.executable, "-c", WRITE, url, *counts, version],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_nobody_is_told_that_the_database_is_locked(seconds: list[float]) -> None:
    assert len(seconds) == PROCESSES * WRITERS * ROWS


@pytest.mark.bar  # a duration: only where nothing else runs
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"], indirect=True)
def test_a_write_waits_for_no_reader(kind: str, seconds: list[float]) -> None:
    p99 = quantiles(seconds, n=100)[-1]
    if kind == "sqlite":
        record("R4", f"{len(seconds)} writes beside a long read, p99 {p99 * 1000:.0f} ms")
    assert p99 <= P99_SECONDS
