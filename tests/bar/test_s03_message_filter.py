"""S3: what a kernel hears of a browser over the real socket, and the browser of a kernel.

The kernel is a recorder: it notes each message that it is given.
"""

import json
import uuid

import pytest
from websockets.exceptions import ConnectionClosed

from hub.classroom.message_filter import MOST_BYTES, MOST_MESSAGES, TOO_MANY
from tests.classroom.talking import message, talk
from tests.classroom.world import World, code, kernel_of

RECORDER = """
import json, ipywidgets
note = ipywidgets.Text(description="recorder")
heard = []
kernel = get_ipython().kernel
def listening(channel, kind, handler):
    def hear(stream, ident, message):
        heard.append([channel, kind, message["header"]["msg_id"]])
        note.value = json.dumps(heard)
        return handler(stream, ident, message)
    return hear
for channel, handlers in (("shell", kernel.shell_handlers), ("control", kernel.control_handlers)):
    for kind in list(handlers):
        handlers[kind] = listening(channel, kind, handlers[kind])
note
"""
KINDS = """execute_request inspect_request complete_request history_request is_complete_request
    shutdown_request interrupt_request debug_request input_reply create_subshell_request
    apply_request comm_info_request kernel_info_request connect_request usage_request clear_request
    abort_request"""
PASSING = {"comm_info_request", "kernel_info_request"}


def test_a_kernel_hears_only_what_the_filter_lets_through(the_classroom: World) -> None:
    kernel = kernel_of(
        the_classroom.open(the_classroom.around.publish("recorder", code(RECORDER)), "anna")
    )
    with talk(the_classroom, "anna", kernel) as line:
        note = line.model("TextModel", description="recorder")
        sent = {}
        for kind in KINDS.split():
            for channel in ("shell", "control", "stdin", "iopub"):
                asked = message(kind, {"code": "1/0", "comm_id": "c"}, channel)
                sent[line.say(asked)] = (channel, kind)
        for target in ("jupyter.widget", "x"):
            opened = message("comm_open", {"comm_id": uuid.uuid4().hex, "target_name": target})
            sent[line.say(opened)] = ("shell", f"comm_open {target}")
        for odd in ("", "{}", "[]", "nothing", b"", b"\x00" * 40, b"\x7f\xff\xff\xff"):
            line.say(odd)
        line.answered(message("kernel_info_request", {}))
        heard = json.loads(line.states()[note]["state"]["value"])
    arrived = {sent[each[2]] for each in heard if each[2] in sent}
    assert arrived == {("shell", kind) for kind in PASSING}


def test_a_browser_hears_no_source_and_no_error(the_classroom: World) -> None:
    source = "import ipywidgets\nb = ipywidgets.Button()\nb.on_click(lambda _: 1/0)\nb"
    kernel = kernel_of(
        the_classroom.open(the_classroom.around.publish("errors", code(source)), "anna")
    )
    with talk(the_classroom, "anna", kernel) as line:
        click = {"method": "custom", "content": {"event": "click"}}
        model = line.model("ButtonModel")
        heard = line.answered(message("comm_msg", {"comm_id": model, "data": click}))
    assert "ZeroDivisionError" not in json.dumps(heard)
    assert {each["header"]["msg_type"] for each in heard} <= {"status", "comm_msg"}


def test_a_flood_closes_the_socket_and_a_giant_does(the_classroom: World) -> None:
    kernel = kernel_of(the_classroom.open(the_classroom.around.publish("flood", code("1")), "bela"))
    with talk(the_classroom, "bela", kernel) as line, pytest.raises(ConnectionClosed) as closed:
        for _ in range(MOST_MESSAGES * 5):
            line.say(message("kernel_info_request", {}))
        line.hear(lambda _: False)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == TOO_MANY
    with talk(the_classroom, "bela", kernel) as line, pytest.raises(ConnectionClosed) as closed:
        line.say("x" * (MOST_BYTES + 1))
        line.hear(lambda _: False)
    assert closed.value.rcvd is None or closed.value.rcvd.code == 1009
    with talk(the_classroom, "bela", kernel) as line:
        assert line.answered(message("kernel_info_request", {})), "the kernel is well"
