"""S15, the web's part: whoever sends slowly, or very much, is sent away; others stay quick.

The hogs come through the real proxy. Bodies made to be hard to read go to every route that takes
one, of a portal in this process.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from statistics import quantiles
from time import monotonic
from typing import Any

import httpx
import pytest

from store.database import Database
from tests.bar.figures import record
from tests.bar.savers import (
    Saver,
    add_savers,
    headers_of,
    is_set,
    path_of_reflection,
    saved_more,
    saving,
)
from tests.hub.door import NAVIGATES
from tests.portal.asking import BODIES, Route, body, path
from tests.portal.filling import PEOPLE
from tests.portal.world import WRITE, World, a_portal

HOGS = 300
SECONDS_TO_END = 5.0
PATIENCE_SECONDS = 60.0
P95_SECONDS = 0.5
# hogs share a loop with the others: to read certificates for each would be a hog of its own
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
FIELDS = b"&".join([b"a="] * 10**6)
HALF_A_REQUEST = b"GET /services/portal/ HTTP/1.1\r\nHost: pathshala\r\nX-Slow: "
HALF_A_FORM = (
    b"POST /hub/login HTTP/1.1\r\nHost: pathshala\r\nContent-Length: 1000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nusername="
)

# Made to be hard to read -----------------------------------------------------------------------

DEEP = "[" * 100_000 + "]" * 100_000
HARD = {
    "deep arrays": DEEP,
    "deep objects": '{"a":' * 40_000 + "1" + "}" * 40_000,
    **{f"{n} levels": "[" * n + "]" * n for n in (100, 300, 900, 3_000)},
    "never closed": "[" * 200_000,
    "beyond a float": "1e999999999",
    "beyond an integer": "9" * 4_000,
    "more digits than Python reads": "9" * 200_000,
    "beyond a column": str(2**63),
    "less than nothing": f"-{2**63 + 1}",
    "no number": "NaN",
    "many keys": json.dumps({f"k{n}": 0 for n in range(20_000)}),
    "half a letter": '"\\ud800"',
    "a NUL": '"a\\u0000b"',
}
QUICK = {"deep arrays", "300 levels", "beyond a float", "beyond a column"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_portal(tmp_path_factory.mktemp("portal"), patience=1000) as world:
        yield world


@pytest.mark.parametrize(
    "hard",
    [
        pytest.param(text, id=name, marks=[] if name in QUICK else [pytest.mark.bar])
        for name, text in HARD.items()
    ],
)
def test_a_body_that_is_hard_to_read_is_refused_by_every_route(world: World, hard: str) -> None:
    for route in BODIES:
        actor, fields = someone_who_may(world, route)
        sent = [hard, *(with_hard_field(fields, name, hard) for name in fields)]
        for text in sent:
            answer = actor.request(
                route[0],
                path(world, route[1]),
                content=text,
                headers={**WRITE, "Content-Type": "application/json"},
            )
            assert answer.status_code < 500, (route, text[:200], answer.text)


def test_a_nul_is_refused_wherever_it_stands(world: World) -> None:
    """PostgreSQL keeps none in a text, and would fail."""
    teacher = world.client("teacher")
    for address, status in (
        ("api/posts/a%00b", 404),
        ("library/%00", 404),
        ("api/library?q=%00", 400),
    ):
        assert teacher.get(address).status_code == status, address
    route = ("PUT", "/api/courses/{course}/{module}/answers/{exercise}")
    asked = {**(body(route, world.ids["teacher"]) or {}), "device": "a\x00b"}
    answer = teacher.put(path(world, route[1]), json=asked, headers=WRITE)
    assert (answer.status_code, answer.json()["facts"]) == (422, {"fields": "device"})


def someone_who_may(world: World, route: Route) -> tuple[Any, dict[str, Any]]:
    """Whoever gets further than the door of a route, and what such a person would send."""
    for name in PEOPLE:
        client = world.client(name)
        headers = {**WRITE, "Content-Type": "application/json"}
        tried = client.request(route[0], path(world, route[1]), content="[", headers=headers)
        if tried.status_code not in (401, 404):
            return client, body(route, world.ids[name]) or {}
    pytest.fail(f"nobody may {route}")


def with_hard_field(fields: dict[str, Any], name: str, hard: str) -> str:
    """The usual body as text, with this in one of its fields."""
    pairs = {key: json.dumps(value) for key, value in fields.items()} | {name: hard}
    return "{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in pairs.items()) + "}"


# Through the proxy -----------------------------------------------------------------------------


def test_a_million_fields_at_the_door_are_refused(stack: Any) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with httpx.Client(base_url=stack.url, headers={**NAVIGATES, **kind}) as client:
        for form in ("/hub/login", "/hub/join", "/hub/password"):
            assert client.post(form, content=FIELDS).status_code == 413
            assert client.post(form, content=FIELDS[:60_000]).status_code == 400
            assert client.post(form, content=iter([FIELDS[:60_000]])).status_code == 411


def test_half_a_request_is_ended(stack: Any) -> None:
    async def hold_both() -> list[tuple[float, bytes]]:
        return await asyncio.gather(hold(stack, HALF_A_REQUEST), hold(stack, HALF_A_FORM))

    with ThreadPoolExecutor(1) as thread:
        for held, said in thread.submit(asyncio.run, hold_both()).result():
            assert held < PATIENCE_SECONDS, "ended by the proxy, not by the test's patience"
            assert said in (b"", b"HTTP/1.1 408 Request Timeout")


async def hold(stack: Any, half: bytes) -> tuple[float, bytes]:
    """Send half a request, then a byte now and then; how long that went, and what it was told."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stack.port)
    began = monotonic()
    told = asyncio.create_task(reader.read())
    writer.write(half)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (await asyncio.wait({told}, timeout=0.5))[0]:
                writer.write(b"a")
    finally:
        writer.close()
    said = told.exception() is None and told.result().split(b"\r\n")[0]
    return monotonic() - began, said or b""


