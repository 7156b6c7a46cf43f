"""R2, live pages' part: kernels, what they are forked from, and the classroom are killed, each and
together, while fifty save on the portal and readers have live pages open.

Nothing acknowledged is lost, as no kernel has to do with it. A live page opens again within thirty
seconds; and of all that ran for the killed one nothing is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import psutil
import pytest

from bench.waiting import wait_until
from store.database import Database
from tests.bar.figures import record
from tests.bar.savers import Ledger, Saver, add_savers, saved_more, saving
from tests.classroom.world import kernel_of
from tests.journeys.acting import publish
from tests.publishing.writing import IMPORT, code, reflection, words, write_course

pytestmark = [pytest.mark.bar, pytest.mark.timeout(600)]

CLASSROOM = "run-classroom"
ROUNDS = 3
READERS = ("teacher", "teacher2", "teacher3")
SECONDS_TO_BE_BACK = 30.0
SECONDS_TO_BE_GONE = 5.0
SAVES_BETWEEN_KILLS = 50
SLIDER = "import ipywidgets\nipywidgets.IntSlider(3)"
Killed = Callable[[psutil.Process], Iterable[psutil.Process]]


def warm_parents(classroom: psutil.Process) -> list[psutil.Process]:
    return [each for each in classroom.children() if runs(each, "warm")]


def runs(process: psutil.Process, word: str) -> bool:
    """Whether a process runs that was started with this word."""
    with suppress(psutil.NoSuchProcess):  # or it has ended, and nobody has asked how yet
        return word in process.cmdline()
    return False


def kernels(classroom: psutil.Process) -> list[psutil.Process]:
    return [kernel for warm in warm_parents(classroom) for kernel in warm.children()]


KILLED: dict[str, Killed] = {
    "kernels": kernels,
    "warm parent": warm_parents,
    "classroom": lambda classroom: [classroom],
    "classroom and warm parent": lambda classroom: [classroom, *warm_parents(classroom)],
    "all": lambda classroom: [classroom, *warm_parents(classroom), *kernels(classroom)],
}


@dataclass
class Seen:
    """What came of it: by what was killed, the seconds until every page was there again."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    book: Ledger = field(default_factory=Ledger)


def test_live_pages_come_back_and_nothing_is_lost_or_left(
    stack: Any, client_for: Any, tmp_path: Path
) -> None:
    cells = (IMPORT, words("# অপেক্ষা"), code(SLIDER), reflection(), code("HandIn()"))
    publish(stack, write_course(tmp_path, *cells, course="lasting"))
    readers = [client_for(name) for name in READERS]
    with closing(Database(f"sqlite:///{stack.data / 'pathshala.sqlite'}")) as database:
        savers = database.write(lambda session: add_savers(session, "beside-live-pages"))
        with ThreadPoolExecutor(1) as thread:
            under_fire = keep_opening(stack, database, savers, readers)
            seen = thread.submit(asyncio.run, under_fire).result()
        seen.book.assert_kept(database)
    back = ", ".join(f"{what} {max(each):.1f} s" for what, each in seen.seconds.items())
    record(
        "R2 live",
        f"{sum(map(len, seen.seconds.values()))} kills with {len(READERS)} live pages open, under"
        f" 50 savers: {len(seen.book.acknowledged):,} saves acknowledged, 0 lost, 0 doubled, no"
        f" process left; slowest return of all pages: {back}",
    )
    assert max(map(max, seen.seconds.values())) <= SECONDS_TO_BE_BACK


async def keep_opening(
    stack: Any, database: Database, savers: list[Saver], readers: list[httpx.Client]
) -> Seen:
    seen = Seen()
    async with saving(database, stack.portal_url, savers, seconds_between=2.0) as (_, seen.book):
        before = await asyncio.to_thread(open_all, stack, readers, set())
        for _ in range(ROUNDS):
            for what, choose in KILLED.items():
                await saved_more(seen.book, SAVES_BETWEEN_KILLS)
                took, before = await asyncio.to_thread(
                    kill_and_open, stack, readers, choose, before
                )
                seen.seconds.setdefault(what, []).append(took)
    return seen


def kill_and_open(
    stack: Any, readers: list[httpx.Client], choose: Killed, before: set[str]
) -> tuple[float, set[str]]:
    """Kill; the seconds until each reader has a page that moves, and their kernels."""
    classroom = stack.find_process(CLASSROOM)
    killed = list(choose(classroom))
    go_too = set(forked(stack) if classroom in killed else kernels(classroom))
    began = monotonic()
    for each in killed:
        each.kill()
    opened = open_all(stack, readers, before)
    took = monotonic() - began
    _, left = psutil.wait_procs({*killed, *go_too}, timeout=SECONDS_TO_BE_GONE)
    assert [each for each in left if each.status() != psutil.STATUS_ZOMBIE] == []
    return took, opened


def forked(stack: Any) -> set[psutil.Process]:
    """Warm parents and kernels, those too whose parent was killed before."""
    return {each for each in stack.processes() if runs(each, "hub.classroom.launcher")}


def open_all(stack: Any, readers: list[httpx.Client], gone: set[str]) -> set[str]:
    """Have every reader open the page until it comes with a kernel that is not of these."""
    opened: set[str] = set()

    def is_open(reader: httpx.Client) -> bool:
        kernel = opened_by(stack, reader)
        opened.update({kernel} - gone - {""})
        return kernel not in gone | {""}

    for reader in readers:
        wait_until(lambda: is_open(reader), seconds=2 * SECONDS_TO_BE_BACK, every=0.5)  # noqa: B023
    return opened


def opened_by(stack: Any, reader: httpx.Client) -> str:
    """Read the page to its end; its kernel, or "" if there is none now."""
    origin = f"http://127.0.0.1:{stack.port + 4}"
    address = f"{origin}/services/classroom/live/lasting/spare-time/1?lang=bn&stretch=0"
    try:
        frame = reader.get(address, headers={"Sec-Fetch-Mode": "navigate"})
    except httpx.TransportError:
        return ""
    is_whole = frame.status_code == 200 and 'data-live="lost"' not in frame.text
    return kernel_of(frame) if is_whole else ""
