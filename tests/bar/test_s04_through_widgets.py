"""S4: a browser reaches no import and no call in a kernel through a widget of ipyvue's."""

import random
from pathlib import Path
from typing import Any

from hub.classroom.message_filter import FORBIDDEN, MOST_MESSAGES
from tests.classroom.talking import message, talk
from tests.classroom.world import World, code, kernel_of

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
        called = line.model("TextModel", description="called")
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
