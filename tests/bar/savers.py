"""Fifty people who save while something breaks, and a ledger of what each was told.

The ledger is on the client's side: whatever was acknowledged must be in the store once, whatever
happened in between. What breaks is each row's own.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

import httpx
import pytest
from sqlalchemy import select

from bench.page import COURSE, MODULE
from bench.people import add_teacher, the_reflection
from hub.passwords import hash_password
from learning import sign_ins
from store.clock import now
from store.database import Database, Session
from store.tables import Answer

SAVERS = 50
SECONDS_TO_TRY = 120.0  # an unlucky saver meets several faults in a row
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 4.0  # between tries; the outbox of a browser starts alike
DEVICE = "a-savers-phone"
Kept = tuple[str, int, str]


@dataclass
class Ledger:
    """What the savers were told."""

    acknowledged: set[Kept] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def kept_in(self, database: Database) -> Counter[Kept]:
        """What the store has of those who were answered, and how often."""
        people = {person for person, _, _ in self.acknowledged}
        with database.read() as session:
            return Counter(
                (answer.person_id, answer.sequence, str(answer.value))
                for answer in session.scalars(select(Answer).where(Answer.person_id.in_(people)))
            )

    def assert_kept(self, database: Database) -> None:
        """Hold the store to the ledger: each acknowledged answer once, and no others."""
        kept = self.kept_in(database)
        assert self.acknowledged - set(kept) == set(), "acknowledged and lost"
        assert [each for each, times in kept.items() if times > 1] == [], "kept twice"
        assert set(kept) == self.acknowledged, "kept without being asked"


@dataclass(frozen=True)
class Saver:
    """Somebody who writes, on one phone, in a session of her own."""

    person: str
    token: str

    def request(self, sequence: int) -> tuple[dict[str, object], dict[str, str]]:
        """The body and the headers of a save, as a browser sends it."""
        moment = now().isoformat()
        body: dict[str, object] = {
            "person": self.person,
            "device": DEVICE,
            "sequence": sequence,
            "edited_at": moment,
            "sent_at": moment,
            "value": f"উত্তর {sequence}: র‍্যাঙ্ক, উদ্বৃত্ত",
        }
        return body, {"Cookie": f"pathshala-session={self.token}"}

    async def save(self, client: httpx.AsyncClient, url: str, sequence: int, book: Ledger) -> None:
        """Send one answer until it is acknowledged, as the outbox of a browser does."""
        body, headers = self.request(sequence)
        until, pause = monotonic() + SECONDS_TO_TRY, FIRST_PAUSE
        while monotonic() < until:
            began = monotonic()
            try:
                answer = await client.put(url, json=body, headers=headers)
            except httpx.TransportError as error:
                book.refused[type(error).__name__] += 1
            else:
                if answer.status_code == 200:
                    book.seconds.append(monotonic() - began)
                    book.acknowledged.add((self.person, sequence, str(body["value"])))
                    return
                # what is no JSON is the proxy's, or the Hub's while the proxy knows no portal
                is_the_portals = "json" in answer.headers.get("Content-Type", "")
                assert not is_the_portals or answer.status_code in (502, 503, 504), answer.text
                book.refused[str(answer.status_code)] += 1
            # fifty phones do not come back in the same moment: the outbox spreads them, too
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(2 * pause, LONGEST_PAUSE)
        pytest.fail(f"an answer was not taken for {SECONDS_TO_TRY:.0f} s: {book.refused}")


def add_savers(session: Session, name: str = "saver") -> list[Saver]:
    """Fifty teachers who are signed in already."""
    password_hash = hash_password("কেউ জানে না এটি")
    savers = []
    for number in range(SAVERS):
        person = add_teacher(session, f"{name}-{number}", password_hash)
        savers.append(Saver(person.id, sign_ins.open_session(session, person.id)))
    return savers


def path_of_reflection(database: Database) -> str:
    """Where an answer to the module's first reflection goes, below the portal."""
    with database.read() as session:
        return f"api/courses/{COURSE}/{MODULE}/answers/{the_reflection(session)}"


def headers_of(origin: str) -> dict[str, str]:
    """What a browser says with every write from a page of this origin."""
    return {"Origin": origin, "Sec-Fetch-Site": "same-origin", "X-Pathshala": "1"}


@asynccontextmanager
async def saving(
    database: Database, portal_url: str, savers: list[Saver], *, seconds_between: float
) -> AsyncIterator[tuple[httpx.AsyncClient, Ledger]]:
    """Let all of them save, again and again, inside the block; at its end everyone is answered."""
    book, done = Ledger(), asyncio.Event()
    url = portal_url + path_of_reflection(database)
    origin = str(httpx.URL(portal_url).copy_with(path="")).rstrip("/")
    limits = httpx.Limits(max_connections=SAVERS)

    async def keep_saving(saver: Saver, number: int, client: httpx.AsyncClient) -> None:
        await is_set(done, seconds_between * number / SAVERS)  # not all at once
        sequence = 0
        while not done.is_set():
            sequence += 1
            await saver.save(client, url, sequence, book)
            await is_set(done, seconds_between)

    async with httpx.AsyncClient(headers=headers_of(origin), limits=limits, timeout=10) as client:
        tasks = [
            asyncio.create_task(keep_saving(saver, number, client))
            for number, saver in enumerate(savers)
        ]
        try:
            yield client, book
        finally:
            done.set()
        await asyncio.gather(*tasks)


async def saved_more(book: Ledger, answers: int) -> None:
    """Wait until so many more answers were acknowledged."""
    before = len(book.acknowledged)
    await until(lambda: len(book.acknowledged) >= before + answers)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, with a limit."""
    async with asyncio.timeout(SECONDS_TO_TRY):
        while not condition():
            await asyncio.sleep(0.05)


async def is_set(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event, at most so long."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
