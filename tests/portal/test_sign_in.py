"""Signing in goes to the Hub and comes back to the same place, and nowhere else."""

import base64
import json
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import pytest

from hub.portal.sign_in import is_own
from tests.portal.filling import COURSE, KEY
from tests.portal.world import WRITE, World, a_portal

ROOT = "/services/portal/"


def test_a_deep_link_asks_to_sign_in_and_remembers_the_way(world: World) -> None:
    answer = world.client().get(f"courses/{KEY}?lang=en&t=83")
    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [f"{ROOT}oauth/callback"]
    assert asked["code_challenge_method"] == ["S256"]
    cookie = SimpleCookie(answer.headers["set-cookie"])
    (name,) = cookie
    assert name == f"pathshala-sign-in-{asked['state'][0]}"
    assert cookie[name]["httponly"] and cookie[name]["path"] == f"{ROOT}oauth/callback"
    verifier, back = json.loads(base64.urlsafe_b64decode(cookie[name].value))
    assert back == f"{ROOT}courses/{KEY}?lang=en&t=83"
    assert verifier not in answer.headers["location"]


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?code=x&state=y", "?code=x&state=..%2F", "?error=access_denied"]
)
def test_a_callback_that_we_did_not_begin_signs_nobody_in(world: World, query: str) -> None:
    answer = world.client().get(f"oauth/callback{query}", headers={"Accept": "text/html"})
    assert answer.status_code == 409
    assert "লগইন করতে বেশি সময় লেগেছে" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_hub_that_is_down_is_said_calmly(world: World) -> None:
    client = world.client()
    begun = client.get("courses")
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    answer = client.get(f"oauth/callback?code=x&state={state}")
    assert (answer.status_code, answer.json()["code"]) == (503, "hub-unavailable")


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        (f"{ROOT}courses/{COURSE}?t=83", True),
        (ROOT, True),
        ("https://evil.example/services/portal/", False),
        ("//evil.example/services/portal/", False),
        ("/\\evil.example", False),
        ("/services/portal/../../hub/logout", False),
        ("/services/portal/..", False),
        ("/services/portal/%2e%2E/hub/logout", False),
        ("/services/portal/\r\nSet-Cookie: a=b", False),
        ("/services/portalx", False),
        ("javascript:alert(1)", False),
    ],
)
def test_the_way_back_stays_below_our_root(address: str, ours: bool) -> None:
    assert is_own(address, ROOT) is ours


def test_signing_out_needs_our_own_page_and_forgets_the_cookie(world: World) -> None:
    client = world.client("teacher")
    assert client.post("sign-out").status_code == 403
    answer = client.post("sign-out", headers=WRITE)
    assert answer.headers["location"] == "/hub/logout"
    assert 'pathshala-session=""' in answer.headers["set-cookie"]


def test_over_https_the_cookies_are_secure(tmp_path) -> None:
    with a_portal(tmp_path, secure=True) as world:
        assert world.portal.cookie == "__Secure-pathshala-session"
        answer = world.client().get("courses")
        assert "Secure" in answer.headers["set-cookie"]
        assert "max-age" in answer.headers["strict-transport-security"]


def test_a_browser_in_use_stays_signed_in(world: World) -> None:
    from datetime import timedelta

    from store import clock

    start = clock.now()
    client = world.client("teacher")
    for days in range(0, 40, 10):
        with clock.use(lambda days=days: start + timedelta(days=days)):
            assert client.get("api/me").status_code == 200, days
    with clock.use(lambda: start + timedelta(days=60)):
        assert client.get("api/me").status_code == 401
