"""R2: Hub, proxy, worker and portal are killed, each alone and all at once, while fifty save.

Nothing acknowledged is lost or doubled. Saving goes on while the Hub is away; staff work waits
after a minute, as nobody could be sent away meanwhile. All is well again within thirty seconds,
and a census finds one process of each kind, none beside, and no start that nobody caused.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from time import monotonic
from typing import Any

import httpx
import psutil
import pytest

from bench.waiting import wait_until
from store.database import Database
from tests.bar.figures import record
from tests.bar.savers import SECONDS_TO_TRY, Ledger, Saver, add_savers, saved_more, saving

pytestmark = [pytest.mark.bar, pytest.mark.timeout(900)]

PARTS = {
    "hub": "jupyterhub_config.py",
    "proxy": "configurable-http-proxy",
    "worker": "run-worker",
    "portal": "run-portal",
    "classroom": "run-classroom",
}
ROUNDS = 3
SECONDS_TO_BE_BACK = 30.0
SECONDS_BETWEEN_SAVES = 2.0
SAVES_BETWEEN_KILLS = 50
SAVES_WITHOUT_HUB = 500  # in the minute after which staff work waits


@dataclass
class Ordeal:
    """What came of it."""

    seconds_away: dict[str, list[float]] = field(default_factory=dict)
    saved_without_hub: int = 0
    book: Ledger = field(default_factory=Ledger)

    def __str__(self) -> str:
        away = ", ".join(f"{part} {max(each):.1f} s" for part, each in self.seconds_away.items())
        p95 = quantiles(self.book.seconds, n=20)[-1]
        return (
            f"{sum(map(len, self.seconds_away.values()))} kills under 50 savers,"
            f" {len(self.book.acknowledged):,} saves acknowledged, 0 lost, 0 doubled,"
            f" {self.saved_without_hub:,} of them while the Hub was away,"
            f" {sum(self.book.refused.values())} refused and sent again, p95 {p95 * 1000:.0f} ms;"
            f" slowest return: {away}"
        )


def test_whatever_is_killed_nothing_is_lost_and_all_is_well_again(
    stack: Any, client_for: Any
) -> None:
    before, said = census(stack), stack.said()
    with closing(Database(f"sqlite:///{stack.data / 'pathshala.sqlite'}")) as database:
        savers = database.write(lambda session: add_savers(session, "survivor"))
        under_fire = save_under_fire(stack, database, savers, client_for("trainer"))
        # in a thread: the browser of other tests has an event loop in this one
        with ThreadPoolExecutor(1) as thread:
            ordeal = thread.submit(asyncio.run, under_fire).result()
        record("R2", str(ordeal))
        ordeal.book.assert_kept(database)
    assert ordeal.saved_without_hub >= SAVES_WITHOUT_HUB
    assert max(each for part in ordeal.seconds_away.values() for each in part) <= SECONDS_TO_BE_BACK
    wait_until(lambda: census(stack) == before, seconds=SECONDS_TO_BE_BACK)
    assert before.strangers == [], "orphans"
    assert all(len(each) == 1 for each in before.listeners.values()), before.listeners
    assert_each_death_was_a_kill(stack.said().removeprefix(said), ROUNDS * 2 * len(PARTS))


async def save_under_fire(
    stack: Any, database: Database, savers: list[Saver], trainer: httpx.Client
) -> Ordeal:
    ordeal = Ordeal()
    between = SECONDS_BETWEEN_SAVES
    async with saving(database, stack.portal_url, savers, seconds_between=between) as (_, book):
        ordeal.book = book
        for _ in range(ROUNDS):
            for name in (*PARTS, "all"):
                await saved_more(book, SAVES_BETWEEN_KILLS)
                parts = list(PARTS) if name == "all" else [name]
                away = await kill_and_wait(stack, parts)
                ordeal.seconds_away.setdefault(name, []).append(away)
        with hub_away(stack):
            began = len(book.acknowledged)
            await until_seen(lambda: trainer.get("api/studio").status_code == 503)
            ordeal.saved_without_hub = len(book.acknowledged) - began
        await until_seen(lambda: is_well(stack) and trainer.get("api/studio").status_code == 200)
    return ordeal


async def kill_and_wait(stack: Any, parts: list[str]) -> float:
    """Kill these; return the seconds until others stand in their place and answer."""
    killed = [find(stack, part) for part in parts]
    began = monotonic()
    for process in killed:
        process.kill()
    pids = {process.pid for process in killed}
    await until_seen(lambda: is_well(stack) and not pids & {p.pid for p in siblings(stack)})
    return monotonic() - began


async def until_seen(condition: Callable[[], bool]) -> None:
    """Wait for what takes a moment to see, beside the savers."""
    async with asyncio.timeout(SECONDS_TO_TRY):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.1)


@contextmanager
def hub_away(stack: Any) -> Iterator[None]:
    """Stop the Hub where it stands: a killed one would be back too soon."""
    hub = find(stack, "hub")
    os.kill(hub.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(hub.pid, signal.SIGCONT)


# The census ------------------------------------------------------------------------------------


def siblings(stack: Any) -> list[psutil.Process]:
    """What the supervisor, below its keeper, keeps running."""
    supervisor = stack.process.children()[0]
    return [p for p in supervisor.children() if p.status() != psutil.STATUS_ZOMBIE]


def find(stack: Any, part: str) -> psutil.Process:
    found = stack.find_process(PARTS[part])
    assert found is not None, part
    return found


def is_well(stack: Any) -> bool:
    """Whether all siblings are there, and browsers reach Hub, portal and classroom."""
    addresses = [f"{stack.url}/hub/health", f"{stack.url}/services/portal/health"]
    addresses.append(f"http://127.0.0.1:{stack.port + 4}/services/classroom/health")
    try:
        if len(siblings(stack)) != len(PARTS) or stack.find_process(PARTS["worker"]) is None:
            return False
        return all(httpx.get(each, timeout=2).status_code == 200 for each in addresses)
    except (httpx.TransportError, psutil.NoSuchProcess):
        return False


@dataclass(frozen=True)
class Census:
    """What runs because of a stack, and who listens on its ports."""

    kinds: Counter[str]
    listeners: dict[int, list[str]]
    strangers: list[psutil.Process]


def census(stack: Any) -> Census:
    kinds: Counter[str] = Counter()
    listeners: dict[int, list[str]] = {stack.port + n: [] for n in range(len(PARTS))}
    ours = stack.processes()
    for process in ours:
        with suppress(psutil.NoSuchProcess):
            kind = kind_of(process)
            kinds[kind] += 1
            for connection in process.net_connections(kind="inet"):
                is_open = connection.status == psutil.CONN_LISTEN
                if is_open and connection.laddr.port in listeners:
                    listeners[connection.laddr.port].append(kind)
    strangers = [p for p in psutil.process_iter() if p not in ours and serves(stack.data, p)]
    return Census(kinds, listeners, strangers)


def kind_of(process: psutil.Process) -> str:
    """Its command, without what differs from one start to the next."""
    return " ".join(Path(argument).name for argument in process.cmdline()[:5])


def serves(data: Path, process: psutil.Process) -> bool:
    """Whether a process was started for this folder of data."""
    try:
        return process.environ().get("PATHSHALA_DATA") == str(data)
    except psutil.Error:
        return False


def assert_each_death_was_a_kill(said: str, kills: int) -> None:
    """Hold the supervisor to one start for each kill: no crash loop, no clash of ports."""
    deaths = re.findall(r"The (\w+) (stopped|could not start)", said)
    assert [how for _, how in deaths] == ["stopped"] * kills, said
