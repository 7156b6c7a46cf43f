"""Who gets a page, who waits, when one ends: R8 and R9 as far as the server alone can hold them."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from bench.waiting import wait_until
from hub.classroom.readings import DIED, LEFT, RESTED
from tests.classroom.talking import message, talk
from tests.classroom.world import World, classroom, code, kernel_of, outputs_of, text

PLENTY = 10 << 30
SLIDER = code("import ipywidgets\nipywidgets.IntSlider(3)")


@pytest.fixture(scope="module")
def free(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that says how many bytes of memory are free."""
    path = tmp_path_factory.mktemp("memory") / "free"
    path.write_text(str(PLENTY))
    return path


@pytest.fixture(scope="module")
def world(free: Path) -> Iterator[World]:
    """A classroom that has little patience."""
    limits: dict[str, Any] = {"idle": 4, "notice": 2, "left": 2, "asks_again": 1, "patience": 3}
    with classroom(free_file=str(free), starts_a_minute=30, **limits) as found:
        yield found


def closing_code(caught: pytest.ExceptionInfo[ConnectionClosed]) -> int | None:
    return caught.value.rcvd.code if caught.value.rcvd else None


def ended(world: World) -> bool:
    return world.open_pages() == 0 and not world.kernels()


def test_the_text_comes_before_the_kernel(world: World, tmp_path: Path) -> None:
    gate = tmp_path / "open"
    waits = f"import os\nwhile not os.path.exists({str(gate)!r}): pass\nprint('done')"
    path = world.around.publish("slow", text("# শিরোনাম"), code(waits), text("শেষ কথা"))
    headers = {"Accept-Encoding": "identity"}
    with world.client("anna") as client, client.stream("GET", path, headers=headers) as frame:
        parts = frame.iter_text()
        first = ""
        while "</main>" not in first:
            first += next(parts)
        assert "শিরোনাম" in first and "শেষ কথা" in first, first
        assert 'data-live="kernel"' not in first
        gate.touch()
        rest = "".join(parts)
    assert "done" in rest and 'data-live="done"' in rest


def test_a_frame_shows_its_stretch_in_its_language_and_no_error(world: World) -> None:
    cells = (text("এক", lang="bn"), text("eleven", lang="en"), code("x = 6"), code("print(x * 7)"))
    broken = code("import sys\nprint('why', file=sys.stderr)\nraise ValueError('secret')")
    path = world.around.publish("parts", *cells, broken, stretches=[[0, 1, 3], [4]])
    bangla, english = world.open(path, "anna"), world.open(path, "anna", lang="en")
    assert "এক" in bangla.text and "eleven" not in bangla.text
    assert "eleven" in english.text and "এক" not in english.text
    assert outputs_of(bangla)[3][0]["text"] == "42\n"
    second = world.open(path, "anna", stretch="1")
    assert outputs_of(second) == {4: [{"output_type": "error"}]}
    assert "secret" not in second.text and kernel_of(second) == kernel_of(bangla)
    assert world.open(path, "anna", stretch="2").status_code == 404


def test_a_kernel_finds_the_courses_files_and_none_of_our_environment(world: World) -> None:
    world.around.files["data/numbers.csv"] = b"1,2"
    source = "import json, os\nprint(json.dumps([open('data/numbers.csv').read(), *os.environ]))"
    frame = world.open(world.around.publish("files", code(source)), "bela")
    world.around.files.clear()
    shown = outputs_of(frame)[0][0]["text"]
    assert '"1,2"' in shown
    assert not [name for name in os.environ if f'"{name}"' in shown and name not in KNOWN], shown


KNOWN = {"PATH", "LANG", "TZ", "HOME", "TERM", "PAGER", "GIT_PAGER", "IPYTHONDIR", "MPLBACKEND"}


def test_the_fourth_page_of_a_person_waits(world: World) -> None:
    paths = [world.around.publish(f"page-{n}", code("1")) for n in range(4)]
    wait_until(lambda: ended(world), seconds=30)
    assert [world.open(path, "charu").status_code for path in paths[:3]] == [200] * 3
    refused = world.open(paths[3], "charu")
    assert refused.status_code == 429 and refused.headers["retry-after"] == "5"
    assert '"too-many"' in refused.text and world.portal_origin in refused.text
    assert world.open(paths[0], "dipa").status_code == 200, "another person does not wait"


