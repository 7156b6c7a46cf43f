"""All open pages: who may open one, who waits, and which end.

A person may have a few; all together fit into the memory that is free. Whoever finds no room waits
in a queue, in order, and asks again every few seconds. A page ends when its kernel dies, when
nobody shows it any more, and when its reader has done nothing for ten minutes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from weakref import WeakValueDictionary

import psutil

from hub.classroom.kernels import ReadersKernels
from hub.classroom.reading import Reading
from hub.classroom.released import Module, Portal

DIED, RESTED, LEFT = 4001, 4002, 4003
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_OF_A_MINUTE = 60


def free_bytes() -> int:
    """Return the memory that new processes can have without swapping."""
    return int(psutil.virtual_memory().available)


@dataclass(frozen=True)
class Limits:
    """How many pages, and how long. Times in seconds."""

    pages_of_a_person: int = 3
    starts_a_minute: int = 6
    bytes_of_a_page: int = 96 << 20
    bytes_kept_free: int = 512 << 20
    free_bytes: Callable[[], int] = free_bytes
    idle: float = 600
    notice: float = 60
    left: float = 45
    asks_again: float = 50
    patience: float = 15
    """How long a place in the queue is kept for somebody who does not ask again."""


class TooMany(Exception):
    """This person has as many pages open as one may have, or opens them too fast."""


class Full(Exception):
    """The server has no room; `place` is the reader's in the queue, from 1."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


Key = tuple[str, Module]


@dataclass
class Readings:
    """The open pages of this server, by person and what is read."""

    kernels: ReadersKernels
    portal: Portal
    limits: Limits = field(default_factory=Limits)
    open: dict[Key, Reading] = field(default_factory=dict)
    _opening: WeakValueDictionary[Key, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _waiting: dict[str, float] = field(default_factory=dict)
    _starts: dict[str, deque[float]] = field(default_factory=dict)
    _ends: set[asyncio.Task[None]] = field(default_factory=set)

    async def enter(self, person: str, module: Module) -> Reading:
        """Return the person's open page, or open it: all frames of a page share its kernel.

        Raises `TooMany`, `Full`, and what the portal raises.
        """
        key = person, module
        async with self._opening.setdefault(key, asyncio.Lock()):
            found = self.open.get(key)
            if found is not None and not found.is_lost:
                return found
            if found is not None:
                await self.end(found, DIED, "started again")
            self._admit(person)
            try:
                released = await self.portal.find(module, person)
            except Exception:
                self._waiting.pop(person, None)  # what is not there holds no place
                raise
            self._admit(person)
            reading = Reading(person, module, released, self.kernels)
            self.open[key] = reading
            self._waiting.pop(person, None)
            self._starts.setdefault(person, deque(maxlen=self.limits.starts_a_minute)).append(
                monotonic()
            )
            reading.begin(self.portal)
            return reading

    def find(self, kernel_id: str) -> Reading | None:
        """Return the page that this kernel works for."""
        return next((each for each in self.open.values() if each.kernel_id == kernel_id), None)

    # Room --------------------------------------------------------------------------------------

    def _admit(self, person: str) -> None:
        starts = self._starts.get(person, deque())
        is_fast = len(starts) == self.limits.starts_a_minute
        is_fast = is_fast and monotonic() - starts[0] < SECONDS_OF_A_MINUTE
        if is_fast or sum(each == person for each, _ in self.open) >= self.limits.pages_of_a_person:
            self._waiting.pop(person, None)
            raise TooMany
        place = self._queue(person)
        if place > self._rooms():
            raise Full(place)

    def _queue(self, person: str) -> int:
        """Return the person's one place in the queue, from 1; who stopped asking loses it."""
        now = monotonic()
        given_up = [who for who, at in self._waiting.items() if now - at > self.limits.patience]
        for each in given_up:
            del self._waiting[each]
        self._waiting[person] = now  # keeps the order of who came first
        return list(self._waiting).index(person) + 1

    def _rooms(self) -> int:
        """How many pages more the memory can hold; those that start have not taken theirs yet."""
        starting = sum(not each.is_done for each in self.open.values())
        free = self.limits.free_bytes() - self.limits.bytes_kept_free
        return int(free // self.limits.bytes_of_a_page) - starting

    # Ends --------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """Look after all pages, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async def look(self) -> None:
        """Warn those that will rest soon; end those that died, rested or were left."""
        now = monotonic()
        for reading in list(self.open.values()):
            if not await reading.is_alive():
                self._end_soon(reading, DIED, "the kernel died")
            elif reading.is_left and now - reading.left_at > self.limits.left:
                self._end_soon(reading, LEFT, "nobody is there")
            elif reading.is_done:
                self._let_rest(reading, now - reading.touched_at)
            if now - reading.asked_at > self.limits.asks_again:
                reading.asked_at = now
                self._soon(self._ask_again(reading))
        for person in [p for p, starts in self._starts.items() if now - starts[-1] > 60]:
            del self._starts[person]

    def _let_rest(self, reading: Reading, idle: float) -> None:
        if idle > self.limits.idle:
            self._end_soon(reading, RESTED, "nobody moved")
        elif idle > self.limits.idle - self.limits.notice and not reading.warned:
            reading.warn(int(self.limits.notice))

    async def _ask_again(self, reading: Reading) -> None:
        if reading.may_stay is not None and not await reading.may_stay():
            await self.end(reading, LEFT, "signed out")

    def _end_soon(self, reading: Reading, code: int, reason: str) -> None:
        self._soon(self.end(reading, code, reason))

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._ends.add(task)
        task.add_done_callback(self._ends.discard)

    async def end(self, reading: Reading, code: int, reason: str) -> None:
        """End a page. Repeatable."""
        key = reading.person, reading.module
        if self.open.get(key) is reading:
            del self.open[key]
        await reading.end(code, reason)

    async def end_all_of(self, person: str) -> None:
        """End every page of a person who signs out or may no longer come."""
        for reading in [each for each in self.open.values() if each.person == person]:
            await self.end(reading, LEFT, "signed out")

    async def close(self) -> None:
        """End all pages."""
        ends = [self.end(each, LEFT, "the server stops") for each in self.open.values()]
        await asyncio.gather(*ends, return_exceptions=True)
