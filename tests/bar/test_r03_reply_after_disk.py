"""R3: no reply before the disk has it. The portal is watched from outside, call by call.

For each of two hundred saves an fdatasync of the store's log must begin after the request was
read and end before the reply is written; SQLite in earnest, strace as the witness.
"""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from store.database import Database
from tests.bar.figures import record
from tests.bar.savers import Ledger, Saver, add_savers, headers_of, path_of_reflection
from tests.bar.tracing import traced

pytestmark = [pytest.mark.bar, pytest.mark.timeout(300)]

ROUNDS, AT_ONCE = 20, 10
CALLS = "read,recvfrom,recvmsg,write,writev,sendto,sendmsg,fsync,fdatasync"
WORDS = r'[^"]*"(PUT |HTTP/1\.1 200)'
SOCKET = r"\((\d+)<(?:TCP|socket)"
SYNC = re.compile(r"(\d+) +f(?:data)?sync\(\d+<[^>]*pathshala\.sqlite-wal>(?P<rest>.*)")
SYNC_RESUMED = re.compile(r"(\d+) +<\.\.\. f(?:data)?sync resumed>")
SAID = re.compile(rf"(\d+) +\w+{SOCKET}{WORDS}")
READ_UNFINISHED = re.compile(rf"(\d+) +\w+{SOCKET}.*<unfinished")
READ_RESUMED = re.compile(rf"(\d+) +<\.\.\. \w+ resumed>{WORDS}")


@pytest.fixture
def trace(stack: Any, tmp_path: Path) -> list[str]:
    """What the portal asked of the system while two hundred answers were saved."""
    with closing(Database(f"sqlite:///{stack.data / 'pathshala.sqlite'}")) as database:
        savers = database.write(lambda session: add_savers(session, "witnessed"))[:AT_ONCE]
        path = path_of_reflection(database)
    portal = stack.find_process("run-portal")
    shown = ("-y", "-s", "40", "-e", f"trace={CALLS}", "-o", str(tmp_path / "trace"))
    # past the proxy, on connections of their own
    saving = save(f"http://127.0.0.1:{stack.port + 3}/services/portal/{path}", savers)
    # a browser of another test may have a loop of its own in this thread
    with traced(portal.pid, *shown), ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, saving).result()
    return (tmp_path / "trace").read_text(errors="replace").splitlines()


def test_every_reply_comes_after_its_fsync(trace: list[str]) -> None:
    log = Log()
    for number, line in enumerate(trace):
        log.read(number, line)
    assert log.early == []
    assert log.proved == ROUNDS * AT_ONCE
    record("R3", f"{log.proved} of {log.proved} replies came after an fdatasync of their own")


@dataclass
class Log:
    """What the lines so far told; a line is known by its number, a connection by its descriptor."""

    proved: int = 0
    early: list[str] = field(default_factory=list)
    _asked: dict[str, int] = field(default_factory=dict)  # by connection
    _synced: list[int] = field(default_factory=list)  # where ended syncs had begun
    _syncing: dict[str, int] = field(default_factory=dict)  # by thread
    _reading: dict[str, str] = field(default_factory=dict)  # by thread, which connection

    def read(self, number: int, line: str) -> None:
        """Take in one line; calls of several threads stand between each other's halves."""
        if found := SYNC.match(line):
            if "unfinished" in found["rest"]:
                self._syncing[found[1]] = number
            else:
                self._synced.append(number)
        elif (found := SYNC_RESUMED.match(line)) and found[1] in self._syncing:
            self._synced.append(self._syncing.pop(found[1]))
        elif found := SAID.match(line):
            self._note(found[2], found[3], number, line)
        elif found := READ_UNFINISHED.match(line):
            self._reading[found[1]] = found[2]
        elif (found := READ_RESUMED.match(line)) and found[1] in self._reading:
            self._note(self._reading.pop(found[1]), found[2], number, line)

    def _note(self, connection: str, words: str, number: int, line: str) -> None:
        if words.startswith("PUT"):
            self._asked[connection] = number
            return
        since = self._asked.pop(connection, None)
        if since is None:  # an answer that the portal itself was given
            return
        if any(since < began for began in self._synced):
            self.proved += 1
        else:
            self.early.append(line)


async def save(url: str, savers: list[Saver]) -> None:
    book = Ledger()
    origin = str(httpx.URL(url).copy_with(path="")).rstrip("/")
    async with httpx.AsyncClient(headers=headers_of(origin), timeout=30) as client:
        for number in range(ROUNDS):
            await asyncio.gather(*(saver.save(client, url, number, book) for saver in savers))
    assert len(book.acknowledged) == ROUNDS * AT_ONCE
