"""R11: copies are made while fifty people save; all goes; the newest copy brings it back.

Whatever was acknowledged before the newest copy began is there again, once; what came after it is
at most sixty seconds of work, for so often a copy is made. Once by the command, once by themselves,
where what makes them is killed after each.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from time import monotonic

import pytest

from bench.products import free_port
from store.database import Database
from tests.bar.figures import record
from tests.bar.savers import Kept, Ledger, add_savers, saved_more, saving, until
from tests.conftest import PATHSHALA, Stack, running_stack, serving_environment, sign_in_client

pytestmark = [pytest.mark.bar, pytest.mark.timeout(600)]

COPIES = 5
SECONDS_BETWEEN_SAVES = 2.0
SECONDS_TO_RESTORE = 60.0


@dataclass
class Drill:
    """What savers were told, and which of it before the newest copy began."""

    folder: Path
    book: Ledger = field(default_factory=Ledger)
    before_copy: set[Kept] = field(default_factory=set)
    seconds_to_copy: list[float] = field(default_factory=list)


def while_fifty_save(stack: Stack, drill: Drill, act: Callable[[], Awaitable[None]]) -> None:
    """Act while they save; at the end the store has what they were told, each once."""

    async def save_and_act(database: Database) -> None:
        savers = database.write(lambda session: add_savers(session, drill.folder.name))
        async with saving(
            database, stack.portal_url, savers, seconds_between=SECONDS_BETWEEN_SAVES
        ) as (_, drill.book):
            await act()

    with closing(the_store(stack.data)) as database, ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, save_and_act(database)).result()
        drill.book.assert_kept(database)


def the_store(data: Path) -> Database:
    return Database(f"sqlite:///{data}/pathshala.sqlite")


@pytest.fixture(scope="module")
def drill(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Drill:
    drill = Drill(tmp_path_factory.mktemp("copied"))
    while_fifty_save(stack, drill, lambda: copy(stack, drill))
    return drill


async def copy(stack: Stack, drill: Drill) -> None:
    for _ in range(COPIES):
        await saved_more(drill.book, 50)
        drill.before_copy = set(drill.book.acknowledged)
        began = monotonic()
        await asyncio.to_thread(run, "backup", drill.folder, stack.data)
        drill.seconds_to_copy.append(monotonic() - began)
    await saved_more(drill.book, 50)


def run(command: str, folder: Path, data: Path) -> subprocess.CompletedProcess[str]:
    environment = serving_environment(data, free_port(following=5))
    return subprocess.run(
        [PATHSHALA, command, folder], env=environment, capture_output=True, text=True, timeout=120
    )


EVERY = 5


@dataclass
class ByThemselves(Drill):
    """The same, where `serve` makes the copies."""

    kills: int = 0


@pytest.fixture(scope="module")
def by_themselves(
    prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ByThemselves]:
    drill = ByThemselves(tmp_path_factory.mktemp("by-themselves") / "copies")
    folder = Path(tempfile.mkdtemp(prefix="pathshala-"))
    shutil.copytree(prepared, folder / "data")
    settings = {"PATHSHALA_COPIES": str(drill.folder), "PATHSHALA_COPIES_EVERY": str(EVERY)}
    try:
        with running_stack(folder, **settings) as stack:
            while_fifty_save(stack, drill, lambda: kill_what_copies(stack, drill))
        yield drill
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def kill_what_copies(stack: Stack, drill: ByThemselves) -> None:
    """Let copies come, and kill what makes them after each. Whatever was acknowledged when a copy
    was there is in the next, which began later."""
    at_last_copy: set[Kept] = set()
    for _ in range(COPIES):
        before = len(made(drill.folder))
        await until(lambda before=before: len(made(drill.folder)) > before)
        drill.before_copy, at_last_copy = at_last_copy, set(drill.book.acknowledged)
        await saved_more(drill.book, 20)
        if (copying := stack.find_process("run-copies")) is not None:
            copying.kill()
            drill.kills += 1


def made(folder: Path) -> list[Path]:
    return list(folder.glob("copies/[0-9]*.json"))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


def assert_brought_back(drill: Drill, data: Path) -> None:
    """Hold a restored store to what the savers were told before the newest copy began."""
    with closing(the_store(data)) as database:
        kept = Ledger(drill.book.acknowledged).kept_in(database)
    assert drill.before_copy - set(kept) == set(), "saved before the copy, and lost"
    assert set(kept) <= drill.book.acknowledged
    assert [each for each, times in kept.items() if times > 1] == []


def test_what_was_saved_before_the_copy_is_there_after_a_restore(
    drill: Drill, elsewhere: Path
) -> None:
    began = monotonic()
    done = run("restore", drill.folder, elsewhere / "data")
    restoring = monotonic() - began
    assert done.returncode == 0, done.stderr
    with running_stack(elsewhere) as restored:
        back = monotonic() - began
        with closing(sign_in_client(restored, "teacher")) as client:
            assert client.get("api/courses/active-learning/pair-talk/mine").json()["epoch"]
        assert_brought_back(drill, restored.data)
    record(
        "R11",
        f"{COPIES} copies under 50 savers, each within {max(drill.seconds_to_copy):.1f} s;"
        f" {len(drill.before_copy)} saves before the newest, 0 lost; restored in {restoring:.1f} s,"
        f" in use after {back:.1f} s",
    )
    assert restoring <= SECONDS_TO_RESTORE


def test_copies_come_by_themselves_and_bring_back_what_was_saved_before(
    by_themselves: ByThemselves, elsewhere: Path
) -> None:
    drill = by_themselves
    done = run("restore", drill.folder, elsewhere / "data")
    assert done.returncode == 0, done.stderr
    assert len(drill.before_copy) > 50
    assert_brought_back(drill, elsewhere / "data")
    record(
        "R11 automatic",
        f"{len(made(drill.folder))} copies by themselves under 50 savers, what makes them killed"
        f" {drill.kills} times; {len(drill.before_copy)} saves before the newest, 0 lost;"
        f" p95 of a save meanwhile {1000 * quantiles(drill.book.seconds, n=20)[-1]:.0f} ms",
    )


def test_a_torn_copy_is_refused_by_name(drill: Drill, elsewhere: Path) -> None:
    torn = elsewhere / "torn"
    shutil.copytree(drill.folder, torn)
    largest = max(torn.glob("files/*/*"), key=lambda path: path.stat().st_size)
    with largest.open("r+b") as file:
        file.truncate(largest.stat().st_size - 1)
    refused = run("restore", torn, elsewhere / "data")
    assert refused.returncode == 1
    assert largest.name in refused.stderr and "damaged" in refused.stderr
    assert not (elsewhere / "data").exists()
