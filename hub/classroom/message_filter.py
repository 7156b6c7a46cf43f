"""Decides what a browser may tell a kernel, and what of a kernel's words reaches the browser.

A reader moves widgets and runs nothing. What passes is built anew from the parts that are known
here, so that nothing unread travels with it. Whose kernel it is, `kernels` knows; what an event
may call inside the kernel is `launcher`'s to say.
"""

from __future__ import annotations

import json
import re
from collections import deque
from time import monotonic
from typing import Any

from jupyter_server.services.kernels.connection.base import deserialize_binary_message
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.iostream import StreamBufferFullError

MOST_BYTES = 1_000_000  # of one frame
MOST_MESSAGES = 100  # a second
MOST_WAITING = 32_000_000  # bytes for a browser that does not keep up
MOST_DEPTH = 64
MOST_PARTS = 1000
TOO_MANY = 4008  # the codes that a socket closes with are in docs/explanation/live-pages.md

CONTROL = "jupyter.widget.control"
CONTROL_VERSION = "1.0.0"
WIDGETS = "jupyter.widget"
METHODS = {
    "update": {"state", "buffer_paths"},
    "request_state": set[str](),
    "request_states": set[str](),
    "custom": {"content"},
}
# ipyvue imports what the first names and calls what the last names; ipywidgets builds and destroys
FORBIDDEN = {"create_widget", "update_ref", "destroy_widget", "objectRef", "functionRef"}
NOT_SHOWN = {"execute_input", "error", "input_request"}
ID = re.compile(r"[\w-]{1,100}", re.ASCII)


class Refused(Exception):
    """The message may not pass."""


def rebuild(message: Any) -> dict[str, Any]:
    """Return a message for the kernel made of what is known; raise `Refused`.

    `message` is as Jupyter's websocket protocol has it: `{"channel", "header", "content",
    "metadata", "parent_header", "buffers"}`. Of the header only type and id are taken.
    """
    if not isinstance(message, dict) or message.get("channel") != "shell":
        raise Refused("channel")
    header = _dict(message.get("header"))
    build = CONTENTS.get(_text(header.get("msg_type")))
    if build is None:
        raise Refused("type")
    content, metadata, with_buffers = build(_dict(message.get("content")))
    return {
        "header": {"msg_type": header["msg_type"], "msg_id": _id(header.get("msg_id"))},
        "parent_header": {},
        "metadata": metadata,
        "content": content,
        "buffers": _buffers(message.get("buffers")) if with_buffers else [],
    }


Built = tuple[dict[str, Any], dict[str, Any], bool]


def _kernel_info(_: dict[str, Any]) -> Built:
    return {}, {}, False


def _comm_info(_: dict[str, Any]) -> Built:
    return {"target_name": WIDGETS}, {}, False


def _comm_open(content: dict[str, Any]) -> Built:
    if content.get("target_name") != CONTROL:
        raise Refused("target")
    opened = {"comm_id": _id(content.get("comm_id")), "target_name": CONTROL, "data": {}}
    return opened, {"version": CONTROL_VERSION}, False


def _comm_close(content: dict[str, Any]) -> Built:
    return {"comm_id": _id(content.get("comm_id")), "data": {}}, {}, False


def _comm_msg(content: dict[str, Any]) -> Built:
    data = _dict(content.get("data"))
    method = _text(data.get("method"))
    if method not in METHODS:
        raise Refused("method")
    kept = {name: _plain(data[name]) for name in METHODS[method] if name in data}
    return {"comm_id": _id(content.get("comm_id")), "data": {"method": method, **kept}}, {}, True


CONTENTS = {
    "kernel_info_request": _kernel_info,
    "comm_info_request": _comm_info,
    "comm_open": _comm_open,
    "comm_close": _comm_close,
    "comm_msg": _comm_msg,
}


def _plain(value: Any, depth: int = 0) -> Any:
    """Return a copy of a value in which no forbidden key stands, however deep."""
    if depth > MOST_DEPTH:
        raise Refused("depth")
    if isinstance(value, dict):
        if FORBIDDEN & value.keys():
            raise Refused("key")
        return {key: _plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, depth + 1) for each in value]
    return value


def _buffers(value: Any) -> list[bytes]:
    buffers = value or []
    if not isinstance(buffers, list) or not all(isinstance(each, bytes) for each in buffers):
        raise Refused("buffers")
    return buffers


def _dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused("shape")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Refused("shape")
    return value


def _id(value: Any) -> str:
    if not ID.fullmatch(_text(value)):
        raise Refused("id")
    return _text(value)


def may_be_shown(message: dict[str, Any]) -> bool:
    """Whether a kernel's message goes to the browser: no source, no error's text."""
    kind = message["header"]["msg_type"]
    if kind == "stream":
        return bool(message["content"].get("name") != "stderr")
    return kind not in NOT_SHOWN


def read(frame: str | bytes) -> Any:
    """Return the message in a frame; raise `Refused` where there is none."""
    try:
        if isinstance(frame, str):
            return json.loads(frame)
        parts = int.from_bytes(frame[:4])
        if not 0 < parts <= MOST_PARTS:  # it would make a list of four thousand million
            raise Refused("parts")
        return deserialize_binary_message(frame)
    except Exception as error:  # a hostile frame may break the reader anywhere
        raise Refused("frame") from error


class FilteredConnection(ZMQChannelsWebsocketConnection):
    """One socket between a browser and its kernel. Speaks the protocol that has no parts."""

    kernel_ws_protocol = ""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._arrived: deque[float] = deque(maxlen=MOST_MESSAGES)
        self._has_noted = False

    def connect(self) -> Any:
        """Connect to the kernel; what a slow browser does not take piles up only so far."""
        self.websocket_handler.ws_connection.stream.max_write_buffer_size = MOST_WAITING
        return super().connect()

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Hand a frame on to the kernel if it may pass; otherwise drop it."""
        if not self.channels:
            return
        if self._comes_too_fast():
            self.websocket_handler.close(TOO_MANY, "too many messages")
            return
        try:
            message = rebuild(read(incoming_msg))
        except Refused as refused:
            self._note(refused)
            return
        header = self.session.msg_header(message["header"]["msg_type"])
        header["msg_id"] = message["header"]["msg_id"]
        self.session.send(self.channels["shell"], {**message, "header": header})

    def _note(self, refused: Refused) -> None:
        """Log the first of a socket's: whoever tries shall not fill the log."""
        if not self._has_noted:
            self._has_noted = True
            self.log.warning("Dropped a message to a kernel: %s", refused)

    def _comes_too_fast(self) -> bool:
        now = monotonic()
        is_full = len(self._arrived) == MOST_MESSAGES
        too_fast = is_full and now - self._arrived[0] < 1
        self._arrived.append(now)
        return too_fast

    def _on_zmq_reply(self, stream: Any, msg_list: Any) -> None:
        if not may_be_shown(msg_list):
            return
        try:
            super()._on_zmq_reply(stream, msg_list)
        except StreamBufferFullError:
            self.websocket_handler.close(TOO_MANY, "the browser does not keep up")
