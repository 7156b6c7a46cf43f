"""What the Hub writes down: what was asked and what came of it, never who asked."""

from __future__ import annotations

import logging

from jupyterhub.metrics import prometheus_log_method
from tornado.web import RequestHandler

from hub import log_lines

# They tell of a refused request once more, with its whole address and who asked.
TOLD_TWICE = ("web", "_xsrf_utils")
NAMING = ("Failed login", "Not authorizing", "Disallowing redirect")


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
    """Keeps out addresses, and what was typed as a name: it may be a password."""

    def filter(self, record: logging.LogRecord) -> bool:
        words = str(record.msg)
        if words.startswith("Uncaught exception"):
            record.msg, record.args = "Uncaught exception", ()  # the traceback stays
            return True
        return record.module not in TOLD_TWICE and not words.startswith(NAMING)


LINES = log_lines.configuration("hub")
LOGGING = {
    **LINES,
    "filters": {"nameless": {"()": Nameless}},
    "handlers": {
        name: {**handler, "filters": ["nameless"]} for name, handler in LINES["handlers"].items()
    },
}
