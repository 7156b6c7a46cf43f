"""R1: the portal is killed twenty times while fifty people save; no saved answer is lost.

`make test` kills it eight times, as soon as a few have saved. `make bar`, where nothing else runs,
does it twenty times, lets people save for longer between kills, and twice as often; it also holds
the portal to being back within five seconds, and 95 of 100 acknowledged saves to 150 ms.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from statistics import quantiles
from time import monotonic
from typing import Any

import httpx
import psutil
import pytest

from store.database import Database
from tests.bar.figures import record
from tests.bar.savers import Ledger, Saver, add_savers, saved_more, saving, until

SECONDS_TO_BE_BACK = 5.0
P95_SECONDS = 0.150


@dataclass(frozen=True)
class Load:
    """How hard everybody works."""

    name: str
    seconds_between_saves: float
    saves_between_kills: int
    kills: int = 20


QUICK = Load("quick", 2.0, 10, kills=8)
AS_PAGES_DO = Load("usual", 2.0, 50)  # a page saves 2 s after the last key
TWICE_AS_OFTEN = Load("double", 1.0, 150)


@dataclass(frozen=True)
class Ordeal:
    """What came of it: what savers were told, the store, how long the portal was away."""

    load: Load
    book: Ledger
    database: Database
    seconds_away: list[float]

    def __str__(self) -> str:
        p95 = quantiles(self.book.seconds, n=20)[-1]
        return (
            f"{len(self.book.acknowledged)} saves acknowledged, 0 lost, 0 doubled,"
            f" {sum(self.book.refused.values())} refused and sent again,"
            f" p95 {p95 * 1000:.0f} ms, slowest return {max(self.seconds_away):.1f} s"
        )


@pytest.fixture(scope="module")
def ordeal(request: pytest.FixtureRequest, stack: Any) -> Iterator[Ordeal]:
    load: Load = request.param
    with closing(Database(f"sqlite:///{stack.data / 'pathshala.sqlite'}")) as database:
        savers = database.write(lambda session: add_savers(session, load.name))
        # in a thread: the browser of other tests has an event loop in this one
        with ThreadPoolExecutor(1) as thread:
            run = thread.submit(asyncio.run, save_under_fire(stack, database, savers, load))
            book, seconds_away = run.result()
        yield Ordeal(load, book, database, seconds_away)


def under(load: Load, *marks: pytest.MarkDecorator) -> Any:
    return pytest.param(load, id=load.name, marks=marks)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "ordeal",
    [under(QUICK), under(TWICE_AS_OFTEN, pytest.mark.bar), under(AS_PAGES_DO, pytest.mark.bar)],
    indirect=True,
)
def test_no_saved_answer_is_lost_or_doubled_when_the_portal_is_killed(ordeal: Ordeal) -> None:
    print(f"\nR1: {ordeal}")
    assert len(ordeal.seconds_away) == ordeal.load.kills
    ordeal.book.assert_kept(ordeal.database)


@pytest.mark.bar  # a duration: only where nothing else runs
@pytest.mark.timeout(600)
@pytest.mark.parametrize("ordeal", [under(AS_PAGES_DO)], indirect=True)
def test_saving_stays_quick_and_the_portal_is_back_at_once(ordeal: Ordeal) -> None:
    record("R1", str(ordeal))
    assert max(ordeal.seconds_away) <= SECONDS_TO_BE_BACK
    assert quantiles(ordeal.book.seconds, n=20)[-1] <= P95_SECONDS


async def save_under_fire(
    stack: Any, database: Database, savers: list[Saver], load: Load
) -> tuple[Ledger, list[float]]:
    async with saving(
        database, stack.portal_url, savers, seconds_between=load.seconds_between_saves
    ) as (client, book):
        back = [await kill_and_wait(stack, client, book, load) for _ in range(load.kills)]
    return book, back


async def kill_and_wait(stack: Any, client: httpx.AsyncClient, book: Ledger, load: Load) -> float:
    """Kill the portal in the middle of work; return the seconds until one is there again."""
    await saved_more(book, load.saves_between_kills)
    portal = stack.find_process("run-portal")
    assert portal is not None
    began = monotonic()
    portal.kill()
    await until(lambda: not portal.is_running() or portal.status() == psutil.STATUS_ZOMBIE)
    while True:
        answer = await client.get(f"{stack.portal_url}health")
        if answer.status_code == 200:
            return monotonic() - began
        await asyncio.sleep(0.05)
