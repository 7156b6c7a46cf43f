"""A browser knows whose session it holds, and is told at once when it is nobody's any more."""

from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from hub.portal.permissions import TABLE
from learning import people, sign_ins
from tests.portal.filling import KEY
from tests.portal.world import WRITE, World, a_portal

NAME = "pathshala-person"


def told(answer) -> str | None:
    """The person whom a reply names in the cookie; None where it leaves that as it is."""
    for line in answer.headers.get_list("set-cookie"):
        if morsel := SimpleCookie(line).get(NAME):
            assert not morsel["httponly"], "pages and the worker read it"
            assert morsel["path"] == "/services/portal/"
            return morsel.value
    return None


@pytest.mark.parametrize("path", ["", f"courses/{KEY}", "api/me", f"api/courses/{KEY}/mine"])
def test_a_reply_to_a_person_names_her(world: World, path: str) -> None:
    client = world.client("teacher")
    answer = client.get(path)
    assert answer.headers["x-pathshala-person"] == told(answer) == world.ids["teacher"]
    again = client.get(path)
    assert again.headers["x-pathshala-person"] == world.ids["teacher"]
    assert told(again) is None


def test_what_is_for_everybody_names_nobody(world: World) -> None:
    client = world.client("teacher")
    for path in ("health", "away", "api/lab/wishes"):
        answer = client.get(path)
        assert "x-pathshala-person" not in answer.headers, path
        assert told(answer) is None, path


@pytest.mark.parametrize("path", ["courses", "api/me"])
def test_a_session_that_counts_no_more_is_nobodys(world: World, path: str) -> None:
    client = world.client("teacher")
    client.get("api/me")
    world.portal.database.write(
        lambda session: sign_ins.close_session(session, world.tokens["teacher"])
    )
    assert told(client.get(path)) == ""


def test_whoever_is_stopped_at_the_door_is_nobody_to_the_phone(world: World) -> None:
    client = world.client("teacher")
    client.get("api/me")
    world.portal.database.write(
        lambda session: people.set_password(
            session, world.ids["teacher"], "-", by="-", is_temporary=True
        )
    )
    assert told(client.get("courses")) == ""


def test_another_session_makes_it_another_persons_phone(world: World) -> None:
    client = world.client("teacher")
    client.get("api/me")
    client.cookies.set(world.portal.cookie, world.tokens["trainer"])
    assert told(client.get("courses")) == world.ids["trainer"]


def test_signing_out_makes_it_nobodys(world: World) -> None:
    client = world.client("teacher")
    client.get("api/me")
    assert told(client.post("sign-out", headers=WRITE)) == ""


def test_over_https_the_cookie_is_secure(tmp_path: Path) -> None:
    with a_portal(tmp_path, secure=True) as world:
        lines = world.client("teacher").get("courses").headers.get_list("set-cookie")
        (line,) = [line for line in lines if line.startswith(f"__Secure-{NAME}=")]
        assert "Secure" in line and "SameSite=lax" in line


def test_the_worker_and_the_page_for_the_time_without_network_are_for_anybody(
    world: World,
) -> None:
    (world.portal.frontend / "service-worker.js").write_text("self.first = 1")
    client = world.client()
    worker = client.get("service-worker.js")
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.headers["content-type"].startswith("text/javascript")
    (world.portal.frontend / "service-worker.js").write_text("self.second = 2")
    assert "second" in client.get("service-worker.js").text
    away = client.get("away?lang=bn")
    assert "নেটওয়ার্ক নেই" in away.text and "There is no network" in away.text


def test_personal_replies_are_kept_by_no_cache_on_the_way(world: World) -> None:
    """Whatever a route says to a signed-in person, a shared cache may not keep it."""
    client = world.client("teacher")
    for method, path in TABLE:
        if method == "GET" and "{" not in path and TABLE[method, path].who == "signed-in":
            said = client.get(path.lstrip("/")).headers["cache-control"]
            assert said.startswith("private"), path
