"""R11: copies are made while fifty people save; all goes; the newest copy brings it back.

Whatever was acknowledged before the newest copy began is there again, once; what came after it is
at most sixty seconds of work, for so often a copy is made. Once by the command, once by themselves,
where first some come undisturbed, and then what makes them is killed while it makes one.
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
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from time import monotonic

import pytest

from bench.products import free_port
from store.copies import NAMED, Place
from store.database import Database
from tests.bar.figures import record
from tests.bar.savers import Kept, Ledger, add_savers, saved_more, saving, until
from tests.conftest import PATHSHALA, Stack, running_stack, serving_environment, sign_in_client
from tests.copying import wait_for_a_copy_to_begin

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


def run(command: str, folder: Path, data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PATHSHALA, command, folder, *words],
        env=serving_environment(data, free_port(following=5)),
        capture_output=True,
        text=True,
        timeout=120,
    )


EVERY = 5
LATE = 5  # a copy under fifty savers takes some seconds, too
UNDISTURBED = KILLS = 3


@dataclass
class ByThemselves(Drill):
    """The same, where `serve` makes the copies.

    `spacings` are the seconds between those that came undisturbed; `of_the_killed` is what each
    that was killed had added, `next_ones` the copy that came after it.
    """

    spacings: list[float] = field(default_factory=list)
    of_the_killed: list[set[str]] = field(default_factory=list)
    next_ones: list[str] = field(default_factory=list)


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
            while_fifty_save(stack, drill, lambda: watch_and_kill(stack, drill))
        yield drill
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def watch_and_kill(stack: Stack, drill: ByThemselves) -> None:
    """Let copies come, the first after the savers began; then kill what makes them, each time once
    it has begun. Whatever was acknowledged by then is in the next, which begins later."""
    before = made(drill.folder)
    await until(lambda: len(made(drill.folder)) >= len(before) + UNDISTURBED)
    times = [
        datetime.strptime(name, NAMED).replace(tzinfo=UTC)
        for name in made(drill.folder)[len(before) :]
    ]
    drill.spacings = [(later - sooner).total_seconds() for sooner, later in pairwise(times)]
    for _ in range(KILLS):
        await asyncio.to_thread(kill_while_it_copies, stack, drill)
        there = made(drill.folder)
        await until(lambda there=there: len(made(drill.folder)) > len(there))
        drill.next_ones.append(made(drill.folder)[len(there)])


def kill_while_it_copies(stack: Stack, drill: ByThemselves) -> None:
    """Kill it at the beginning of a copy, and note what it added all the same."""
    copying = stack.find_process("run-copies")
    assert copying is not None
    wait_for_a_copy_to_begin(drill.folder)
    there, drill.before_copy = made(drill.folder), set(drill.book.acknowledged)
    copying.kill()
    copying.wait(SECONDS_TO_RESTORE)
    drill.of_the_killed.append(set(made(drill.folder)) - set(there))


def made(folder: Path) -> list[str]:
    return [path.stem for path in Place(folder / "copies").all()]


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
    assert restoring <= SECONDS_TO_RESTORE
    record(
        "R11",
        f"{COPIES} copies under 50 savers, each within {max(drill.seconds_to_copy):.1f} s;"
        f" {len(drill.before_copy)} saves before the newest, 0 lost; restored in {restoring:.1f} s,"
        f" in use after {back:.1f} s",
    )


def test_copies_come_by_themselves_as_often_as_was_said(by_themselves: ByThemselves) -> None:
    assert len(by_themselves.spacings) == UNDISTURBED - 1
    assert max(by_themselves.spacings) <= EVERY + LATE


def test_killed_while_it_copies_it_adds_none_and_the_next_brings_everything_back(
    by_themselves: ByThemselves, elsewhere: Path
) -> None:
    drill = by_themselves
    assert drill.of_the_killed == [set()] * KILLS
    for name in drill.next_ones:
        done = run("restore", drill.folder, elsewhere / name, "--copy", name)
        assert done.returncode == 0, done.stderr
    assert len(drill.before_copy) > 50
    assert_brought_back(drill, elsewhere / drill.next_ones[-1])
    record(
        "R11 automatic",
        f"under 50 savers a copy by itself each {EVERY} s, at most {max(drill.spacings):.1f} s"
        f" after the one before; killed {KILLS} times while it made one: none was added, the next"
        f" was whole; {len(drill.before_copy)} saves before the newest, 0 lost;"
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
