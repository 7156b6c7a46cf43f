"""S3 and S4 over the real socket: what a kernel hears of a browser, and what it does then.

The kernel of the first is a recorder: it notes each message that it is given. That of the second
holds a widget of ipyvue's, through which an unfiltered browser could call anything.
"""

import json
import random
import uuid
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from hub.classroom.message_filter import FORBIDDEN, MOST_BYTES, MOST_MESSAGES, TOO_MANY
from tests.classroom.talking import Talk, message, talk
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
VICTIM = """
import ipyvue, traitlets, ipywidgets
called = ipywidgets.Text(description="called")
class Victim(ipyvue.VueTemplate):
    count = traitlets.Int(0).tag(sync=True)
    secret = "not synced"
    @traitlets.default("template")
    def _template(self):
        return "<template><b>{{count}}</b></template>"
    def vue_up(self, data):
        self.count += 1
    def wipe(self, *data):
        called.value += "wipe "
    def __setattr__(self, name, value):
        if name == "secret":
            called.value += "set "
        super().__setattr__(name, value)
victim = Victim()
victim.events = ["up"]
victim
"""
KINDS = """execute_request inspect_request complete_request history_request is_complete_request
    shutdown_request interrupt_request debug_request input_reply create_subshell_request
    apply_request comm_info_request kernel_info_request connect_request usage_request clear_request
    abort_request"""
PASSING = {"comm_info_request", "kernel_info_request"}


def model_of(line: Talk, name: str, **state: Any) -> str:
    """Return the model that has this name and these traits."""
    return next(
        model
        for model, each in line.states().items()
        if each["model_name"] == name and state.items() <= each["state"].items()
    )


def test_a_kernel_hears_only_what_the_filter_lets_through(the_classroom: World) -> None:
    kernel = kernel_of(
        the_classroom.open(the_classroom.around.publish("recorder", code(RECORDER)), "anna")
    )
    with talk(the_classroom, "anna", kernel) as line:
        note = model_of(line, "TextModel", description="recorder")
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
        model = model_of(line, "ButtonModel")
        heard = line.answered(message("comm_msg", {"comm_id": model, "data": click}))
    assert "ZeroDivisionError" not in json.dumps(heard)
    assert {each["header"]["msg_type"] for each in heard} <= {"status", "comm_msg"}


def hostile(random: random.Random, marker: Path) -> dict[str, Any]:
    """A custom message as ipyvue takes it, which would import, build, call or set."""
    reference = {"objectRef": "secret", "path": []}
    call = {"functionRef": "wipe", "args": [1], "kwargs": {}}
    command = {"args": f"touch {marker}", "shell": True}
    builds = {"create_widget": ["subprocess", "Popen"], "props": command, "id": "x"}
    sets = {"update_ref": call, "id": "x", "prop": "secret"}
    event = random.choice(["wipe", "__init__", "close", "../up", "up.x", "", "set_state", "send"])
    return random.choice(
        [
            builds,
            sets,
            {"destroy_widget": "x"},
            {"event": event, "data": random.choice([reference, call, builds, {}])},
            {"event": "up", "data": call},
            {"event": "up", random.choice(sorted(FORBIDDEN)): ["os", "system"]},
            {"data": [[builds]]},
        ]
    )


def test_no_message_imports_or_calls(the_classroom: World, tmp_path: Path) -> None:
    marker = tmp_path / "called"
    kernel = kernel_of(
        the_classroom.open(the_classroom.around.publish("victim", code(VICTIM)), "anna")
    )
    dice = random.Random(4)
    with talk(the_classroom, "anna", kernel) as line:
        states = line.states()
        victim = next(m for m, each in states.items() if "count" in each["state"])
        called = model_of(line, "TextModel", description="called")
        line.update(victim, events=["wipe", "up"], secret="set")
    for _ in range(6):
        with talk(the_classroom, "anna", kernel) as line:
            for _ in range(MOST_MESSAGES - 20):
                data = {"method": "custom", "content": hostile(dice, marker)}
                line.say(message("comm_msg", {"comm_id": victim, "data": data}))
            line.answered(message("kernel_info_request", {}))
    with talk(the_classroom, "anna", kernel) as line:
        up = {"method": "custom", "content": {"event": "up", "data": {}}}
        line.answered(message("comm_msg", {"comm_id": victim, "data": up}))
        states = line.states()
    assert states[victim]["state"]["count"] >= 1, "a method of the class may be called"
    assert states[called]["state"]["value"] == "" and not marker.exists()


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
