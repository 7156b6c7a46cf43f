"""Every failure of every route has the one shape of errors, in the reader's language."""

import json
import re
from collections.abc import Iterator

import pytest
from httpx import Response
from sqlalchemy import text

from hub.portal.permissions import TABLE
from tests.portal.asking import Route, body, path
from tests.portal.filling import KEY
from tests.portal.world import WRITE, World, a_portal

BANGLA = re.compile("[\u0980-\u09ff]")
LATIN_DIGIT = re.compile("[0-9]")
STAFF = ("teacher", "evaluator", "trainer")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_portal(tmp_path_factory.mktemp("portal")) as world:
        yield world


@pytest.fixture
def world(tmp_path) -> Iterator[World]:
    with a_portal(tmp_path) as world:
        yield world


def assert_shaped(answer: Response, language: str = "bn") -> None:
    """Four keys, a code in small letters, one sentence in the language."""
    shown = answer.json()
    assert set(shown) == {"code", "message", "facts", "retry"}, answer.text
    assert re.fullmatch("[a-z0-9-]+", shown["code"])
    assert isinstance(shown["facts"], dict)
    assert isinstance(shown["retry"], bool)
    assert bool(BANGLA.search(shown["message"])) == (language == "bn"), shown["message"]
    assert "{" not in shown["message"]
    if language == "bn":
        assert not LATIN_DIGIT.search(shown["message"]), shown["message"]
    for header in ("content-security-policy", "x-content-type-options", "cache-control"):
        assert header in answer.headers


@pytest.mark.parametrize("route", sorted(TABLE), ids=lambda route: " ".join(route))
def test_every_route_fails_in_the_one_shape(shared: World, route: Route) -> None:
    method, template = route
    address = path(shared, template)
    failures = 0
    for actor in (None, *STAFF):
        client = shared.client(actor, **WRITE)
        nothing = path(shared, template, number="x", post="-", file=".", course="-")
        broken = {"content": b"{", "headers": {"Content-Type": "application/json"}}
        for answer in (
            client.request("PATCH", address, json={}),
            client.request(method, f"{address}/no/such/thing"),
            client.request(method, nothing),
            client.request(method, address, **broken),
            client.request(method, address, json=[1]),
            client.request(method, address, json={"person": 7, "more": "নেই"}),
        ):
            if answer.status_code >= 400:
                assert_shaped(answer)
                failures += 1
    assert failures >= 2


def test_the_sentence_follows_the_reader(shared: World) -> None:
    client = shared.client("teacher")
    assert_shaped(client.get("api/marking"), "bn")
    assert_shaped(client.get("api/marking?lang=en"), "en")
    outsider = shared.client()
    assert_shaped(outsider.get("api/me"), "bn")
    assert_shaped(outsider.get("api/me", headers={"Accept-Language": "en-GB,en;q=0.9"}), "en")
    assert_shaped(outsider.get("api/me", headers={"Accept-Language": "bn-BD,en;q=0.5"}), "bn")


def test_a_wrong_body_is_named_by_its_place_and_never_repeated(shared: World) -> None:
    address = path(shared, "/api/courses/{course}/{module}/answers/{exercise}")
    secret = "এ কথা কেউ যেন না দেখে"
    answer = shared.client("mate").put(
        address, headers=WRITE, json={"person": 7, "value": secret, secret: 1}
    )
    assert_shaped(answer)
    assert answer.status_code == 422
    assert "device" in answer.json()["facts"]["fields"]
    assert secret not in answer.text


def test_a_page_that_is_not_there_is_calm_in_both_languages(shared: World) -> None:
    answer = shared.client("teacher").get(
        "courses/no/such/page", headers={"Accept": "text/html,application/xhtml+xml"}
    )
    assert answer.status_code == 404
    assert "text/html" in answer.headers["content-type"]
    assert "এই পাতাটি এখানে নেই" in answer.text
    assert "There is nothing here" in answer.text
    assert 'href="/services/portal/"' in answer.text


def test_a_broken_version_is_our_fault_and_says_so(world: World) -> None:
    world.portal.database.write(
        lambda session: session.execute(text("UPDATE versions SET manifest = '{}'"))
    )
    answer = world.client("teacher").get(f"api/courses/{KEY}/mine")
    assert answer.status_code == 500
    assert_shaped(answer)
    assert answer.json()["retry"] is True


def test_a_full_disk_is_said_and_kept_for_later(world: World) -> None:
    def fill(session) -> None:
        pages = session.execute(text("PRAGMA page_count")).scalar()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))

    world.portal.database.write(fill)
    route = ("PUT", "/api/courses/{course}/{module}/answers/{exercise}")
    sent = {**(body(route, world.ids["teacher"]) or {}), "value": "বড় লেখা " * 2000}
    answer = world.client("teacher").put(path(world, route[1]), headers=WRITE, json=sent)
    assert answer.status_code == 507, answer.text
    assert_shaped(answer)
    assert answer.json()["retry"] is True
    assert world.client("teacher").get("api/me").status_code == 200


def test_an_unreachable_store_is_worth_another_try(world: World) -> None:
    world.portal.database.write(lambda s: s.execute(text("ALTER TABLE sessions RENAME TO gone")))
    answer = world.client("teacher").get("api/me")
    assert answer.status_code == 503
    assert_shaped(answer)
    assert answer.json()["retry"] is True
    assert answer.headers["retry-after"]


def test_a_failure_is_logged_without_what_people_wrote(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "গোপন কথা"
    world.portal.database.write(lambda s: s.execute(text("ALTER TABLE answers RENAME TO gone")))
    route = ("PUT", "/api/courses/{course}/{module}/answers/{exercise}")
    sent = {**(body(route, world.ids["teacher"]) or {}), "value": secret}
    answer = world.client("teacher").put(path(world, route[1]), headers=WRITE, json=sent)
    assert answer.status_code >= 500
    assert_shaped(answer)
    assert secret not in caplog.text
    assert json.dumps(secret) not in caplog.text
