"""What the Hub writes down: what was asked and what came of it, never who asked."""

from __future__ import annotations

import logging

from jupyterhub.metrics import prometheus_log_method
from tornado.log import access_log
from tornado.web import RequestHandler

# They tell of a refused request once more, with its whole address and who asked.
TOLD_TWICE = ("web", "_xsrf_utils")
NAMING = ("Failed login", "Not authorizing", "Disallowing redirect")


def log_request(handler: RequestHandler) -> None:
    """Log a request that failed by the name of its handler: addresses hold people's names."""
    status = handler.get_status()
    level = logging.ERROR if status >= 500 else logging.WARNING if status >= 400 else logging.INFO
    asked = f"{handler.request.method} {type(handler).__name__}"
    access_log.log(level, "%d %s %.0f ms", status, asked, 1000 * handler.request.request_time())
    prometheus_log_method(handler)


class Nameless(logging.Filter):
    """Keeps out addresses, and what was typed as a name: it may be a password."""

    def filter(self, record: logging.LogRecord) -> bool:
        words = str(record.msg)
        if words.startswith("Uncaught exception"):
            record.msg, record.args = "Uncaught exception", ()  # the traceback stays
            return True
        return record.module not in TOLD_TWICE and not words.startswith(NAMING)


LOGGING = {
    "filters": {"nameless": {"()": Nameless}},
    "handlers": {"console": {"filters": ["nameless"]}},
}
