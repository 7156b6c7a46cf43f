"""S6: a teacher asks the live Hub for a server, a token, a share: 403, and nothing is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import httpx
import pytest

ClientFor = Callable[[str], httpx.Client]


def ask(client: httpx.Client, stack: Any, method: str, path: str, json: Any = None) -> int:
    """Ask the Hub as its own pages would: with its cookie and its token."""
    token = client.cookies.get("_xsrf", path="/hub/") or ""
    answer = client.request(
        method,
        f"{stack.url}/hub{path}",
        json=json,
        headers={"X-XSRFToken": token, "Sec-Fetch-Mode": "cors"},
        follow_redirects=False,
    )
    return answer.status_code


def kept(stack: Any) -> list[int]:
    """How many servers, tokens that people made, shares and share codes the Hub keeps."""
    with sqlite3.connect(f"file:{stack.data / 'hub.sqlite'}?mode=ro", uri=True) as database:
        return [
            database.execute(f"SELECT count(*) FROM {what}").fetchone()[0]  # noqa: S608 - ours
            for what in (
                "spawners WHERE server_id IS NOT NULL",
                "api_tokens WHERE client_id = 'jupyterhub' AND user_id IS NOT NULL",
                "shares",
                "share_codes",
            )
        ]


ASKED = [
    ("POST", "/api/users/{name}/server", None),
    ("POST", "/api/users/{name}/servers/ঘর", None),
    ("PUT", "/api/users/{name}/server", {}),
    ("POST", "/api/users/trainer/server", None),
    ("POST", "/api/users/{name}/tokens", {"note": "আমার", "expires_in": 60}),
    ("POST", "/api/users/trainer/tokens", {"note": "আমার"}),
    ("POST", "/api/shares/{name}/", {"user": "teacher2"}),
    ("POST", "/api/share-codes/{name}/", {}),
    ("GET", "/api/users", None),
    ("POST", "/api/groups/trainer/users", {"users": ["{name}"]}),
    ("POST", "/api/shutdown", {}),
    ("GET", "/api/proxy", None),
    ("GET", "/spawn", None),
    ("GET", "/spawn/{name}", None),
    ("GET", "/admin", None),
]


@pytest.mark.parametrize("name", ["teacher", "evaluator"])
def test_the_hub_refuses_whoever_is_no_trainer(
    stack: Any, client_for: ClientFor, name: str
) -> None:
    client = client_for(name)
    before = kept(stack)
    codes = {
        (method, path): ask(client, stack, method, path.format(name=name), json)
        for method, path, json in ASKED
    }
    assert codes == dict.fromkeys(codes, 403)
    assert kept(stack) == before


def test_a_password_buys_no_token_either(stack: Any) -> None:
    body = {"auth": {"username": "teacher", "password": stack.password}}
    answer = httpx.post(f"{stack.url}/hub/api/users/teacher/tokens", json=body, timeout=30)
    assert answer.status_code == 403


def test_the_same_requests_of_a_trainer_are_heard(stack: Any, client_for: ClientFor) -> None:
    """Or the refusals above might come from a missing token of the form."""
    client = client_for("trainer")
    made = ask(client, stack, "POST", "/api/users/trainer/tokens", {"expires_in": 60})
    assert made == 201
    assert ask(client, stack, "POST", "/api/shares/trainer/", {"user": "teacher"}) == 403
    assert ask(client, stack, "POST", "/api/users/teacher/server") in (403, 404)


def test_a_teacher_has_only_the_scopes_of_a_reader(stack: Any, client_for: ClientFor) -> None:
    client = client_for("teacher")
    model = client.get(f"{stack.url}/hub/api/user").json()
    assert sorted(model["scopes"]) == [
        "access:services!service=classroom",
        "access:services!service=portal",
        "read:users:groups!user=teacher",
        "read:users:name!user=teacher",
    ]
    assert model["admin"] is False
