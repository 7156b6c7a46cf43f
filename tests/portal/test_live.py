"""A live module: the page is anybody's, its frames come from the classroom."""

import json
from typing import Any

import pytest

from store import clock
from store.tables import Module, Version
from tests.portal.filling import KEY, PEOPLE
from tests.portal.world import CLASSROOM_TOKEN, ORIGIN, World

CELLS = [
    {"cell_type": "markdown", "source": "", "metadata": {"lang": lang}} for lang in ("bn", "en")
]
SLIDER = {"cell_type": "code", "source": "open('data/pupils.csv')", "metadata": {}, "outputs": []}
NOTEBOOK = {"cells": [*CELLS, SLIDER, *CELLS, SLIDER], "metadata": {}, "nbformat": 4}
LIVE = f"api/live/{KEY}/2"
PUPILS = "নাম,বয়স\nরিমা,৯".encode()
FRAMES = "/services/classroom/live/active-learning/pair-talk/2"


@pytest.fixture
def live_world(world: World) -> World:
    """The module's second version needs a kernel from its third cell on."""
    pupils = world.portal.artifacts.put(PUPILS, "application/octet-stream")
    release = world.portal.artifacts.put(json.dumps(NOTEBOOK).encode(), "application/x-ipynb+json")

    def publish(session: Any) -> None:
        module = session.get_one(Module, KEY)
        first = session.get_one(Version, module.current_version_id)
        facts = {"number": 2, "content_hash": "1" * 64, "release_sha": release}
        facts |= {name: getattr(first, name) for name in ("structure", "source_sha", "pages")}
        manifest = {
            **first.manifest,
            "verdict": "live",
            "stretches": [[3, 6]],
            "files": {"data/pupils.csv": pupils},
        }
        version = Version(module=KEY, manifest=manifest, created_at=clock.now(), **facts)
        session.add(version)
        session.flush()
        module.current_version_id = version.id

    world.portal.database.write(publish)
    return world


def test_the_classroom_gets_what_a_reader_may_read(live_world: World) -> None:
    client = live_world.client()
    client.headers["Authorization"] = f"token {CLASSROOM_TOKEN}"
    reader = live_world.person("teacher").name
    found = client.get(LIVE, params={"reader": reader, "lang": "bn"}).json()
    assert (found["title"], found["language"]) == ("জোড়ায় কথা", "bn")
    assert found["notebook"] == NOTEBOOK and found["stretches"] == [[2, 3, 5]]
    english = client.get(LIVE, params={"reader": reader, "lang": "en"}).json()
    assert english["stretches"] == [[2, 4, 5]]
    [file] = found["files"]
    assert (
        file["path"] == "data/pupils.csv"
        and client.get(f"{ORIGIN}{file['address']}").content == PUPILS
    )
    for path, who in ((f"api/live/{KEY}/1", reader), (LIVE, "nobody"), ("api/live/x/y/2", reader)):
        assert client.get(path, params={"reader": who}).status_code == 404
    solution = live_world.things["solution"]
    assert client.get(f"{LIVE}/files/{solution}").status_code == 404


def test_nobody_else_gets_it(live_world: World) -> None:
    client, asked = live_world.client(), {"reader": live_world.person("teacher").name}
    for given in ({}, {"Authorization": "token x"}, {"Authorization": CLASSROOM_TOKEN}):
        assert client.get(LIVE, params=asked, headers=given).status_code == 404
    for name in PEOPLE:
        assert live_world.client(name).get(LIVE, params=asked).status_code == 404


def test_frames_may_come_from_the_classroom_alone(live_world: World) -> None:
    client = live_world.client("teacher")
    page = client.get(f"courses/{KEY}")
    assert f"http://pathshala.test:8004{FRAMES}" in page.text
    assert '<link rel="preconnect" href="http://pathshala.test:8004">' in page.text
    assert "frame-src 'self' http://pathshala.test:8004;" in page.headers["content-security-policy"]
    assert "frame-src 'none';" in client.get("courses").headers["content-security-policy"]
    odd = client.get(f"courses/{KEY}", headers={"Host": "x; script-src *"})
    assert "script-src *" not in odd.headers["content-security-policy"]
    assert FRAMES not in odd.text


def test_a_page_is_the_same_for_all_who_came_by_the_same_name(live_world: World) -> None:
    pages = [live_world.client(name).get(f"courses/{KEY}").content for name in PEOPLE]
    assert len(set(pages)) == 1
    other = live_world.client("teacher").get(f"courses/{KEY}", headers={"Host": "school:8000"})
    assert f"http://school:8004{FRAMES}" in other.text
