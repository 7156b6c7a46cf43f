"""R6: PostgreSQL is stopped, crashes and holds a lock while fifty people save; nothing is lost.

The whole product on PostgreSQL: before anything breaks, a teacher signs in, answers, hands in and
gets her quizzes scored, with nbgrader's gradebook and the Hub in databases beside.
"""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import httpx
import psycopg
import pytest

from bench.page import COURSE, MODULE
from bench.waiting import wait_until
from grading import gradebook
from store.clock import now
from store.database import Database
from store.queries import modules
from tests.bar.figures import record
from tests.bar.savers import Ledger, add_savers, saved_more, saving
from tests.conftest import Stack, running_stack, sign_in_client
from tests.databases import Server, a_server

pytestmark = [pytest.mark.bar, pytest.mark.timeout(600)]

SECONDS_BETWEEN_SAVES = 2.0
SECONDS_TO_BE_BACK = 5.0
LOCK_SECONDS = 2.0
HOWS = (signal.SIGINT, signal.SIGQUIT, signal.SIGINT, signal.SIGQUIT)  # stopped; as if crashed


@dataclass(frozen=True)
class House:
    """The product on a server of its own."""

    server: Server
    stack: Stack

    @property
    def url(self) -> str:
        return self.server.url("pathshala")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    server = a_server()
    server.run("CREATE DATABASE pathshala")
    folder = Path(tempfile.mkdtemp(prefix="pathshala-"))
    try:
        url = server.url("pathshala")
        with running_stack(folder, PATHSHALA_DATABASE_URL=url) as stack:
            yield House(server, stack)
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_teacher_answers_hands_in_and_is_scored_on_postgresql(house: House) -> None:
    module = f"api/courses/{COURSE}/{MODULE}"
    with closing(sign_in_client(house.stack, "teacher")) as client:
        me = {"person": client.get(f"{module}/mine").json()["person"]}
        for exercise, value in some_answers(house.url).items():
            moment = now().isoformat()
            sent = {"device": "phone", "sequence": 1, "edited_at": moment, "sent_at": moment}
            saved = client.put(f"{module}/answers/{exercise}", json=me | sent | {"value": value})
            assert saved.status_code == 200, saved.text
        handed = client.post(
            f"{module}/hand-ins",
            json=me | {"key": "postgresql-1", "handed_at": now().isoformat(), "together": []},
        )
        assert handed.status_code == 200, handed.text
        wait_until(lambda: state_of(client, module) in ("to-mark", "returned"), seconds=60)
    assert not list(house.stack.data.glob("pathshala.sqlite*"))
    assert gradebook.totals(house.server.url("pathshala_gradebook"))
    with psycopg.connect(house.server.url("pathshala_hub").replace("+psycopg", "")) as hub:
        assert hub.execute("SELECT name FROM users").fetchall() == [("teacher",)]


def some_answers(url: str) -> dict[str, object]:
    """A text to each reflection, and the first option of each choice."""
    with closing(Database(url)) as database, database.read() as session:
        exercises = modules.get_current(session, f"{COURSE}/{MODULE}").manifest["exercises"]
    texts = {e["exercise"]: "দেখেছি" for e in exercises if e["component"] == "Reflection"}
    return texts | {
        e["exercise"]: next(iter(e["options"])) for e in exercises if e["component"] == "Choice"
    }


def state_of(client: httpx.Client, module: str) -> str:
    return str(client.get(f"{module}/mine").json()["hand_ins"][-1]["state"])


def test_nothing_is_lost_when_the_database_goes_away_or_is_locked(house: House) -> None:
    with closing(Database(house.url)) as database, ThreadPoolExecutor(1) as thread:
        book, away = thread.submit(asyncio.run, save_under_fire(house, database)).result()
        book.assert_kept(database)
    record(
        "R6",
        f"{len(book.acknowledged)} saves acknowledged, 0 lost, 0 doubled over {len(HOWS)} restarts"
        f" of PostgreSQL and a lock of {LOCK_SECONDS:.0f} s; slowest return {max(away):.1f} s",
    )
    assert max(away) <= SECONDS_TO_BE_BACK


async def save_under_fire(house: House, database: Database) -> tuple[Ledger, list[float]]:
    savers, away = database.write(add_savers), []
    async with saving(
        database, house.stack.portal_url, savers, seconds_between=SECONDS_BETWEEN_SAVES
    ) as (_, book):
        for how in HOWS:
            await saved_more(book, 30)
            await asyncio.to_thread(house.server.stop, how)
            began = monotonic()
            house.server.start()  # in this thread: a server ends with the one that started it
            await saved_more(book, 1)
            away.append(monotonic() - began)
        await saved_more(book, 30)
        await asyncio.to_thread(lock_answers, house.url)
        await saved_more(book, 30)
    return book, away


def lock_answers(url: str) -> None:
    """Let nobody near the answers for a while, as a careless administrator may."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("LOCK TABLE answers IN ACCESS EXCLUSIVE MODE")
        connection.execute(f"SELECT pg_sleep({LOCK_SECONDS})")
