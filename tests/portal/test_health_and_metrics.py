"""Alive, ready, whole; and measures that name nobody."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hub.portal.app import create_app
from hub.portal.parts import Parts, beats
from hub.portal.permissions import TABLE
from tests.factories import Clock, clock
from tests.portal.asking import body, path
from tests.portal.world import WRITE, World, a_portal

__all__ = ["clock"]

TOKEN = "a-token-for-the-measures"
ANSWER = ("PUT", "/api/courses/{course}/{module}/answers/{exercise}")
Labels = tuple[tuple[str, str], ...]


@pytest.fixture
def well() -> dict[str, bool]:
    """The other parts of the house, and whether each does its work."""
    return {"hub": True, "worker": True}


@pytest.fixture
def world(tmp_path: Path, well: dict[str, bool]) -> Iterator[World]:
    looks = {part: lambda part=part: well[part] for part in well}
    (tmp_path / "worker.prom").write_text("# TYPE a_job gauge\na_job 3.0\n")
    (tmp_path / "copies.prom").write_text("# TYPE copies_failing gauge\ncopies_failing 1.0\n")
    with a_portal(tmp_path / "world") as made:
        portal = replace(
            made.portal,
            parts=Parts(looks, clock=iter(range(0, 10**6, 10)).__next__),
            metrics_token=TOKEN,
            measured=tmp_path,
        )
        yield replace(made, portal=portal, app=create_app(portal))


def measures(world: World) -> dict[tuple[str, Labels], float]:
    """Every sample, by name and labels, as Prometheus reads them."""
    answer = world.client(Authorization=f"Bearer {TOKEN}").get("metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_database_that_is_away_makes_the_portal_unready_and_not_dead(world: World) -> None:
    client = world.client()
    assert client.get("health").json() == {"ready": True}
    world.portal.database._readers.dispose()
    Path(str(world.portal.database._readers.url.database)).unlink()
    assert client.get("health").status_code == 503
    assert client.get("health/whole").status_code == 503
    assert client.get("health/alive").json() == {"alive": True}
    assert measures(world)["pathshala_part_up", (("part", "database"),)] == 0


def test_one_part_that_is_away_leaves_the_portal_ready_and_the_house_not_whole(
    world: World, well: dict[str, bool]
) -> None:
    client = world.client()
    assert client.get("health/whole").json() == {"ready": True}
    well["worker"] = False
    assert client.get("health").status_code == 200
    refused = client.get("health/whole")
    assert (refused.status_code, refused.json()["code"]) == (503, "not-whole")
    assert "worker" not in refused.text, "strangers hear yes or no"
    up = measures(world)
    assert up["pathshala_part_up", (("part", "worker"),)] == 0
    assert up["pathshala_part_up", (("part", "hub"),)] == 1


def test_a_part_that_leaves_no_sign_is_away(tmp_path: Path, clock: Clock) -> None:
    sign = tmp_path / "worker.prom"
    look = beats(sign, seconds=30)
    assert not look()
    sign.touch()
    clock.at = clock.at.fromtimestamp(sign.stat().st_mtime, clock.at.tzinfo)
    assert look()
    clock.move(seconds=31)
    assert not look()


def test_while_a_part_keeps_somebody_waiting_others_hear_how_it_was() -> None:
    asked, answer = Event(), Event()

    def look() -> bool:
        if asked.is_set():
            return True
        asked.set()
        return answer.wait(30)

    times = iter([0.0, 0.0, 10.0, 10.0])
    parts = Parts({"hub": look}, clock=times.__next__, _states={"hub": False})
    first = Thread(target=parts.states)
    first.start()
    assert asked.wait(30)
    assert parts.states() == {"hub": False}, "at once"
    answer.set()
    first.join()
    assert parts.states() == {"hub": True}


@pytest.mark.parametrize("given", ["Bearer wrong", "Bearer ", f"token {TOKEN}", "Bearer গোপন"])
def test_a_wrong_token_opens_no_measures(world: World, given: str) -> None:
    client = world.client()
    answer = client.get("metrics", headers={"Authorization": given.encode()})
    assert answer.status_code == 302 and "/hub/" in answer.headers["location"]


def test_what_happens_is_measured_by_route_and_names_nobody(world: World) -> None:
    client = world.client("teacher")
    address = path(world, ANSWER[1])
    sent = body(ANSWER, world.ids["teacher"])
    assert client.put(address, json=sent, headers=WRITE).status_code == 200
    client.get("no/such/গোপন?q=গোপন")
    client.request("গোপন".encode().hex(), "api/me", headers=WRITE)
    found = measures(world)
    of_save = (("method", "PUT"), ("route", ANSWER[1]), ("status", "200"))
    assert found["pathshala_request_seconds_count", of_save] == 1
    assert found["pathshala_writes_total", ()] >= 1 and found["pathshala_commits_total", ()] >= 1
    assert found["pathshala_hand_ins", (("state", "to-mark"),)] == 3
    assert found["a_job", ()] == 3, "what others measured is handed on"
    assert ("copies_failing", ()) not in found, "what is left of a part that does not run is not"
    for name in ("database", "artifacts"):
        assert found["pathshala_storage_bytes", (("what", name),)] > 0
    assert found["pathshala_free_bytes", (("what", "data"),)] > 0
    routes = {route for _, route in TABLE} | {"-"}
    labels = [dict(labels) for _, labels in found]
    assert {each["route"] for each in labels if "route" in each} <= routes
    assert {each["method"] for each in labels if "method" in each} <= {"PUT", "GET", "other"}
    text = repr(found)
    assert not [each for each in (*world.ids.values(), *world.tokens.values()) if each in text]
