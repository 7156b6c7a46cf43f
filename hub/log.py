"""What the Hub writes down: what was asked and what came of it, never who asked."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from jupyterhub.metrics import prometheus_log_method
from tornado.web import RequestHandler

from hub import log_lines

# They tell of a refused request once more, with its whole address and who asked.
TOLD_TWICE = ("web", "_xsrf_utils")
NAMING = (
    "Failed login",
    "Not authorizing",
    "Disallowing redirect",
    "No ORM server for",
    "Setting Spawner.server for",
    "Received unhandled user_options",
    "Unhandled user option",
    "No such Spawner attribute",
)
HUB = "JupyterHub"
BLANK = "…"


def log_request(handler: RequestHandler) -> None:
    """Log a request by the name of its handler: addresses hold people's names."""
    log_tornado_request(handler)
    prometheus_log_method(handler)


def log_tornado_request(handler: RequestHandler) -> None:
    """The same for a server that is not the Hub."""
    log_lines.log_request(
        str(handler.request.method),
        type(handler).__name__,
        handler.get_status(),
        handler.request.request_time(),
    )


class Nameless(logging.Filter):
    """Keeps out addresses, names, and what was typed as a name: it may be a password.

    Of what the Hub itself says the sentence stays, and numbers in it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        words = str(record.msg)
        if words.startswith("Uncaught exception"):
            record.msg, record.args = "Uncaught exception", ()  # the traceback stays
            return True
        if record.name == HUB and record.args:
            record.args = _numbers(record.args)
        return record.module not in TOLD_TWICE and not words.startswith(NAMING)


def _numbers(
    args: tuple[object, ...] | Mapping[str, object],
) -> tuple[object, ...] | dict[str, object]:
    if isinstance(args, Mapping):
        return {name: _number(each) for name, each in args.items()}
    return tuple(_number(each) for each in args)


def _number(each: object) -> object:
    return each if isinstance(each, (int, float)) else BLANK


LINES = log_lines.configuration("hub")
LOGGING = {
    **LINES,
    "filters": {"nameless": {"()": Nameless}},
    "handlers": {
        name: {**handler, "filters": ["nameless"]} for name, handler in LINES["handlers"].items()
    },
}
