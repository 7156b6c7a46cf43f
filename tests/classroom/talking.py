"""A program that talks to a kernel as a hostile browser could: over the real socket."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from jupyter_server.services.kernels.connection.base import deserialize_binary_message
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.classroom.world import PREFIX, World

CONTROL = "jupyter.widget.control"


def message(kind: str, content: Any, channel: str = "shell", **more: Any) -> dict[str, Any]:
    """A message as JupyterLab would send it."""
    header = {"msg_type": kind, "msg_id": uuid.uuid4().hex, "session": "s", "username": "u"}
    header |= {"date": "2026-01-01T00:00:00Z", "version": "5.3"}
    parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    return {"channel": channel, **parts, **more}


class Talk:
    """An open socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, said: Any) -> str:
        """Send a message, or whatever stands in its place; return its id."""
        self.socket.send(said if isinstance(said, str | bytes) else json.dumps(said))
        return said["header"]["msg_id"] if isinstance(said, dict) else ""

    def hear(self, until: Any, seconds: float = 20) -> list[dict[str, Any]]:
        """Return all that is heard until `until(message)` holds, that one included."""
        heard: list[dict[str, Any]] = []
        while not heard or not until(heard[-1]):
            got = self.socket.recv(timeout=seconds)
            read = json.loads if isinstance(got, str) else deserialize_binary_message
            heard.append(read(got))
        return heard

    def answered(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        """Send a message that the kernel takes; return what it caused, up to its idleness."""
        wanted = self.say(said)

        def is_over(heard: dict[str, Any]) -> bool:
            is_its = heard.get("parent_header", {}).get("msg_id") == wanted
            return bool(is_its and heard["content"].get("execution_state") == "idle")

        heard = self.hear(is_over)
        return [each for each in heard if each.get("parent_header", {}).get("msg_id") == wanted]

    def states(self) -> dict[str, dict[str, Any]]:
        """Ask for the state of all widgets: `{model id: {"model_name", "state", ...}}`."""
        comm = uuid.uuid4().hex
        content = {"comm_id": comm, "target_name": CONTROL, "data": {}}
        opened = message("comm_open", content, metadata={"version": "1.0.0"})
        self.say(opened)
        asked = {"comm_id": comm, "data": {"method": "request_states"}}
        heard = self.answered(message("comm_msg", asked))
        found = [each["content"].get("data", {}) for each in heard]
        states: dict[str, dict[str, Any]]
        states = next(each["states"] for each in found if each.get("method") == "update_states")
        return states

    def model(self, name: str, **state: Any) -> str:
        """Return the model that has this name and these traits."""
        return next(
            model
            for model, each in self.states().items()
            if each["model_name"] == name and state.items() <= each["state"].items()
        )

    def update(self, model: str, **state: Any) -> list[dict[str, Any]]:
        """Set traits of a widget."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        return self.answered(message("comm_msg", {"comm_id": model, "data": data}))


def closing_code(caught: pytest.ExceptionInfo[ConnectionClosed]) -> int | None:
    """Return the code with which the classroom closed a socket."""
    return caught.value.rcvd.code if caught.value.rcvd else None


@contextmanager
def talk(world: World, name: str | None, kernel: str, **headers: str) -> Iterator[Talk]:
    """Open the socket to a kernel; raises what `websockets` does when that is refused."""
    given = {"Origin": world.origin, **headers}
    if name:
        given["Authorization"] = f"token {world.token_of(name)}"
    url = f"ws://127.0.0.1:{world.port}{PREFIX}api/kernels/{kernel}/channels?session_id={uuid.uuid4()}"
    given = {k: v for k, v in given.items() if v}
    with connect(url, additional_headers=given, max_size=None, open_timeout=30) as socket:
        yield Talk(socket)
