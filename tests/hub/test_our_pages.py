"""A teacher meets no page of the Hub's own: each of its routes shows ours, or leads to ours."""

import re
from typing import Any

import httpx
import pytest
from jupyterhub import handlers

from hub.portal.texts import say

# What stands in a route where a name or number belongs.
SAMPLES = (
    (r"(?P<user_name>[^/]+)(?P<user_path>/.*)?", "teacher/lab"),
    (r"([^/]+)", "teacher"),
    (r"(\d+)", "503"),
    (r"(.*)?", "lab"),
    (r"$", ""),
)
STOCK = ("jupyterhub-logo", "style.min.css", "require.js", "JupyterHub", "navbar")
ROUTES = sorted({route for route, *_ in handlers.default_handlers})


SENTENCES = {
    403: "This is not open to you. Ask your administrator if you need it.",
    404: "There is no such page, or it is not yours.",
}
WRONG = "Something went wrong on our side. What you wrote is safe. Try again in a moment."


def address_of(route: str) -> str:
    """An address that this route answers."""
    for pattern, sample in SAMPLES:
        route = route.replace(pattern, sample)
    assert re.fullmatch(r"[\w/-]*", route), f"say in SAMPLES what stands in {route}"
    return f"/hub{route}"


def assert_ours(answer: httpx.Response) -> None:
    if not answer.text or "text/html" not in answer.headers.get("content-type", ""):
        return
    for word in STOCK:
        assert word not in answer.text, (str(answer.url), word)
    assert 'lang="bn"' in answer.text or 'lang="en"' in answer.text
    if answer.status_code >= 400:
        assert "/services/portal/" in answer.text, f"no way home from {answer.url}"


def test_no_route_of_the_hub_shows_its_own_page_to_a_teacher(stack: Any, client_for: Any) -> None:
    client = client_for("teacher")
    browser = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for route in ROUTES:
        if route == "/logout":
            continue
        for suffix in ("", "?next=/hub/home&code=x"):
            answer = client.get(stack.url + address_of(route) + suffix, headers=browser)
            assert answer.status_code < 500 or "/error/" in route, route
            assert_ours(answer)
    for elsewhere in (
        "/hub/no/such/page",
        "/user/trainer/lab",
        "/services/nothing/",
        "/hub/api/oauth2/authorize?client_id=service-other&response_type=code",
        "/hub/api/oauth2/authorize",
    ):
        assert_ours(client.get(stack.url + elsewhere, headers=browser))
    assert_ours(client.get(stack.url + "/hub/logout", headers=browser))


@pytest.mark.parametrize("status", [403, 404, 500, 502])
def test_an_error_is_worded_in_both_languages(stack: Any, client_for: Any, status: int) -> None:
    page = client_for("teacher").get(f"{stack.url}/hub/error/{status}")
    sentence = SENTENCES.get(status, WRONG)
    assert sentence in page.text and say("bn", sentence) in page.text