def test_a_full_server_queues_in_order(world: World, free: Path) -> None:
    wait_until(lambda: ended(world), seconds=30)
    path = world.around.publish("full", code("1"))
    free.write_text(str(1 << 20))
    try:
        places = [world.open(path, name) for name in ("anna", "bela", "anna", "charu")]
        assert {each.status_code for each in places} == {503}
        told = [each.text.split('"place": ')[1][0] for each in places]
        assert told == ["1", "2", "1", "3"] and '"full"' in places[0].text
    finally:
        free.write_text(str(PLENTY))
    assert world.open(path, "anna").status_code == 200


def test_a_dead_kernel_is_told_at_once_and_another_comes(world: World) -> None:
    path = world.around.publish("dies", SLIDER)
    kernel = kernel_of(world.open(path, "dipa"))
    with talk(world, "dipa", kernel) as line, pytest.raises(ConnectionClosed) as closed:
        assert line.answered(message("kernel_info_request", {}))
        for process in world.kernels():
            os.kill(process.pid, signal.SIGKILL)
        line.hear(lambda _: False, seconds=10)
    assert closing_code(closed) == DIED
    assert kernel_of(world.open(path, "dipa")) != kernel


def test_an_idle_page_is_warned_then_rests_though_it_is_open(world: World) -> None:
    path = world.around.publish("idle", SLIDER)
    kernel = kernel_of(world.open(path, "emon"))
    with talk(world, "emon", kernel) as line, pytest.raises(ConnectionClosed) as closed:
        line.hear(lambda heard: heard["header"]["msg_type"] == "pathshala_notice", seconds=10)
        line.say(message("kernel_info_request", {}))
        heard = line.hear(lambda heard: heard["header"]["msg_type"] == "pathshala_notice")
        assert heard[-1]["content"] == {"kind": "culled-soon", "seconds": 2}, "it stayed, once"
        line.hear(lambda _: False)
    assert closing_code(closed) == RESTED
    wait_until(lambda: ended(world), seconds=20)


def test_a_page_that_nobody_shows_ends(world: World) -> None:
    for name in ("anna", "bela", "charu"):
        world.open("live/a-course/idle/1", name)
    assert world.open_pages() == 3
    wait_until(lambda: ended(world), seconds=20)


def test_who_is_removed_loses_the_page(world: World) -> None:
    kernel = kernel_of(world.open("live/a-course/idle/1", "gone"))
    with talk(world, "gone", kernel) as line, pytest.raises(ConnectionClosed) as closed:
        del world.around.people["gone"]
        line.hear(lambda _: False)
    assert closing_code(closed) == LEFT


def test_a_portal_that_is_away_is_said(world: World) -> None:
    world.around.modules["a-course/broken/1"] = {}
    answer = world.open("live/a-course/broken/1", "anna")
    assert answer.status_code == 503 and '"away"' in answer.text
    assert world.open("live/a-course/none/1", "anna").status_code == 404


def test_the_policy_of_a_frame(world: World) -> None:
    policy = world.open("live/a-course/idle/1", "anna").headers["content-security-policy"]
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert parts["frame-ancestors"] == world.portal_origin
    assert parts["connect-src"] == "'self' blob:" and parts["form-action"] == "'none'"
    assert not [part for part in policy.split() if part.startswith("http")][1:]


@pytest.mark.bar
def test_three_hundred_openings_leave_no_kernel(world: World) -> None:
    path = world.around.publish("opened", code("1"))
    names = [f"person-{n}" for n in range(30)]

    def open_ten(name: str) -> None:
        for _ in range(10):
            try:
                with world.client(name) as client, client.stream("GET", path) as frame:
                    next(frame.iter_raw())
            except httpx.HTTPError:
                continue

    threads = [threading.Thread(target=open_ten, args=(name,)) for name in names]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    wait_until(lambda: ended(world), seconds=90)
    assert psutil.pid_exists(world.process.pid)
