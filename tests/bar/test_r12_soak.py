"""R12: teachers work for long, on phones whose clocks are an hour off, and nothing wears out.

`make soak MINUTES=60` is the row as it was meant; `make bar` runs a few minutes of it. Errors,
growth of memory and lost answers are counted. Every process grows while it warms up, so the growth
of a run of less than twenty minutes is neither judged nor recorded.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from statistics import linear_regression
from threading import Event
from time import monotonic
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bench.page import COURSE, MODULE
from bench.people import add_teacher
from bench.processes import memory_megabytes
from hub.passwords import hash_password
from store.clock import now
from store.database import Database
from store.queries import modules
from store.tables import Answer
from tests.bar.figures import record
from tests.conftest import PASSWORD, Stack, sign_in_client

MINUTES = float(os.environ.get("SOAK_MINUTES", "3"))
pytestmark = [pytest.mark.bar, pytest.mark.timeout(int(MINUTES * 60) + 600)]

TEACHERS = 20
SECONDS_BETWEEN_STEPS = 1.0
WARM_UP = 0.3  # of the time: caches fill, threads start
MINUTES_TO_JUDGE_GROWTH = 20
MOST_ERRORS = 0.001
MOST_GROWTH_MB_PER_MINUTE = 1.0
CLOCKS_OFF = (timedelta(hours=-1), timedelta(0), timedelta(hours=1))
OURS = ("hub", "portal", "proxy", "worker", "classroom", "supervisor")
AT = f"api/courses/{COURSE}/{MODULE}"
PLACES = ("", "courses", f"courses/{COURSE}/{MODULE}", "library")
ASKED = ("api/me", "api/home", f"{AT}/mine", "api/courses")


@dataclass
class Teacher:
    """Somebody who works; her phone's clock is off."""

    stack: Stack
    name: str
    off: timedelta
    manifest: dict[str, Any]
    dice: Random
    person: str = ""
    sequence: int = 0
    has_handed_in: bool = False
    acknowledged: set[tuple[str, int, str]] = field(default_factory=set)
    newest: dict[str, int] = field(default_factory=dict)
    said: Counter[str] = field(default_factory=Counter)

    def work(self, over: Event) -> None:
        """Sign in, then look, answer and hand in until it is over; sometimes sign in anew."""
        while not over.is_set():
            with closing(sign_in_client(self.stack, self.name)) as client:
                self.said["200"] += 1
                self.person = client.get(f"{AT}/mine").json()["person"]
                for _ in range(self.dice.randrange(40, 80)):
                    if over.wait(SECONDS_BETWEEN_STEPS * self.dice.uniform(0.5, 1.5)):
                        return
                    self.dice.choice([self.look, self.look, self.answer, self.answer, self.watch])(
                        client
                    )
                self.hand_in(client)

    def look(self, client: httpx.Client) -> None:
        self.ask(client, "GET", self.dice.choice(PLACES + ASKED))

    def answer(self, client: httpx.Client) -> None:
        exercise = self.dice.choice(
            [e for e in self.manifest["exercises"] if e["component"] in ("Reflection", "Choice")]
        )
        self.sequence += 1
        value = f"উত্তর {self.sequence}: র‍্যাঙ্ক, উদ্বৃত্ত"
        if exercise["component"] == "Choice":
            value = self.dice.choice([*exercise["options"]])
        sent = {"device": "phone", "sequence": self.sequence, "value": value}
        times = {"edited_at": self.time(), "sent_at": self.time()}
        name = exercise["exercise"]
        if self.ask(client, "PUT", f"{AT}/answers/{name}", sent | times):
            self.acknowledged.add((name, self.sequence, value))
            self.newest[name] = self.sequence

    def watch(self, client: httpx.Client) -> None:
        clip, start = self.manifest["clips"][0]["clip"], self.dice.uniform(0, 5)
        seen = {"ranges": [[start, start + 1]], "position": start + 1}
        self.ask(client, "PUT", f"{AT}/clips/{clip}", seen)

    def hand_in(self, client: httpx.Client) -> None:
        """Hand in once: what waits to be marked is not handed in again."""
        if self.newest and not self.has_handed_in:
            asked = {"key": f"{self.name}-hands-in", "handed_at": self.time(), "together": []}
            self.has_handed_in = self.ask(client, "POST", f"{AT}/hand-ins", asked)

    def ask(
        self, client: httpx.Client, method: str, path: str, body: dict[str, Any] | None = None
    ) -> bool:
        """Ask, and count what came back; say whether it is well."""
        sent = {"person": self.person, **body} if body else None
        try:
            said = str(client.request(method, path, json=sent).status_code)
        except httpx.TransportError as error:
            said = type(error).__name__
        self.said[said if said == "200" else f"{said} {method} {path}"] += 1
        return said == "200"

    def time(self) -> str:
        return (now() + self.off).isoformat()


