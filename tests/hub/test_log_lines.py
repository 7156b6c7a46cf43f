"""A line of the log is JSON, and quotes nobody."""

import json
import logging
import subprocess
import sys
from pathlib import Path

from hub.log import Nameless
from hub.log_lines import Lines, errors
from hub.siblings import find_node

PROXY_LOG = Path(__file__).resolve().parents[2] / "hub" / "proxy_log.cjs"


def line(**facts: object) -> dict[str, object]:
    record = logging.makeLogRecord({"msg": "request", "levelname": "INFO", **facts})
    made: dict[str, object] = json.loads(Lines("portal").format(record))
    return made


def test_a_line_says_when_where_and_what() -> None:
    made = line(created=1795330800.25, facts={"status": 200, "ms": 1.5})
    assert made == {
        "at": "2026-11-22T07:00:00.250Z",
        "part": "portal",
        "level": "info",
        "said": "request",
        "status": 200,
        "ms": 1.5,
    }


def test_what_the_hub_says_of_somebody_is_kept_without_the_name() -> None:
    said = []
    hub = logging.getLogger("JupyterHub")
    hub.addFilter(Nameless())
    hub.addHandler(handler := logging.Handler())
    handler.emit = lambda record: said.append(Lines("hub").format(record))  # type: ignore[method-assign]
    try:
        hub.warning("User %s has stale auth info. Login is required to refresh.", "রহিমা")
        hub.warning("session id not set for %s, setting a new one", "রহিমা")
        hub.warning("User %s is slow to start (timeout=%s)", "রহিমা:", 10)
        hub.warning("%(user)s failed %(times)i times", {"user": "রহিমা", "times": 3})
        hub.warning("No ORM server for রহিমা:")
    finally:
        hub.filters.clear()
        hub.handlers.clear()
    assert [json.loads(each)["said"] for each in said] == [
        "User … has stale auth info. Login is required to refresh.",
        "session id not set for …, setting a new one",
        "User … is slow to start (timeout=10)",
        "… failed 3 times",
    ]


def test_of_an_error_its_kind_and_places_are_kept_and_not_its_words() -> None:
    try:
        try:
            raise ValueError("গোপন কথা")
        except ValueError as error:
            raise RuntimeError("গোপন কথা, আবার") from error
    except RuntimeError as error:
        made = line(exc_info=(type(error), error, error.__traceback__))
        kinds = [each["kind"] for each in errors(error)]
    assert kinds == ["RuntimeError", "ValueError"]
    assert "গোপন" not in json.dumps(made, ensure_ascii=False)
    assert "test_log_lines.py" in json.dumps(made)


def test_whatever_a_process_of_ours_says_is_such_a_line() -> None:
    code = """
import logging, threading, warnings
from hub import log_lines
log_lines.begin("worker")
logging.getLogger("anywhere").warning("a %s", "word")
warnings.warn("শেষ", stacklevel=1)
def end(): raise KeyError("গোপন")
threading.Thread(target=end).start()
log_lines.log_request("GET", "/health", 503, 0.25, id="ab")
end()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    lines = [json.loads(each) for each in done.stdout.splitlines()]
    assert len(lines) == 5 and (done.stderr, done.returncode) == ("", 1)
    assert {each["part"] for each in lines} == {"worker"}
    (request,) = [each for each in lines if each["said"] == "request"]
    assert (request["level"], request["ms"], request["id"]) == ("error", 250.0, "ab")
    assert "গোপন" not in done.stdout


def test_the_proxy_names_no_address() -> None:
    said = (
        "2026-11-22T06:00:00.000Z [ConfigProxy] \\u001b[31merror\\u001b[39m: 503 GET /user/রহিমা/lab"
    )
    code = f'require("{PROXY_LOG}"); process.stdout.write("{said} connect ECONNREFUSED\\n")'
    done = subprocess.run([str(find_node()), "-e", code], capture_output=True, text=True)
    assert json.loads(done.stdout) == {
        "at": "2026-11-22T06:00:00.000Z",
        "part": "proxy",
        "level": "error",
        "said": "503 GET … connect ECONNREFUSED",
    }
