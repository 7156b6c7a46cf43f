"""While the Hub is away teachers go on for a day; what staff do with others' work waits."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import pytest
from starlette.testclient import TestClient

from hub.portal.app import create_app
from hub.portal.hub_watch import HubWatch, answers
from hub.portal.permissions import Rule
from tests.portal.asking import body, path
from tests.portal.world import WRITE, World, a_portal

ANSWER = ("PUT", "/api/courses/{course}/{module}/answers/{exercise}")


@dataclass
class Hub:
    """A Hub that a test takes away, and the clock of the portal that watches it."""

    is_there: bool = True
    at: float = 0.0


@dataclass(frozen=True)
class Watched:
    world: World
    hub: Hub

    def status(self, actor: str, address: str) -> int:
        return self.world.client(actor).get(address).status_code

    def save(self) -> int:
        sent = body(ANSWER, self.world.ids["mate"])
        client: TestClient = self.world.client("mate")
        return client.put(path(self.world, ANSWER[1]), json=sent, headers=WRITE).status_code


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    hub = Hub()
    with a_portal(tmp_path) as world:
        watch = HubWatch(lambda: hub.is_there, clock=lambda: hub.at)
        portal = replace(world.portal, hub_watch=watch)
        yield Watched(replace(world, portal=portal, app=create_app(portal)), hub)


STAFF: list[tuple[str, Callable[[World], str]]] = [
    ("trainer", lambda world: "api/studio"),
    ("trainer", lambda world: f"api/studio/cohorts/{world.things['cohort']}/report"),
    ("evaluator", lambda world: "api/marking"),
    ("administrator", lambda world: "api/complaints"),
]


@pytest.mark.parametrize(("actor", "address"), STAFF)
def test_staff_work_stops_a_minute_after_the_hub(
    watched: Watched, actor: str, address: Callable[[World], str]
) -> None:
    watched.hub.is_there = False
    watched.hub.at = 59
    assert watched.status(actor, address(watched.world)) == 200
    watched.hub.at = 70
    assert watched.status(actor, address(watched.world)) == 503
    watched.hub.is_there = True
    watched.hub.at = 81
    assert watched.status(actor, address(watched.world)) == 200


def test_teachers_read_and_answer_for_a_day_without_the_hub(watched: Watched) -> None:
    watched.hub.is_there = False
    watched.hub.at = 23 * 3600
    assert watched.status("mate", "api/home") == 200
    assert watched.save() == 200
    watched.hub.at = 25 * 3600
    assert watched.status("mate", "api/home") == 503
    assert watched.save() == 503


def test_what_waits_is_worth_another_try_and_loses_nothing(watched: Watched) -> None:
    watched.hub.is_there = False
    watched.hub.at = 25 * 3600
    answer = watched.world.client("mate").get("api/home").json()
    assert (answer["code"], answer["retry"]) == ("hub-away", True)


def test_who_may_not_come_in_learns_nothing_of_the_hub(watched: Watched) -> None:
    watched.hub.is_there = False
    watched.hub.at = 600
    assert watched.status("mate", "api/marking") == 404
    assert watched.world.client().get("api/marking").status_code == 401
    assert watched.world.client().get("health").status_code == 200


def test_a_hub_that_is_not_there_does_not_answer() -> None:
    assert not answers("http://127.0.0.1:9/hub/health")()


def test_staff_who_come_while_the_hub_is_asked_wait_for_the_answer() -> None:
    at, asked, answered = [0.0], Event(), Event()

    def is_there() -> bool:
        asked.set()
        return answered.wait(10)

    watch = HubWatch(is_there, clock=lambda: at[0])

    def come(rule: Rule) -> None:
        watch.look(rule)
        watch.let_pass(rule)

    at[0] = 3600.0  # an hour in which nobody came
    with ThreadPoolExecutor(2) as people:
        first = people.submit(come, Rule("trainer"))
        assert asked.wait(10)
        second = people.submit(come, Rule("trainer"))
        assert not wait([second], timeout=0.2).done
        come(Rule("signed-in"))  # a teacher waits for nobody
        answered.set()
        assert (first.result(), second.result()) == (None, None)