# Hogs, and others ------------------------------------------------------------------------------

Hog = Callable[[Any, Saver, str], Awaitable[float]]


async def half_requests(stack: Any, saver: Saver, url: str) -> float:
    return (await hold(stack, HALF_A_REQUEST))[0]


async def half_forms(stack: Any, saver: Saver, url: str) -> float:
    return (await hold(stack, HALF_A_FORM))[0]


async def half_answers(stack: Any, saver: Saver, url: str) -> float:
    _, cookie = saver.request(1)
    headers = {**headers_of(stack.url), **cookie, "Host": stack.url.removeprefix("http://")}
    lines = [f"PUT {httpx.URL(url).path} HTTP/1.1", "Content-Type: application/json"]
    lines += ["Content-Length: 100000", *(f"{k}: {v}" for k, v in headers.items()), "", "{"]
    return (await hold(stack, "\r\n".join(lines).encode()))[0]


async def million_fields(stack: Any, saver: Saver, url: str) -> float:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return await send("POST", f"{stack.url}/hub/login", FIELDS, {**NAVIGATES, **form})


async def many_fields(stack: Any, saver: Saver, url: str) -> float:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return await send("POST", f"{stack.url}/hub/join", FIELDS[:60_000], {**NAVIGATES, **form})


async def deep_json(stack: Any, saver: Saver, url: str) -> float:
    sent, cookie = saver.request(1)
    deep = with_hard_field(sent, "value", DEEP).encode()
    headers = {**headers_of(stack.url), **cookie, "Content-Type": "application/json"}
    return await send("PUT", url, deep, headers)


async def send(method: str, url: str, content: bytes, headers: dict[str, str]) -> float:
    """Send it; it has to be refused, or cut off."""
    began = monotonic()
    async with httpx.AsyncClient(timeout=60, verify=NO_CERTIFICATES) as client:
        try:
            answer = await client.request(method, url, content=content, headers=headers)
        except (httpx.WriteError, httpx.ReadError):
            return monotonic() - began  # it was told to go while it was still talking
    assert 400 <= answer.status_code < 500, answer.status_code
    return monotonic() - began


HOGS_OF: dict[str, tuple[Hog, int]] = {
    "half requests": (half_requests, HOGS),
    "half forms": (half_forms, HOGS),
    "half answers": (half_answers, HOGS),
    "a million fields": (million_fields, 10),
    "many fields": (many_fields, 20),
    "deep JSON": (deep_json, 20),
}


@pytest.mark.bar
@pytest.mark.timeout(300)
def test_hogs_are_sent_away_and_others_stay_quick(stack: Any) -> None:
    with closing(Database(f"sqlite:///{stack.data / 'pathshala.sqlite'}")) as database:
        hog, *others = database.write(lambda session: add_savers(session, "beside-hogs"))
        with ThreadPoolExecutor(1) as thread:
            seen = thread.submit(asyncio.run, beside_hogs(stack, database, hog, others)).result()
    record(
        "S15",
        "; ".join(
            f"{name}: gone in {gone:.1f} s, others' p95 {p95 * 1000:.0f} ms"
            for name, (gone, p95) in seen.items()
        ),
    )
    assert {name: gone for name, (gone, _) in seen.items() if gone > SECONDS_TO_END} == {}
    assert {name: p95 for name, (_, p95) in seen.items() if p95 > P95_SECONDS} == {}


async def beside_hogs(
    stack: Any, database: Database, hog: Saver, others: list[Saver]
) -> dict[str, tuple[float, float]]:
    """For each kind of hog: how long the last one stayed, and the p95 of what others asked."""
    url = stack.portal_url + path_of_reflection(database)
    seen = {}
    async with saving(database, stack.portal_url, others, seconds_between=2.0) as (_, book):
        await saved_more(book, 2 * len(others))
        for name, (act, many) in HOGS_OF.items():
            saved = len(book.seconds)
            async with asking_the_hub(stack.url) as waits:
                gone = await asyncio.gather(*(act(stack, hog, url) for _ in range(many)))
                await asyncio.sleep(2.0)  # one more save of everybody
            seen[name] = max(gone), quantiles([*waits, *book.seconds[saved:]], n=20)[-1]
    assert not book.refused, book.refused
    book.assert_kept(database)
    return seen


@asynccontextmanager
async def asking_the_hub(url: str) -> AsyncIterator[list[float]]:
    """Somebody else opens the sign-in page, again and again; the seconds it took."""
    done, waits = asyncio.Event(), []

    async def ask() -> None:
        async with httpx.AsyncClient(base_url=url, headers=NAVIGATES, timeout=60) as client:
            while not await is_set(done, 0.1):
                began = monotonic()
                assert (await client.get("/hub/login")).status_code == 200
                waits.append(monotonic() - began)

    asking = asyncio.create_task(ask())
    try:
        yield waits
    finally:
        done.set()
        await asking
