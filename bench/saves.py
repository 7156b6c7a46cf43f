"""Saving answers: fifty people save as fast as they are answered, each an answer of her own.

Ours: the portal of the whole product, by way of its proxy, on SQLite and on PostgreSQL; every
reply means that the answer is on disk. Theirs: what a learner's save is in stock nbgrader, the
whole notebook with the answer in it, `PUT` to a Jupyter Server, which does not wait for the disk;
one server serves all fifty here, where a stock Hub would start fifty.
"""

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from statistics import quantiles
from time import monotonic
from typing import Any

import httpx

from bench.processes import cpu_seconds
from bench.products import ROOT, Running, jupyter_server, pathshala
from bench.rows import Row
from store.database import Database
from tests.bar.savers import Saver, add_savers, headers_of, path_of_reflection
from tests.databases import a_server

WRITERS = 50
SECONDS, WARM_UP_SECONDS = 15.0, 3.0
NOTEBOOK = ROOT / "courses/active-learning/01-pair-talk.ipynb"
TURNS = ("one", "two", "three", "four")  # accounts of a writer: no account may save this often
Save = Callable[[int, int], Awaitable[httpx.Response]]


def measure() -> list[Row]:
    """Compare saves a second, the slowest of a hundred, and the server's CPU time a save."""
    theirs = _stock()
    rows = []
    with postgresql() as url:
        for kind, settings in (("SQLite", {}), ("PostgreSQL", {"PATHSHALA_DATABASE_URL": url})):
            ours = _ours(settings)
            for (name, unit), our, their in zip(FIGURES, ours, theirs, strict=True):
                rows.append(Row(f"{name}, 50 writers, {kind}", our, their, unit))
    return rows


FIGURES = (("saves a second", "1/s"), ("99 of 100 saves within", "s"), ("server CPU a save", "s"))


def _ours(settings: dict[str, str]) -> list[float]:
    with (
        tempfile.TemporaryDirectory() as data,
        pathshala(PATHSHALA_DATA=data, **settings) as product,
    ):
        url = settings.get("PATHSHALA_DATABASE_URL", f"sqlite:///{data}/pathshala.sqlite")
        with contextlib.closing(Database(url)) as database:
            savers = [saver for name in TURNS for saver in _signed_in(database, name)]
            address = f"{product.address}/services/portal/{path_of_reflection(database)}"

        def prepare(client: httpx.AsyncClient) -> Save:
            def save(writer: int, sequence: int) -> Awaitable[httpx.Response]:
                turn = sequence % len(TURNS)
                body, headers = savers[writer + turn * WRITERS].request(sequence)
                return client.put(address, json=body, headers=headers)

            return save

        return asyncio.run(_write(product, headers_of(product.address), prepare))


def _signed_in(database: Database, name: str) -> list[Saver]:
    return database.write(lambda session: add_savers(session, name))


def _stock() -> list[float]:
    notebook: dict[str, Any] = json.loads(NOTEBOOK.read_text())
    answer = next(cell for cell in notebook["cells"] if _is_answer(cell))
    with jupyter_server() as (product, token):

        def prepare(client: httpx.AsyncClient) -> Save:
            def save(writer: int, sequence: int) -> Awaitable[httpx.Response]:
                answer["source"] = f"উত্তর {sequence}: র‍্যাঙ্ক, উদ্বৃত্ত"
                body = {"type": "notebook", "format": "json", "content": notebook}
                address = f"{product.address}/api/contents/teacher-{writer}.ipynb"
                return client.put(address, json=body)

            return save

        return asyncio.run(_write(product, {"Authorization": f"token {token}"}, prepare))


def _is_answer(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "markdown" and bool(
        cell["metadata"].get("nbgrader", {}).get("solution")
    )


async def _write(
    product: Running, headers: dict[str, str], prepare: Callable[[httpx.AsyncClient], Save]
) -> list[float]:
    """Let everyone save for some seconds; return the three figures."""
    taken: list[float] = []
    limits = httpx.Limits(max_connections=WRITERS, max_keepalive_connections=WRITERS)
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=60) as client:
        save = prepare(client)
        begin = monotonic() + WARM_UP_SECONDS
        end = begin + SECONDS

        async def keep_writing(writer: int) -> None:
            sequence = 0
            while (began := monotonic()) < end:
                sequence += 1
                answer = await save(writer, sequence)
                answer.raise_for_status()
                if began >= begin:
                    taken.append(monotonic() - began)

        writing = asyncio.gather(*(keep_writing(writer) for writer in range(WRITERS)))
        await asyncio.sleep(WARM_UP_SECONDS)
        before = cpu_seconds(product.pid)
        await writing
        used = cpu_seconds(product.pid) - before
    return [len(taken) / SECONDS, quantiles(taken, n=100)[-1], used / len(taken)]


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Give the address of an empty database on a server of its own."""
    server = a_server(on_disk=True)
    try:
        server.run("CREATE DATABASE bench")
        yield server.url("bench")
    finally:
        server.remove()
