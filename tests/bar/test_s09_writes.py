"""Row S9 of the bar: writes from elsewhere or as another person fail; reading writes nothing."""

from collections.abc import Iterator

import pytest

from hub.portal.permissions import TABLE
from tests.portal.asking import Route, body, path
from tests.portal.filling import PEOPLE
from tests.portal.world import ORIGIN, WRITE, World, a_portal

WRITES = sorted(route for route in TABLE if route[0] != "GET")
BY_TOKEN = {route for route, rule in TABLE.items() if rule.who == "lab"}
PERSONAL = [route for route in WRITES if route not in {("POST", "/sign-out"), *BY_TOKEN}]
READS = sorted(route for route in TABLE if route[0] == "GET")

FOREIGN = {
    "cross-site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    "same-site": {"Sec-Fetch-Site": "same-site", "Origin": "http://live.pathshala.test"},
    "typed in the address bar": {"Sec-Fetch-Site": "none"},
    "old browser, other host": {"Origin": "http://evil.example"},
    "old browser, other port": {"Origin": f"{ORIGIN}:8001"},
    "old browser, other scheme": {"Origin": "https://pathshala.test"},
    "old browser, longer host": {"Origin": f"{ORIGIN}.evil.example"},
    "sandbox": {"Origin": "null"},
    "nothing": {},
    "forwarded": {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_portal(tmp_path_factory.mktemp("portal")) as world:
        for name in PEOPLE:  # their sessions may be minutes old: to be seen again is no write here
            world.client(name).get("api/me")
        yield world


def actor_of(route: Route) -> str:
    """Somebody who may use the route on what `path` names."""
    if route[1].startswith("/api/marking") or route[1] == "/marking":
        return "evaluator"
    if "/studio" in route[1] or route[1].startswith("/api/complaints"):
        return "trainer"
    if route[0] == "DELETE" or route[1].endswith("restore"):
        return "stranger" if "posts" in route[1] else "teacher"
    return "teacher"


def mine(world: World, route: Route) -> tuple[str, dict | None]:
    return path(world, route[1]), body(route, world.ids[actor_of(route)])


@pytest.mark.parametrize("route", WRITES, ids=lambda route: " ".join(route))
def test_a_write_from_elsewhere_changes_nothing(world: World, route: Route) -> None:
    address, sent = mine(world, route)
    before = world.dump()
    for name, headers in FOREIGN.items():
        answer = world.client(actor_of(route)).request(
            route[0], address, headers={"X-Pathshala": "1", **headers}, json=sent
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign-origin"), name
    assert world.dump() == before


@pytest.mark.parametrize("route", WRITES, ids=lambda route: " ".join(route))
def test_a_form_of_another_site_cannot_write(world: World, route: Route) -> None:
    address, _ = mine(world, route)
    before = world.dump()
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
        answer = world.client(actor_of(route)).request(
            route[0],
            address,
            headers={"Sec-Fetch-Site": "same-origin", "Content-Type": kind},
            content=b'{"stars": 5}',
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "not-json"), kind
    assert world.dump() == before


@pytest.mark.parametrize("route", PERSONAL, ids=lambda route: " ".join(route))
def test_a_write_meant_for_somebody_else_changes_nothing(world: World, route: Route) -> None:
    address, sent = mine(world, route)
    client = world.client(actor_of(route))
    before = world.dump()
    answers = [
        client.request(
            route[0],
            address,
            headers={**WRITE, "X-Pathshala-Person": world.ids["mate"]},
            json=sent,
        )
    ]
    if sent is not None and "person" in sent:
        other = {**sent, "person": world.ids["mate"]}
        answers.append(client.request(route[0], address, headers=WRITE, json=other))
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (409, "other-person"), answer.text
    assert world.dump() == before


@pytest.mark.parametrize("route", READS, ids=lambda route: " ".join(route))
def test_reading_writes_nothing(world: World, route: Route) -> None:
    before = world.dump()
    for actor in (None, actor_of(route), "mate"):
        world.client(actor).get(path(world, route[1]))
        world.client(actor).get(path(world, route[1]) + "?lang=en&q=x&code=y&state=z")
    assert world.dump() == before


def test_a_write_from_an_old_browser_on_our_own_origin_passes(world: World) -> None:
    answer = world.client("administrator").put(
        "api/me", headers={"Origin": ORIGIN, "X-Pathshala": "1"}, json={"language": "en"}
    )
    assert answer.status_code == 200, answer.text


def test_a_body_over_256_kb_is_refused_whatever_it_claims(world: World) -> None:
    route = ("PUT", "/api/courses/{course}/{module}/answers/{exercise}")
    address, sent = mine(world, route)
    before = world.dump()
    client = world.client("teacher")
    answer = client.put(address, headers=WRITE, json={**(sent or {}), "value": "ক" * 100_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")

    def pieces() -> Iterator[bytes]:
        for _ in range(300):
            yield b"x" * 1024

    headers = {**WRITE, "Content-Type": "application/json"}
    answer = client.put(address, headers=headers, content=pieces())
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert world.dump() == before
