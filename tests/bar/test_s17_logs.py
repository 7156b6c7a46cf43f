"""Row S17's other half: whatever is typed, sent or asked for, no log of any process has it."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bench.waiting import wait_until
from store.clock import iso, now
from tests.conftest import ClientFor, Stack, xsrf_of

COURSE, MODULE = "active-learning", "pair-talk"
PARTS = ("portal", "hub", "worker", "classroom", "proxy")


@pytest.fixture(scope="module")
def canary() -> str:
    """A word that stands nowhere else, in letters that no encoding changes."""
    return f"canary{uuid4().hex}"


def test_no_log_has_what_was_typed_sent_or_asked_for(
    stack: Stack, client_for: ClientFor, canary: str
) -> None:
    teacher, trainer = client_for("teacher"), client_for("trainer")
    secrets = [
        value for each in (teacher, trainer) for value in dict(each.cookies.items()).values()
    ]
    type_at_the_door(stack, canary)
    write_everywhere(teacher, canary)
    ask_for_everything(stack, teacher, canary)
    ask_for_everything(stack, trainer, canary)
    last = teacher.get("health/alive").headers["X-Request-Id"]
    wait_until(lambda: last in stack.log("portal"), seconds=10)
    people = [teacher.get("api/me").json()["id"], trainer.get("api/me").json()["id"]]
    keys = [path.read_text().strip() for path in (stack.data / "secrets").iterdir()]
    for part in PARTS:
        log = stack.log(part)
        for word in (canary, *secrets, *keys, *people, stack.password, "teacher2"):
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


def write_everywhere(teacher: httpx.Client, canary: str) -> None:
    """Each thing that somebody may write, right and wrong."""
    me, moment = teacher.get("api/me").json()["id"], iso(now())
    module = f"api/courses/{COURSE}/{MODULE}"
    mine = teacher.get(f"{module}/mine").json()
    for number, exercise in enumerate((*mine["exercises"], canary)):
        body = {
            "person": me,
            "device": canary[:40],
            "sequence": 9000 + number,
            "edited_at": moment,
            "sent_at": moment,
            "value": f"{canary} লিখেছি",
        }
        teacher.put(f"{module}/answers/{exercise}", json=body)
        teacher.put(f"{module}/answers/{exercise}", json={**body, "value": {canary: [canary]}})
        teacher.put(f"{module}/answers/{exercise}", content=f"{{{canary}", headers=JSON)
    post = {"person": me, "exercise": "plan", "audience": canary, "consent": True}
    teacher.post(f"{module}/posts", json={**post, "device_at": moment})
    hand_in = {"person": canary, "key": canary, "handed_at": moment, "together": [canary]}
    teacher.post(f"{module}/hand-ins", json=hand_in)
    teacher.put("api/me", json={"language": canary})


JSON: dict[str, Any] = {"Content-Type": "application/json"}


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
        for each in stack.log(part).splitlines():
            assert json.loads(each)["part"] == part, each
    assert {"hub", "classroom"} <= {
        json.loads(each)["part"]
        for part in PARTS
        for each in stack.log(part).splitlines()
        if json.loads(each)["said"] == "request"
    }
