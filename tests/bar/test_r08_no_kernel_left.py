"""R8: kernels die, tabs close: the reader is told, another comes, none is left behind."""

import os
import signal
import threading

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from bench.waiting import wait_until
from hub.classroom.readings import DIED, LEFT
from tests.classroom.talking import closing_code, message, talk
from tests.classroom.world import World, code, ended, kernel_of

SLIDER = code("import ipywidgets\nipywidgets.IntSlider(3)")


def test_a_dead_kernel_is_told_at_once_and_another_comes(impatient_classroom: World) -> None:
    path = impatient_classroom.around.publish("dies", SLIDER)
    kernel = kernel_of(impatient_classroom.open(path, "dipa"))
    with (
        talk(impatient_classroom, "dipa", kernel) as line,
        pytest.raises(ConnectionClosed) as closed,
    ):
        assert line.answered(message("kernel_info_request", {}))
        for process in impatient_classroom.kernels():
            os.kill(process.pid, signal.SIGKILL)
        line.hear(lambda _: False, seconds=10)
    assert closing_code(closed) == DIED
    assert kernel_of(impatient_classroom.open(path, "dipa")) != kernel


def test_a_page_that_nobody_shows_ends(impatient_classroom: World) -> None:
    path = impatient_classroom.around.publish("left", SLIDER)
    wait_until(lambda: ended(impatient_classroom), seconds=20)
    for name in ("anna", "bela", "charu"):
        impatient_classroom.open(path, name)
    assert impatient_classroom.open_pages() == 3
    wait_until(lambda: ended(impatient_classroom), seconds=20)


def test_who_is_removed_loses_the_page(impatient_classroom: World) -> None:
    path = impatient_classroom.around.publish("gone", SLIDER)
    kernel = kernel_of(impatient_classroom.open(path, "gone"))
    with (
        talk(impatient_classroom, "gone", kernel) as line,
        pytest.raises(ConnectionClosed) as closed,
    ):
        del impatient_classroom.around.people["gone"]
        line.hear(lambda _: False)
    assert closing_code(closed) == LEFT


@pytest.mark.bar
def test_three_hundred_openings_leave_no_kernel(impatient_classroom: World) -> None:
    path = impatient_classroom.around.publish("opened", code("1"))
    names = [f"person-{n}" for n in range(30)]

    def open_ten(name: str) -> None:
        for _ in range(10):
            try:
                with (
                    impatient_classroom.client(name) as client,
                    client.stream("GET", path) as frame,
                ):
                    next(frame.iter_raw())
            except httpx.HTTPError:
                continue

    threads = [threading.Thread(target=open_ten, args=(name,)) for name in names]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    wait_until(lambda: ended(impatient_classroom), seconds=90)
    assert psutil.pid_exists(impatient_classroom.process.pid)
