"""A Lab's token opens its trainer's own courses, and nothing else; a browser opens none of it."""

import dataclasses
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.portal.app import create_app
from hub.portal.permissions import TABLE
from learning import people
from publishing import sources
from publishing.folders import FileOf
from store.database import Session
from tests.portal.asking import body, path
from tests.portal.filling import COURSE
from tests.portal.world import WRITE, World, a_portal

LABS = sorted(route for route in TABLE if route[1].startswith("/api/lab/"))
YML = b"course: my-own\n"
FILE = {"path": "course.yml", "sha256": hashlib.sha256(YML).hexdigest(), "size_bytes": len(YML)}
SENT = {"wish": "check", "files": [FILE]}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A portal whose Hub knows each person's Lab by the token "lab-of-<name>"."""
    with a_portal(tmp_path_factory.mktemp("portal")) as world:
        world.portal.database.write(lambda session: _more(session, world))
        known = {f"lab-of-{name}": world.person(name).name for name in world.ids}
        portal = dataclasses.replace(world.portal, lab_owner=known.get)
        yield dataclasses.replace(world, app=create_app(portal), portal=portal)


def _more(session: Session, world: World) -> None:
    other = people.add_person(
        session, name="other", password_hash="-", display_name="অন্য জন", role="trainer"
    )
    world.ids["other"] = other.id
    content = world.portal.artifacts.put(b"course: active-learning\n", sources.SOURCE)
    files = {"course.yml": FileOf(content, 24)}
    sources.store_source(session, COURSE, files, None)
    world.things["sha256"] = content


def lab(world: World, name: str) -> TestClient:
    return world.client(Authorization=f"Bearer lab-of-{name}")


def begin(world: World, name: str = "trainer", course: str = "my-own") -> dict[str, Any]:
    answer = lab(world, name).post(f"api/lab/courses/{course}/proofs", json=SENT)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("route", LABS, ids=lambda route: " ".join(route))
def test_no_browser_opens_it_and_no_token_but_a_trainers(world: World, route: Any) -> None:
    address, sent = path(world, route[1]), body(route, world.ids["trainer"])
    for name in ("trainer", "administrator", "teacher"):
        answer = world.client(name).request(route[0], address, headers=WRITE, json=sent)
        assert answer.status_code == 404, name
    assert world.client().request(route[0], address, headers=WRITE, json=sent).status_code == 401
    for token in ("lab-of-nobody", "", "\u0995"):
        headers = {**WRITE, "Authorization": f"Bearer {token}".encode()}
        answer = world.client().request(route[0], address, headers=headers, json=sent)
        assert answer.status_code == 401, token
    for name in ("teacher", "evaluator", "administrator"):
        answer = lab(world, name).request(route[0], address, headers=WRITE, json=sent)
        assert answer.status_code == 404, name


@pytest.mark.parametrize("route", sorted(set(TABLE) - set(LABS)), ids=lambda r: " ".join(r))
def test_a_labs_token_opens_nothing_else(world: World, route: Any) -> None:
    if TABLE[route].who == "anyone":
        return
    address, sent = path(world, route[1]), body(route, world.ids["trainer"])
    answer = lab(world, "trainer").request(route[0], address, headers=WRITE, json=sent)
    assert answer.status_code in (302, 401, 404), answer.text


def test_a_trainer_gets_the_folder_of_his_course_and_nobody_else(world: World) -> None:
    mine = lab(world, "trainer")
    (listed,) = mine.get(f"api/lab/courses/{COURSE}").json()["files"]
    assert (listed["path"], listed["sha256"]) == ("course.yml", world.things["sha256"])
    file = f"api/lab/courses/{COURSE}/files/{listed['sha256']}"
    assert mine.get(file).content == b"course: active-learning\n"
    # a file of the store that is no part of the folder, whatever its hash
    solution = f"api/lab/courses/{COURSE}/files/{world.things['solution']}"
    assert mine.get(solution).status_code == 404
    other = lab(world, "other")
    assert other.get("api/lab/courses").json() == {"courses": []}
    for address in (f"api/lab/courses/{COURSE}", file):
        assert other.get(address).status_code == 404
    assert other.post(f"api/lab/courses/{COURSE}/proofs", json=SENT).status_code == 404


def test_a_file_is_taken_only_where_it_is_wanted_and_as_announced(world: World) -> None:
    proof = begin(world)
    assert (proof["state"], proof["missing"]) == ("sending", [FILE["sha256"]])
    address = f"api/lab/proofs/{proof['proof']}/files/{FILE['sha256']}"
    octets = {"X-Pathshala": "1", "Content-Type": "application/octet-stream"}
    wrong = lab(world, "trainer").put(address, headers=octets, content=b"course: my-owm\n")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "file-changed")
    long = lab(world, "trainer").put(address, headers=octets, content=YML + b"x" * 300_000)
    assert (long.status_code, long.json()["code"]) == (413, "too-large")
    other = lab(world, "other").put(address, headers=octets, content=YML)
    assert other.status_code == 404
    right = lab(world, "trainer").put(address, headers=octets, content=YML)
    assert (right.status_code, right.json()["state"]) == (200, "waiting")
    again = lab(world, "trainer").put(address, headers=octets, content=YML)
    assert (again.status_code, again.json()["code"]) == (404, "file-not-wanted")
    assert not list(world.portal.artifacts.root.glob(".sent-*"))


def test_what_the_studio_asks_reaches_the_labs_of_nobody_else(world: World) -> None:
    asked = world.client("trainer").post(
        f"api/studio/courses/{COURSE}/proofs", headers=WRITE, json={"wish": "publish"}
    )
    proof = asked.json()["proof"]
    wishes = lab(world, "trainer").get("api/lab/wishes").json()["wishes"]
    assert {"proof": proof, "course": COURSE, "wish": "publish"} in wishes
    assert lab(world, "other").get("api/lab/wishes").json() == {"wishes": []}
    assert lab(world, "other").get(f"api/lab/proofs/{proof}").status_code == 404


def test_a_preview_opens_for_whoever_sent_it_and_may_be_framed_by_the_studio(
    world: World,
) -> None:
    address = path(world, "/studio/proofs/{proof}/{module}")
    shown = world.client("trainer").get(address)
    assert shown.status_code == 200
    assert "frame-ancestors 'self'" in shown.headers["content-security-policy"]
    assert world.client("administrator").get(address).status_code == 404
    studio = world.client("trainer").get("studio")
    assert "frame-src 'self'" in studio.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in studio.headers["content-security-policy"]


def test_who_is_no_trainer_any_more_has_no_lab(world: World) -> None:
    begin(world, "other", "another-one")

    def leave(session: Session) -> None:
        people.remove_person(session, world.ids["other"])

    world.portal.database.write(leave)
    assert lab(world, "other").get("api/lab/courses").status_code == 401
