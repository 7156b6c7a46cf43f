"""R9: whoever moves nothing is warned, and whoever finds no room is told the place in the queue."""

from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from bench.waiting import wait_until
from hub.classroom.readings import RESTED
from tests.classroom.talking import closing_code, message, talk
from tests.classroom.world import World, code, ended, kernel_of

PLENTY = 10 << 30
SLIDER = code("import ipywidgets\nipywidgets.IntSlider(3)")


def test_the_fourth_page_of_a_person_waits(impatient_classroom: World) -> None:
    paths = [impatient_classroom.around.publish(f"page-{n}", code("1")) for n in range(4)]
    wait_until(lambda: ended(impatient_classroom), seconds=30)
    assert [impatient_classroom.open(path, "charu").status_code for path in paths[:3]] == [200] * 3
    refused = impatient_classroom.open(paths[3], "charu")
    assert refused.status_code == 429 and refused.headers["retry-after"] == "5"
    assert '"too-many"' in refused.text and impatient_classroom.portal_origin in refused.text
    assert impatient_classroom.open(paths[0], "dipa").status_code == 200, (
        "another person does not wait"
    )


def test_a_full_server_queues_in_order(impatient_classroom: World, free: Path) -> None:
    wait_until(lambda: ended(impatient_classroom), seconds=30)
    path = impatient_classroom.around.publish("full", code("1"))
    free.write_text(str(1 << 20))
    try:
        places = [
            impatient_classroom.open(path, name) for name in ("anna", "bela", "anna", "charu")
        ]
        assert {each.status_code for each in places} == {503}
        told = [each.text.split('"place": ')[1][0] for each in places]
        assert told == ["1", "2", "1", "3"] and '"full"' in places[0].text
    finally:
        free.write_text(str(PLENTY))
    assert impatient_classroom.open(path, "anna").status_code == 200


def test_an_idle_page_is_warned_then_rests_though_it_is_open(impatient_classroom: World) -> None:
    path = impatient_classroom.around.publish("idle", SLIDER)
    kernel = kernel_of(impatient_classroom.open(path, "emon"))
    with (
        talk(impatient_classroom, "emon", kernel) as line,
        pytest.raises(ConnectionClosed) as closed,
    ):
        line.hear(lambda heard: heard["header"]["msg_type"] == "pathshala_notice", seconds=10)
        line.say(message("kernel_info_request", {}))
        heard = line.hear(lambda heard: heard["header"]["msg_type"] == "pathshala_notice")
        assert heard[-1]["content"] == {"kind": "culled-soon", "seconds": 2}, "it stayed, once"
        line.hear(lambda _: False)
    assert closing_code(closed) == RESTED
    wait_until(lambda: ended(impatient_classroom), seconds=20)
