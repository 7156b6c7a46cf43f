"""S1: a kernel exists for the reader who started it alone, whatever is asked of it, and how."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from hub.classroom.app import KERNEL
from hub.classroom.handlers import OwnKernel
from tests.classroom.talking import message, talk
from tests.classroom.world import World, code, kernel_of

OTHERS = ("bela", None)


@pytest.fixture(scope="module")
def kernel(the_classroom: World) -> str:
    path = the_classroom.around.publish("own", code("import ipywidgets as w; w.IntSlider(3)"))
    return kernel_of(the_classroom.open(path, "anna"))


@pytest.mark.parametrize("other", OTHERS)
def test_others_find_no_such_kernel(the_classroom: World, kernel: str, other: str | None) -> None:
    with the_classroom.client(other) as client:
        for method, path in (
            ("GET", f"api/kernels/{kernel}"),
            ("DELETE", f"api/kernels/{kernel}"),
            ("GET", f"api/kernels/{kernel}/channels?session_id=abc"),
            ("POST", f"api/shutdown/{kernel}"),
        ):
            answer = client.request(method, path)
            assert answer.status_code in (403, 404, 405), (method, path)
            assert kernel not in answer.text
    with the_classroom.client("anna") as client:
        assert client.get(f"api/kernels/{kernel}").json()["id"] == kernel


@pytest.mark.parametrize("other", OTHERS)
def test_others_get_no_socket(the_classroom: World, kernel: str, other: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused, talk(the_classroom, other, kernel):
        pass
    assert refused.value.response.status_code in (403, 404)
    with talk(the_classroom, "anna", kernel) as own:
        assert own.answered(message("kernel_info_request", {}))


def test_only_pages_of_this_origin_get_a_socket(the_classroom: World, kernel: str) -> None:
    for origin in ("http://evil.test", "", "null", the_classroom.portal_origin):
        with (
            pytest.raises(InvalidStatus) as refused,
            talk(the_classroom, "anna", kernel, Origin=origin),
        ):
            pass
        assert refused.value.response.status_code == 403, origin


def test_every_address_of_a_kernel_asks_who_started_it() -> None:
    from hub.classroom import handlers

    routed = {handlers.OneKernelHandler, handlers.ChannelsHandler, handlers.ShutdownHandler}
    assert all(issubclass(each, OwnKernel) for each in routed)
    assert "kernel_id" in KERNEL


def test_another_reader_gets_a_kernel_of_his_own(the_classroom: World, kernel: str) -> None:
    path = "live/a-course/own/1"
    assert kernel_of(the_classroom.open(path, "bela")) != kernel
    assert kernel_of(the_classroom.open(path, "anna")) == kernel, (
        "a second frame shares the first's"
    )
    assert the_classroom.open(path, "stranger").status_code == 404


def test_a_reader_ends_ones_own(the_classroom: World) -> None:
    path = the_classroom.around.publish("ended", code("1"))
    kernel = kernel_of(the_classroom.open(path, "charu"))
    with the_classroom.client("charu") as client:
        assert client.post(f"api/shutdown/{kernel}").status_code == 204
        assert client.get(f"api/kernels/{kernel}").status_code == 404


def test_nobody_in_gets_no_page(the_classroom: World) -> None:
    answer = httpx.get(the_classroom.url("live/a-course/own/1"))
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(
        f"{the_classroom.portal_origin}/hub/api/oauth2/authorize"
    )
