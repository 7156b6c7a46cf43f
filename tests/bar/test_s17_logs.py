"""Row S17's other half: whatever is typed, sent or asked for, no log of any process has it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bench.waiting import wait_until
from tests.conftest import ClientFor, Stack, xsrf_of
from tests.journeys.acting import newcomer, share_with_everyone
from tests.portal.asking import BODIES, body

COURSE, MODULE, EXERCISE = "active-learning", "pair-talk", "quiet-child"
STAFF = {"trainer": ("studio", "lab"), "evaluator": ("marking",), "admin": ("studio",)}
PARTS = ("portal", "hub", "worker", "classroom", "proxy")


@pytest.fixture(scope="module")
def canary() -> str:
    """A word that stands nowhere else, in letters that no encoding changes."""
    return f"canary{uuid4().hex}"


def test_no_log_has_what_was_typed_sent_or_asked_for(
    stack: Stack, client_for: ClientFor, canary: str
) -> None:
    name = newcomer(stack, "somebody-new")
    clients = {each: client_for(each) for each in (name, *STAFF)}
    post = share_with_everyone(clients[name], f"courses/{COURSE}/{MODULE}", EXERCISE, canary)
    hers = {"course": COURSE, "module": MODULE, "exercise": EXERCISE, "post": post}
    type_at_the_door(stack, canary)
    write_everywhere(clients[name], canary, hers)
    for each, parts in STAFF.items():
        write_everywhere(clients[each], canary, {}, parts)
    for client in clients.values():
        ask_for_everything(stack, client, canary)
    assert clients[name].delete(f"api/posts/{post}").status_code == 200
    last = clients[name].get("health/alive").headers["X-Request-Id"]
    wait_until(lambda: last in stack.log("portal"), seconds=10)
    people = [client.get("api/me").json()["id"] for client in clients.values()]
    keys = [path.read_text().strip() for path in (stack.data / "secrets").iterdir()]
    tokens = [str(each.value) for client in clients.values() for each in client.cookies.jar]
    for part in PARTS:
        log = stack.log(part)
        for word in (canary, *tokens, *keys, *people, stack.password, name):
            assert len(word) < 6 or word not in log, (part, word)


def type_at_the_door(stack: Stack, canary: str) -> None:
    """A wrong name and password, an address of somebody's, and a form that is not one."""
    with httpx.Client(base_url=stack.url, timeout=30, follow_redirects=True) as outsider:
        token = xsrf_of(outsider.get("/hub/login").text)
        headers = {"Sec-Fetch-Mode": "navigate", "Origin": stack.url}
        form = {"username": canary, "password": canary, "_xsrf": token}
        assert outsider.post("/hub/login", data=form, headers=headers).status_code == 403
        for path in (
            f"/hub/login?next=/{canary}",
            f"/user/{canary}/lab",
            f"/{canary}",
            f"/hub/api/{canary}",
        ):
            outsider.get(
                path, headers={"Authorization": f"token {canary}", "Referer": f"http://x/{canary}"}
            )
        outsider.post(
            "/hub/login", content=f"{{{canary}", headers={"Content-Type": "application/json"}
        )


def write_everywhere(
    client: httpx.Client, canary: str, things: Mapping[str, str], parts: tuple[str, ...] = ("",)
) -> None:
    """Each thing that may be written below these parts of the API, with the word in each field, and
    as what is no JSON. In addresses it stands for whatever is not among the things."""
    me, places = client.get("api/me").json()["id"], defaultdict(lambda: canary, things)
    for route in BODIES:
        method, template = route
        if template.startswith(tuple(f"/api/{part}" for part in parts)):
            address = template.lstrip("/").format_map(places)
            for sent in with_it_in_each_field(body(route, me) or {}, canary):
                client.request(method, address, json=sent)
            client.request(method, address, content=f"{{{canary}", headers=JSON)


def with_it_in_each_field(body: dict[str, Any], word: str) -> Iterator[dict[str, Any]]:
    """The same with the word in one of its texts, lists or maps; and in a field of its own."""
    for name, value in body.items():
        if isinstance(value, str):
            yield {**body, name: word}
        elif isinstance(value, list):
            yield {**body, name: [word]}
        elif isinstance(value, dict):
            yield {**body, name: {word: word}}
    yield {**body, word: word}


JSON = {"Content-Type": "application/json"}


def ask_for_everything(stack: Stack, client: httpx.Client, canary: str) -> None:
    """Addresses and headers that hold it, at each server that a browser reaches."""
    headers = {"Authorization": f"Bearer {canary}", "User-Agent": canary, "X-Request-Id": canary}
    for path in (
        f"api/library?q={canary}",
        f"courses/{canary}/{canary}",
        f"library/{canary}",
        f"people/{canary}",
        f"media/{canary}.mp4?token={canary}",
        f"api/courses/{COURSE}/{MODULE}/mine?lang={canary}",
        f"api/lab/courses/{canary}",
        f"metrics?{canary}",
    ):
        client.get(path, headers=headers)
    classroom = f"http://127.0.0.1:{stack.port + 4}/services/classroom"
    for path in (
        f"live/{canary}/{canary}/1",
        f"static/{canary}.js",
        f"api/kernels/{canary}",
        canary,
    ):
        client.get(f"{classroom}/{path}?token={canary}", headers=headers)
    client.request(canary, "api/me")


def test_every_line_of_every_log_is_json_and_every_request_has_one(
    stack: Stack, client_for: ClientFor
) -> None:
    teacher = client_for("teacher")
    asked = {teacher.get("api/me").headers["X-Request-Id"] for _ in range(3)}

    def lines() -> list[dict[str, Any]]:
        return [json.loads(each) for each in stack.log("portal").splitlines()]

    wait_until(lambda: asked <= {each.get("id") for each in lines()}, seconds=10)
    found = [each for each in lines() if each.get("id") in asked]
    assert len(found) == 3
    assert {(each["method"], each["route"], each["status"]) for each in found} == {
        ("GET", "/api/me", 200)
    }
    for part in PARTS:
        said = stack.log(part).splitlines()
        assert [each for each in said if not each.startswith("{")] == [], part
        for each in said:
            assert json.loads(each)["part"] == part, each
    assert {"hub", "classroom"} <= {
        json.loads(each)["part"]
        for part in PARTS
        for each in stack.log(part).splitlines()
        if json.loads(each)["said"] == "request"
    }