@pytest.fixture
def database(stack: Stack) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{stack.data}/pathshala.sqlite")) as database:
        yield database


def test_a_long_time_of_work_wears_nothing_out(stack: Stack, database: Database) -> None:
    teachers = some_teachers(stack, database)
    over, samples = Event(), []
    with ThreadPoolExecutor(TEACHERS) as threads:
        working = [threads.submit(teacher.work, over) for teacher in teachers]
        began = monotonic()
        try:
            while (minutes := (monotonic() - began) / 60) < MINUTES:
                samples.append((minutes, memory_megabytes(stack.process.pid)))
                assert not any(work.done() and work.exception() for work in working)
                over.wait(2)
        finally:
            over.set()
        for work in working:
            work.result(60)
    for teacher in teachers:
        assert_kept(database, teacher)
    said = sum((teacher.said for teacher in teachers), Counter())
    errors = said.total() - said["200"]
    settled = [each for each in samples if each[0] >= WARM_UP * MINUTES]
    growth = {name: megabytes_a_minute(settled, name) for name in OURS}
    told = ", ".join(f"{name} {value:+.1f}" for name, value in growth.items())
    words = (
        f"{MINUTES:g} min of {TEACHERS} teachers, clocks an hour off: {said.total():,} requests,"
        f" {errors} errors, {sum(len(t.acknowledged) for t in teachers):,} answers, 0 lost;"
        f" memory, MB a minute: {told}"
    )
    print(f"\nR12: {words}")
    assert errors <= MOST_ERRORS * said.total(), said
    if MINUTES >= MINUTES_TO_JUDGE_GROWTH:
        assert sum(growth.values()) < MOST_GROWTH_MB_PER_MINUTE, growth
        record("R12", words)


def some_teachers(stack: Stack, database: Database) -> list[Teacher]:
    password_hash = hash_password(PASSWORD)
    with database.read() as session:
        manifest = modules.get_current(session, f"{COURSE}/{MODULE}").manifest
    names = [f"soaked-{number}" for number in range(TEACHERS)]
    for name in names:
        database.write(lambda session, name=name: add_teacher(session, name, password_hash))
    return [
        Teacher(stack, name, CLOCKS_OFF[number % len(CLOCKS_OFF)], manifest, Random(number))
        for number, name in enumerate(names)
    ]


def megabytes_a_minute(samples: list[tuple[float, dict[str, float]]], name: str) -> float:
    """How much one of the standing processes grew; kernels come and go, and are not asked."""
    minutes = [at for at, _ in samples]
    return linear_regression(minutes, [found.get(name, 0.0) for _, found in samples]).slope


def assert_kept(database: Database, teacher: Teacher) -> None:
    """Each acknowledged answer once; the last counts, whatever the phone's clock said."""
    with database.read() as session:
        mine = select(Answer).where(Answer.person_id == teacher.person)
        rows = [*session.scalars(mine)]
    kept = Counter((row.exercise, row.sequence, row.value) for row in rows)
    assert teacher.acknowledged - set(kept) == set(), "acknowledged and lost"
    assert [each for each, times in kept.items() if times > 1] == []
    assert all(row.edited_at <= row.received_at for row in rows), "edited in the future"
    for exercise, sequence in teacher.newest.items():
        of_this = [row for row in rows if row.exercise == exercise]
        assert max(of_this, key=lambda row: (row.edited_at, row.id)).sequence >= sequence
