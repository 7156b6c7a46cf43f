"""The real Hub lets readers in to live pages; its proxy keeps them on an origin of their own."""

import httpx

from tests.conftest import ClientFor, Stack

LIVE = "/services/classroom/live/active-learning/pair-talk/1?lang=en&stretch=0"


def test_who_is_signed_in_comes_in_by_way_of_the_hub(stack: Stack, client_for: ClientFor) -> None:
    origin = f"http://127.0.0.1:{stack.port + 4}"
    client = client_for("teacher")
    answer = client.get(f"{origin}{LIVE}", headers={"Sec-Fetch-Mode": "navigate"})
    passed = [step.url.path for step in answer.history]
    assert passed[1:4] == [
        "/hub/api/oauth2/authorize",
        "/hub/to-classroom",
        "/services/classroom/oauth_callback",
    ]
    assert str(answer.url) == f"{origin}{LIVE}"
    # the portal knows the reader, and has no such live page
    assert answer.status_code == 404 and "There is no such live page." in answer.text
    cookies = {
        each.name: each for each in client.cookies.jar if each.path == "/services/classroom/"
    }
    assert {"service-classroom", "_xsrf"} <= cookies.keys()
    assert cookies["service-classroom"].has_nonstandard_attr("HttpOnly")
    token = {"X-XSRFToken": str(cookies["_xsrf"].value)}
    same = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin", "Origin": origin}
    place = f"{origin}/services/classroom/logout"
    assert client.post(place, headers=same).status_code == 403, "a write names its page's token"
    from_portal = {**same, **token, "Origin": stack.url}
    assert client.post(place, headers=from_portal).status_code == 404, "nor comes from elsewhere"
    assert client.post(place, headers={**same, **token}).status_code == 204


def test_who_is_not_goes_to_the_sign_in_page(stack: Stack) -> None:
    with httpx.Client(follow_redirects=True) as client:
        answer = client.get(f"http://127.0.0.1:{stack.port + 4}{LIVE}")
    assert answer.url.path == "/hub/login" and answer.url.port == stack.port


def test_live_pages_are_on_no_other_origin(stack: Stack) -> None:
    for path in ("health", "live/a/b/1", "static/manifest.json"):
        answer = httpx.get(f"{stack.url}/services/classroom/{path}", follow_redirects=True)
        assert "open_pages" not in answer.text and "pathshala-live" not in answer.text
        assert answer.status_code != 200 or answer.url.path == "/hub/login"
