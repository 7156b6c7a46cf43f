"""S3, the inner half: what the filter makes of any message, without a socket."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jupyter_server.services.kernels.connection.base import serialize_binary_message

from hub.classroom.message_filter import FORBIDDEN, Refused, may_be_shown, read, rebuild

UPDATE = {"method": "update", "state": {"value": 3}, "buffer_paths": []}


def message(kind: Any, content: Any, channel: Any = "shell", **more: Any) -> dict[str, Any]:
    return {
        "channel": channel,
        "header": {"msg_type": kind, "msg_id": "a-1"},
        "content": content,
    } | more


def comm_msg(data: Any, **more: Any) -> dict[str, Any]:
    return message("comm_msg", {"comm_id": "c", "data": data}, **more)


PASSING = [
    message("kernel_info_request", {}),
    message("comm_info_request", {"target_name": "anything"}),
    message("comm_open", {"comm_id": "c", "target_name": "jupyter.widget.control", "data": {}}),
    message("comm_close", {"comm_id": "c"}),
    comm_msg(UPDATE),
    comm_msg({"method": "request_state"}),
    comm_msg({"method": "request_states"}),
    comm_msg({"method": "custom", "content": {"event": "click"}}),
]
KINDS = "execute_request inspect_request complete_request history_request is_complete_request"
KINDS += " shutdown_request interrupt_request debug_request input_reply create_subshell_request"


@pytest.mark.parametrize("passing", PASSING, ids=lambda m: str(m["header"]["msg_type"]))
def test_what_a_widget_needs_passes(passing: dict[str, Any]) -> None:
    assert rebuild(passing)["header"] == passing["header"]
    for channel in ("control", "stdin", "iopub", "hb", "", None, ["shell"]):
        with pytest.raises(Refused):
            rebuild(passing | {"channel": channel})


@pytest.mark.parametrize("kind", [*KINDS.split(), "", None, 3, ["comm_msg"]])
def test_no_other_type_passes(kind: Any) -> None:
    with pytest.raises(Refused):
        rebuild(message(kind, {"code": "1"}))


@pytest.mark.parametrize("target", ["jupyter.widget", "jupyter.widget.version", "", None, {"a": 1}])
def test_a_browser_opens_only_the_control(target: Any) -> None:
    with pytest.raises(Refused):
        rebuild(message("comm_open", {"comm_id": "c", "target_name": target}))


@pytest.mark.parametrize("method", ["echo_update", "backbone", "", None, ["update"]])
def test_no_other_method_passes(method: Any) -> None:
    with pytest.raises(Refused):
        rebuild(comm_msg({"method": method, "state": {}}))


@pytest.mark.parametrize("key", sorted(FORBIDDEN))
@pytest.mark.parametrize("depth", [0, 1, 7, 60])
def test_keys_that_call_pass_at_no_depth(key: str, depth: int) -> None:
    inner: Any = {key: "os.system"}
    for level in range(depth):
        inner = [inner] if level % 2 else {"a": inner}
    for data in (
        {"method": "update", "state": {"value": inner}},
        {"method": "custom", "content": inner},
        {"method": "update", "state": {}, "buffer_paths": [inner]},
    ):
        with pytest.raises(Refused):
            rebuild(comm_msg(data))


def test_a_message_is_made_anew_of_what_is_known() -> None:
    odd = comm_msg(
        {**UPDATE, "extra": 1}, metadata={"version": "9"}, parent_header={"a": 1}, more=2
    )
    odd["header"] |= {"username": "root", "session": "x" * 300, "subshell_id": "y"}
    odd["content"]["target_module"] = "os"
    assert rebuild(odd) == {
        "header": {"msg_type": "comm_msg", "msg_id": "a-1"},
        "parent_header": {},
        "metadata": {},
        "content": {"comm_id": "c", "data": UPDATE},
        "buffers": [],
    }
    opened = rebuild(PASSING[2] | {"metadata": {"version": "7"}})
    assert opened["metadata"] == {"version": "1.0.0"} and opened["content"]["data"] == {}


def test_buffers_are_bytes_and_go_with_a_widgets_message_alone() -> None:
    assert rebuild(comm_msg(UPDATE, buffers=[b"1"]))["buffers"] == [b"1"]
    assert rebuild(message("comm_close", {"comm_id": "c"}, buffers=[b"1"]))["buffers"] == []
    for odd in (["text"], "text", [{"create_widget": 1}], {"a": b""}):
        with pytest.raises(Refused):
            rebuild(comm_msg(UPDATE, buffers=odd))


def test_a_frame_is_read_as_jupyter_sends_it() -> None:
    sent = {**PASSING[4], "parent_header": {}, "metadata": {}, "buffers": [b"12", b""]}
    assert rebuild(read(serialize_binary_message(sent)))["buffers"] == [b"12", b""]
    assert rebuild(read(json.dumps(PASSING[4])))["content"]["data"] == UPDATE


def test_a_frame_of_four_bytes_asks_for_no_memory() -> None:
    with pytest.raises(Refused):
        read(b"\x7f\xff\xff\xff")


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(sorted(FORBIDDEN)),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.text() | st.sampled_from(["method", "state", "content", "data", "create_widget"]),
            inner,
        )
    ),
)


@settings(deadline=None, database=None)
@given(st.binary() | st.text() | anything.map(lambda value: json.dumps(value)))
def test_any_frame_is_read_or_refused(frame: bytes | str) -> None:
    with suppress(Refused):
        rebuild(read(frame))


@settings(deadline=None, database=None)
@given(anything, anything, anything)
def test_no_shape_breaks_the_filter(content: Any, data: Any, header: Any) -> None:
    for odd in (
        comm_msg(data),
        message("comm_msg", content),
        {"channel": "shell", "header": header, "content": content},
        comm_msg({"method": "custom", "content": data}),
    ):
        try:
            passed = json.dumps(rebuild(odd), default=repr)
        except Refused:
            continue
        assert not any(f'"{key}":' in passed for key in FORBIDDEN)


def test_a_browser_sees_no_source_and_no_error() -> None:
    for kind in ("execute_input", "error", "input_request"):
        assert not may_be_shown({"header": {"msg_type": kind}, "content": {}})
    assert not may_be_shown({"header": {"msg_type": "stream"}, "content": {"name": "stderr"}})
    assert may_be_shown({"header": {"msg_type": "stream"}, "content": {"name": "stdout"}})
    assert may_be_shown({"header": {"msg_type": "comm_msg"}, "content": {}})
