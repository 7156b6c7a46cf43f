"""How every process of ours writes down what happens: one line of JSON for each thing.

    {"at": "2026-11-22T06:00:00.000Z", "part": "portal", "level": "info", "said": "request",
     "method": "PUT", "route": "/api/courses/{course}/...", "status": 200, "ms": 4.1, "id": "3f9a"}

A route is a template or a handler's name, never an address: those hold ids and what people look
for. Of an error its kind and its places are kept, not its words: they may quote what people wrote.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

REQUESTS = logging.getLogger("pathshala.request")
MOST_FRAMES = 12


class Lines(logging.Formatter):
    """Makes a line of a record; what stands in its `facts` become names of their own."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self.part = part

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "part": self.part,
            "level": record.levelname.lower(),
            "said": record.getMessage().strip(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = errors(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def errors(error: BaseException) -> list[dict[str, Any]]:
    """Kind and places of an error and of those behind it, the last one first."""
    found: list[dict[str, Any]] = []
    each: BaseException | None = error
    while each is not None and len(found) < MOST_FRAMES:
        found.append({"kind": type(each).__name__, "places": _places(each.__traceback__)})
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return found


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-MOST_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def begin(part: str) -> None:
    """Let everything that this process logs become such lines, on standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Lines(part))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in ("httpx", "httpcore", "asyncio"):  # they name addresses
        logging.getLogger(name).setLevel(logging.WARNING)
    threading.excepthook = _log_end_of_thread
    sys.excepthook = _log_end


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        trace = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger("pathshala").error("a thread ended", exc_info=trace)


def _log_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("pathshala").critical("the process ended", exc_info=(kind, error, trace))


def configuration(part: str) -> dict[str, Any]:
    """The same for a program that configures its own logging, as Jupyter's do: its `console` keeps
    its level, what is ours has none."""
    ours = {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "lines"}
    return {
        "formatters": {"lines": {"()": Lines, "part": part}},
        "handlers": {"console": {"formatter": "lines"}, "ours": ours},
        "loggers": {"pathshala": {"handlers": ["ours"], "level": "INFO", "propagate": False}},
        "root": {"handlers": ["console"], "level": "WARNING"},
    }


def log_request(method: str, route: str, status: int, seconds: float, **more: Any) -> None:
    """Write the line of a request that was answered."""
    level = logging.ERROR if status >= 500 else logging.INFO
    facts = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
    REQUESTS.log(level, "request", extra={"facts": {**facts, **more}})
