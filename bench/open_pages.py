"""Many readers open a live page at once: how fast it starts, and what it costs while it is open.

A page counts as open once its frame was read to its end, its socket is there, the widgets have told
their state and the slider was moved. Ours comes by way of the whole product: each reader has signed
in at the Hub.
"""

import re
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from websockets.sync.client import ClientConnection, connect

from bench import live_course
from bench.memory import signed_in
from bench.people import add_teacher
from bench.processes import (
    cpu_seconds,
    kernels_below,
    memory_megabytes,
    private_megabytes,
    wait_until_idle,
)
from bench.products import PASSWORD, Running
from bench.rows import Row
from hub.classroom.readings import Limits
from hub.passwords import hash_password
from store.database import Database, Session
from tests.classroom.talking import Talk

READERS = 20
MACHINE_MEGABYTES = 8_000
KERNEL = re.compile(r'(?:data-live="kernel">|"kernelId": ?)"([0-9a-f-]{36})"')
CLASSROOM = "/services/classroom/"
NOWHERE = f"{CLASSROOM}live/trial/no-such-module/1"


@dataclass(frozen=True)
class Cost:
    """What was measured of one product."""

    starts_a_second: float
    cpu_seconds: float
    kernel_megabytes: float
    page_megabytes: float
    server_megabytes: float

    @property
    def pages(self) -> int:
        """How many pages fit into 8 GB beside the server, with as much free as ours keeps free."""
        kept = Limits().bytes_kept_free / 1e6
        return int((MACHINE_MEGABYTES - kept - self.server_megabytes) / self.page_megabytes)


def rows(ours: Cost, theirs: Cost) -> list[Row]:
    """Set both beside each other."""
    found: list[tuple[str, str, Callable[[Cost], float]]] = [
        (f"page starts, {READERS} asked for at once", "1/s", lambda cost: cost.starts_a_second),
        ("CPU of a page start, all processes", "s", lambda cost: cost.cpu_seconds),
        ("private memory of a page's kernel", "MB", lambda cost: cost.kernel_megabytes),
        ("memory that an open page adds, all processes", "MB", lambda cost: cost.page_megabytes),
        ("memory of the server, one page open", "MB", lambda cost: cost.server_megabytes),
        ("open live pages in 8 GB", "pages", lambda cost: cost.pages),
    ]
    return [Row(name, figure(ours), figure(theirs), unit) for name, unit, figure in found]


def of_ours(product: Running, data: Path) -> Cost:
    """Let readers in, who sign in first."""
    port = urlsplit(product.address).port or 0
    origin = f"http://127.0.0.1:{port + 4}"
    with ExitStack() as held:
        readers = [
            held.enter_context(signed_in(product.address, name)) for name in _add_readers(data)
        ]
        for reader in readers:  # the classroom's own sign-in, which starts no page
            reader.get(origin + NOWHERE, headers={"Sec-Fetch-Mode": "navigate"})
        return _cost(product, readers, origin + live_course.FRAME, origin + CLASSROOM)


def of_theirs(product: Running) -> Cost:
    """Let readers in, whom nobody asks who they are."""
    with ExitStack() as held:
        readers = [
            held.enter_context(httpx.Client(timeout=120, follow_redirects=True))
            for _ in range(READERS + 1)
        ]
        return _cost(product, readers, f"{product.address}/", f"{product.address}/")


def _cost(product: Running, readers: Sequence[httpx.Client], address: str, root: str) -> Cost:
    """Let the first reader open the page, then all the others at once."""
    with ExitStack() as held, ThreadPoolExecutor(READERS) as pool:

        def join(reader: httpx.Client, kernel: str) -> None:
            talk = Talk(held.enter_context(_socket(reader, root, kernel)))
            talk.update(talk.model("IntSliderModel"), value=4)

        first, *others = readers
        join(first, _open(first, address))
        _wait(product)
        before, used = memory_megabytes(product.pid), cpu_seconds(product.pid)
        began = time.perf_counter()
        kernels = list(pool.map(lambda reader: _open(reader, address), others))
        seconds = time.perf_counter() - began
        used = cpu_seconds(product.pid) - used
        for reader, kernel in zip(others, kernels, strict=True):
            join(reader, kernel)
        _wait(product)
        after = memory_megabytes(product.pid)
        private = statistics.median(map(private_megabytes, kernels_below(product.pid)))
    return Cost(
        len(others) / seconds,
        used / len(others),
        private,
        (sum(after.values()) - sum(before.values())) / len(others),
        sum(before.values()),
    )


def _wait(product: Running) -> None:
    wait_until_idle([each for kernel in kernels_below(product.pid) for each in kernel])


def _open(reader: httpx.Client, address: str) -> str:
    """Read the frame to its end; return its kernel."""
    answer = reader.get(address, headers={"Sec-Fetch-Mode": "navigate"})
    answer.raise_for_status()
    found = KERNEL.search(answer.text)
    assert found, answer.text
    return found[1]


def _socket(reader: httpx.Client, root: str, kernel: str) -> ClientConnection:
    parts = urlsplit(root)
    cookies = [
        f"{each.name}={each.value}" for each in reader.cookies.jar if each.path == parts.path
    ]
    return connect(
        f"{root.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id=bench",
        additional_headers={
            "Cookie": "; ".join(cookies),
            "Origin": f"{parts.scheme}://{parts.netloc}",
        },
        max_size=None,
    )


def _add_readers(data: Path) -> list[str]:
    names = [f"reader-{number}" for number in range(READERS + 1)]
    password_hash = hash_password(PASSWORD)

    def add(session: Session) -> None:
        for name in names:
            add_teacher(session, name, password_hash)

    with closing(Database(f"sqlite:///{data}/pathshala.sqlite")) as database:
        database.write(add)
    return names
