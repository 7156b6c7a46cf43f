"""The engines, and one transaction per use case.

Reads run in the caller's thread, in a transaction that cannot write. Writes of a process go
through one thread: it gathers them for at most 5 ms, runs each in a savepoint, commits them
together, and only then answers, so an answered write is on disk. Any number of processes may
have the same database open. Who may do what is not decided here.
"""

import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pysqlite3 as sqlite  # carries a SQLite whose WAL is safe; that of Python may be older
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from store.errors import PathshalaError, Unavailable

__all__ = ["Database", "Session", "is_current", "journal_mode", "upgrade"]

T = TypeVar("T")
GATHER_SECONDS = 0.005
GATHER_MOST = 200
BUSY_MILLISECONDS = 5000
PATIENCE_SECONDS = 30.0  # how long a write waits for another process before it gives up
MIGRATION_LOCK = 0x7061746873  # any number that nobody else uses as an advisory lock

log = logging.getLogger(__name__)


def journal_mode(version: tuple[int, ...]) -> str:
    """Choose WAL only where SQLite loses no commit to several connections (security.md, 5)."""
    mended = (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )
    return "WAL" if mended else "TRUNCATE"


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _sqlite(url: str, *, begin: str, read_only: bool) -> Engine:
    if database := make_url(url).database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    # one connection is enough for the writer; readers are the threads of the portal
    engine = create_engine(
        url, module=sqlite, json_serializer=_to_json, pool_size=20, max_overflow=30
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN breaks savepoints
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            f"journal_mode={journal_mode(sqlite.sqlite_version_info)}",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"query_only={'ON' if read_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgresql(url: str, *, read_only: bool, statement_seconds: int = 5) -> Engine:
    engine = create_engine(
        url,
        json_serializer=_to_json,
        pool_pre_ping=True,
        pool_size=20,
        max_overflow=30,
        connect_args={
            "options": f"-c lock_timeout=2000 -c statement_timeout={statement_seconds * 1000} "
            f"-c timezone=UTC -c default_transaction_read_only={'on' if read_only else 'off'}"
        },
    )

    @event.listens_for(engine, "connect")
    def check(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            for setting in ("fsync", "synchronous_commit"):
                value = cursor.execute(f"SHOW {setting}").fetchone()[0]
                if value in ("off", "local"):
                    raise Unavailable(
                        "store-not-durable",
                        "PostgreSQL runs with {setting} off; turn it on, answers could be lost.",
                        {"setting": setting},
                        retry=False,
                    )
        connection.rollback()

    return engine


def _engine(url: str, *, read_only: bool) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, begin="BEGIN" if read_only else "BEGIN IMMEDIATE", read_only=read_only)
    return _postgresql(url, read_only=read_only)


def _unavailable(error: DBAPIError) -> Unavailable:
    first: BaseException | None = error
    while first is not None and "disk is full" not in str(getattr(first, "orig", "")):
        first = first.__context__  # a full disk undoes everything: what follows fails too
    if first is not None:
        return Unavailable("disk-full", "The server's disk is full. Nothing was saved.")
    return Unavailable("store-unavailable", "The server cannot save just now. Nothing was changed.")


@dataclass(eq=False)
class _Waiting:
    """A write on its way: the waiter sleeps on `answered`."""

    use_case: Callable[[Session], Any]
    answered: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: BaseException | None = None


class _TransactionLost(Exception):
    """The database gave up the whole transaction in the middle of a batch."""


class Database:
    """The store of one installation, at a SQLAlchemy URL (SQLite or PostgreSQL)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._readers = _engine(url, read_only=True)
        self._writers = _engine(url, read_only=False)
        self._is_sqlite = self._writers.dialect.name == "sqlite"
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._own = threading.local()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session over one consistent state; keep it short, and it cannot write."""
        self._own.reading = True
        try:
            with Session(self._readers, expire_on_commit=False, autoflush=False) as session:
                yield session
        except OperationalError as error:
            if "readonly" in str(error.orig):
                raise
            raise _unavailable(error) from error
        finally:
            self._own.reading = False

    def write(self, use_case: Callable[[Session], T]) -> T:
        """Run `use_case` in the writer thread and return its result once it is on disk.

        Its rows stay readable. Its error is raised here and undoes only its own changes.
        Raise Unavailable when the commit failed: then nothing was changed.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError("a use case asked for a write; pass on its session instead")
        if getattr(self._own, "reading", False):
            raise RuntimeError("a write would wait for the read around it; end the read first")
        waiting = _Waiting(use_case)
        with self._gate:
            if self._closed:
                raise Unavailable("store-closing", "The server is stopping. Try again in a moment.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
                self._thread.start()
            self._queue.put(waiting)
        waiting.answered.wait()
        if waiting.error is not None:
            raise waiting.error
        result: T = waiting.result
        return result

    def close(self) -> None:
        """Finish the writes that were asked for, refuse others, and let go of the database."""
        with self._gate:
            already, self._closed = self._closed, True
            if self._thread is not None and not already:
                self._queue.put(None)
        if self._thread is not None:
            self._thread.join()
        self._readers.dispose()
        self._writers.dispose()

    # -- the writer thread ---------------------------------------------------------------

    def _serve(self) -> None:
        stopping = False
        while not stopping:
            batch: list[_Waiting] = []
            deadline: float | None = None
            while len(batch) < GATHER_MOST:
                try:
                    timeout = None if deadline is None else max(0.0, deadline - time.monotonic())
                    waiting = self._queue.get(timeout=timeout)
                except queue.Empty:
                    break
                if waiting is None:
                    stopping = True
                    break
                batch.append(waiting)
                deadline = deadline or time.monotonic() + GATHER_SECONDS
            if batch:
                self._settle(batch)

    def _settle(self, batch: list[_Waiting]) -> None:
        """Commit a batch and answer every waiter, whatever happens."""
        failure: BaseException | None = None
        try:
            self._commit(batch)
        except DBAPIError as error:
            failure = _unavailable(error)
            failure.__cause__ = error
        except BaseException as error:  # the thread must live, and its waiters must wake
            failure = error
            lost = error.__cause__ if isinstance(error, _TransactionLost) else None
            if isinstance(lost, Unavailable):
                failure = lost  # a full disk, say, in mid-batch
            elif isinstance(lost, DBAPIError):
                failure = _unavailable(lost)
                failure.__cause__ = lost
        if failure is not None:
            log.error("a commit of %d writes failed: %r", len(batch), failure)
        for waiting in batch:
            if failure is not None:
                waiting.error, waiting.result = _own_copy(failure), None
            waiting.answered.set()

    def _commit(self, batch: list[_Waiting]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self._writers.connect() as connection:
            transaction = _patiently(connection.begin, deadline)
            try:
                for waiting in batch:
                    self._run(connection, waiting)
                if self._is_sqlite:
                    # COMMIT leaves the transaction open while a reader is in the way: ask again
                    _patiently(lambda: connection.exec_driver_sql("COMMIT"), deadline)
                transaction.commit()
            except BaseException:
                connection.invalidate()
                raise

    def _run(self, connection: Connection, waiting: _Waiting) -> None:
        """Run one use case in a savepoint of its own."""
        session = Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        try:
            waiting.result = waiting.use_case(session)
            session.commit()
        except BaseException as error:
            waiting.error = error
            if isinstance(error, OperationalError):
                waiting.error = _unavailable(error)
                waiting.error.__cause__ = error
            try:
                session.rollback()
            except DBAPIError:  # a full disk, say, has undone everything already
                raise _TransactionLost from error
        finally:
            session.close()
        if self._is_sqlite and not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            raise _TransactionLost from waiting.error


def _own_copy(failure: BaseException) -> BaseException:
    """Give each waiter an error of its own: a shared one would gather tracebacks."""
    if not isinstance(failure, PathshalaError):
        copy: PathshalaError = Unavailable(
            "store-unavailable", "The server cannot save just now. Nothing was changed."
        )
    else:
        copy = type(failure)(failure.code, failure.message, failure.facts, failure.retry)
    copy.__cause__ = failure.__cause__ or failure
    return copy


def _patiently(attempt: Callable[[], T], deadline: float) -> T:
    """Repeat while another process holds the lock; each attempt waits busy_timeout itself."""
    while True:
        try:
            return attempt()
        except OperationalError as error:
            locked = "database is locked" in str(error.orig) or "busy" in str(error.orig)
            if not locked or time.monotonic() > deadline:
                raise


# ---------------------------------------------------------------- migrations


def _alembic(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(url: str) -> None:
    """Bring the database to the newest tables; harmless to repeat, and from several processes."""
    engine = _engine(url, read_only=False)
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        with engine.connect() as connection, _patiently(connection.begin, deadline):
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK}
                )
            command.upgrade(_alembic(connection), "head")
    except OperationalError as error:
        raise _unavailable(error) from error
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether the database has the newest tables."""
    engine = _engine(url, read_only=True)
    try:
        with engine.connect() as connection:
            head = ScriptDirectory.from_config(_alembic()).get_current_head()
            return MigrationContext.configure(connection).get_current_revision() == head
    finally:
        engine.dispose()
