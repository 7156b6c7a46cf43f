"""How tests drive the one writer."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy import select

from store.database import Database, Session
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
