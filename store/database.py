"""One transaction per use case.

Reads run in the caller's thread, in a transaction that cannot write. Writes of a process go
through one thread: it gathers them for at most 5 ms, runs each where it can undo nothing but
itself, commits them together, and only then answers, so an answered write is on disk. Any number
of processes may have the same database open; they write in turn. Who may do what is not decided
here.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import RootTransaction
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from store.engines import is_disk_full, is_locked, is_sqlite, open_engine
from store.errors import PathshalaError, Unavailable

__all__ = ["Database", "Session"]

T = TypeVar("T")
GATHER_SECONDS = 0.005
GATHER_MOST = 200
PATIENCE_SECONDS = 30.0
# Each reading thread takes its turn of Python's lock before every statement of the writer:
# twenty of them leave it a tenth of its saves (decision 0028).
READS_AT_ONCE = 2

log = logging.getLogger(__name__)


def unavailable(error: DBAPIError) -> Unavailable:
    """Say what a failure of the database means to whoever wanted to save or read."""
    first: BaseException | None = error
    while first is not None and not is_disk_full(first):
        first = first.__context__  # a full disk undoes everything: what follows fails too
    if first is not None:
        return Unavailable("disk-full", "The server's disk is full. Nothing was saved.")
    if error.connection_invalidated:  # perhaps in the middle of a commit: who knows?
        return Unavailable(
            "store-lost", "The server lost its database. Send it again: nothing is kept twice."
        )
    return Unavailable("store-unavailable", "The server cannot save just now. Nothing was changed.")


@dataclass(eq=False)
class _Waiting:
    """A write on its way; `answer` is told after the commit what came of it."""

    use_case: Callable[[Session], Any]
    answer: Future[Any] = field(default_factory=Future)
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        if self.error is not None:
            self.answer.set_exception(self.error)
        else:
            self.answer.set_result(self.result)


@dataclass
class Done:
    """What the writer has done since it began. It alone counts."""

    writes: int = 0
    commits: int = 0
    failed: int = 0
    seconds: float = 0.0


class _TransactionLost(Exception):
    """The database gave up the whole transaction in the middle of a batch."""


class Database:
    """The store of one installation, at a SQLAlchemy URL (SQLite or PostgreSQL).

    A write waits `patience` seconds for another process, a read as long for its turn.
    """

    def __init__(self, url: str, *, patience: float = PATIENCE_SECONDS) -> None:
        self.url = url
        self._patience = patience
        self._readers = open_engine(url, read_only=True)
        self._writers = open_engine(url, read_only=False)
        self._is_sqlite = is_sqlite(url)
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._own = threading.local()
        self._turns = threading.BoundedSemaphore(READS_AT_ONCE)
        self.done = Done()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session over one consistent state; keep it short, and it cannot write."""
        is_within = getattr(self._own, "reading", False)
        self._own.reading = True
        try:
            with (
                nullcontext() if is_within else self._turn(),
                Session(self._readers, expire_on_commit=False, autoflush=False) as session,
            ):
                yield session
        except OperationalError as error:
            if "readonly" in str(error.orig):
                raise
            raise unavailable(error) from error
        finally:
            self._own.reading = is_within

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=self._patience):
            raise Unavailable("store-busy", "The server has too much to do. Try again in a moment.")
        try:
            yield
        finally:
            self._turns.release()

    def write(self, use_case: Callable[[Session], T]) -> T:
        """Run `use_case` in the writer thread and return its result once it is on disk.

        Its rows stay readable. Its error is raised here and undoes only its own changes.
        Raise Unavailable when the commit failed: then nothing was changed.
        """
        return self._ask(use_case).result()

    async def write_soon(self, use_case: Callable[[Session], T]) -> T:
        """Do what `write` does while the event loop goes on: no thread waits for the disk."""
        return await asyncio.wrap_future(self._ask(use_case))

    def _ask(self, use_case: Callable[[Session], T]) -> Future[T]:
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
        return waiting.answer

    @property
    def waiting(self) -> int:
        """How many writes the writer has not taken up yet."""
        return self._queue.qsize()

    def forget_deleted(self) -> None:
        """Let no file keep what was deleted. PostgreSQL does it by itself, at its next vacuum."""
        if self._is_sqlite:
            with self._writers.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.invalidate()

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
                if waiting.answer.set_running_or_notify_cancel():
                    batch.append(waiting)
                deadline = deadline or time.monotonic() + GATHER_SECONDS
            if batch:
                self._settle(batch)

    def _settle(self, batch: list[_Waiting]) -> None:
        """Commit a batch and answer every waiter, whatever happens."""
        failure: BaseException | None = None
        began = time.monotonic()
        try:
            self._commit(batch)
        except DBAPIError as error:
            failure = unavailable(error)
            failure.__cause__ = error
        except BaseException as error:  # the thread must live, and its waiters must wake
            failure = error
            lost = error.__cause__ if isinstance(error, _TransactionLost) else None
            if isinstance(lost, Unavailable):
                failure = lost  # a full disk, say, in mid-batch
            elif isinstance(lost, DBAPIError):
                failure = unavailable(lost)
                failure.__cause__ = lost
        self._count(batch, failure, time.monotonic() - began)
        if failure is not None:
            log.error("a commit of %d writes failed: %r", len(batch), failure)
        for waiting in batch:
            if failure is not None:
                waiting.error = _own_copy(failure)
            waiting.tell()

    def _count(self, batch: list[_Waiting], failure: BaseException | None, seconds: float) -> None:
        self.done.seconds += seconds
        if failure is not None:
            self.done.failed += 1
        else:
            self.done.commits += 1
            self.done.writes += sum(waiting.error is None for waiting in batch)

    def _commit(self, batch: list[_Waiting]) -> None:
        deadline = time.monotonic() + self._patience
        with self._writers.connect() as connection:
            transaction = patiently(connection.begin, deadline)
            try:
                holds_others = False
                for waiting in batch:
                    if not transaction.is_active:
                        transaction = patiently(connection.begin, deadline)
                    if holds_others:
                        connection.begin_nested()
                    self._run(connection, transaction, waiting)
                    holds_others = holds_others or waiting.error is None
                if holds_others:
                    self._make_durable(connection, transaction, deadline)
            except BaseException:
                connection.invalidate()
                raise

    def _make_durable(
        self, connection: Connection, transaction: RootTransaction, deadline: float
    ) -> None:
        if self._is_sqlite:
            # COMMIT leaves the transaction open while a reader is in the way: ask again
            patiently(lambda: connection.exec_driver_sql("COMMIT"), deadline)
        transaction.commit()

    def _run(self, connection: Connection, transaction: RootTransaction, waiting: _Waiting) -> None:
        """Run one use case; its error undoes what began last: the savepoint it has for itself,
        which the commit of the batch releases, or the transaction that holds nothing else.
        """
        session = Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False)
        try:
            waiting.result = waiting.use_case(session)
            session.commit()
        except BaseException as error:
            waiting.error = error
            if isinstance(error, OperationalError):
                waiting.error = unavailable(error)
                waiting.error.__cause__ = error
            try:
                session.rollback()
            except DBAPIError:  # a full disk, say, has undone everything already
                raise _TransactionLost from error
        finally:
            session.close()
        if transaction.is_active and self._is_undone(connection):
            raise _TransactionLost from waiting.error

    def _is_undone(self, connection: Connection) -> bool:
        """Whether SQLite gave up the transaction by itself."""
        return self._is_sqlite and not connection.connection.dbapi_connection.in_transaction  # type: ignore[union-attr]


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


def patiently(attempt: Callable[[], T], deadline: float) -> T:
    """Repeat while another process holds the lock; each attempt waits some seconds itself."""
    while True:
        try:
            return attempt()
        except OperationalError as error:
            if not is_locked(error) or time.monotonic() > deadline:
                raise
