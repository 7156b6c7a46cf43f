"""What `pathshala serve` runs side by side, and with which command and environment."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Callable

from hub.set_up import find_node
from hub.settings import PORTAL_ROOT, ROOT, Settings
from hub.supervisor import Plan, Sibling
from store.errors import NotAllowed

PYTHON = (sys.executable, "-P")
OURS = (*PYTHON, "-m", "hub.command")
# Whoever saves or reads goes first: hashing passwords takes a processor, and scores can wait.
SIGNING_IN, LATER = 5, 10


def plan(settings: Settings, welcome: Callable[[], str]) -> Plan:
    """Everything that `pathshala serve` runs."""
    return Plan(
        siblings=siblings(settings),
        prepare=[*OURS, "prepare"],
        is_open=lambda: is_open(settings),
        welcome=welcome,
    )


def siblings(settings: Settings) -> list[Sibling]:
    """The proxy first: the Hub asks it at once."""
    always = [
        _proxy(settings),
        _hub(settings),
        _portal(settings),
        _worker(settings),
        _classroom(settings),
    ]
    return always if settings.copies is None else [*always, _copies(settings)]


def is_open(settings: Settings) -> bool:
    """Whether Hub and portal answer where browsers will ask: the routes are there."""
    connection = http.client.HTTPConnection(settings.address, settings.port, timeout=2)
    try:
        for path in ("/hub/health", f"{PORTAL_ROOT}health"):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                return False
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def environment(settings: Settings) -> dict[str, str]:
    """What every sibling is given: the machine's environment and the settings, no password."""
    given = {k: v for k, v in os.environ.items() if k != "PATHSHALA_DEMO_PASSWORD"}
    if settings.database is not None:
        given["PATHSHALA_DATABASE_URL"] = settings.database_url
    if settings.copies is not None:
        given["PATHSHALA_COPIES"] = str(settings.copies)
    return {
        **given,
        "PATHSHALA_DATA": str(settings.data),
        "PATHSHALA_PORT": str(settings.port),
        "PATHSHALA_ADDRESS": settings.address,
        "PYTHONUNBUFFERED": "1",
    }


def _proxy(settings: Settings) -> Sibling:
    node = find_node()
    script = settings.frontend / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
    if node is None or not script.exists():
        raise NotAllowed(
            "proxy-missing",
            "The proxy is not installed ({missing}). Run `make serve` in the clone: it brings it.",
            {"missing": "Node 20" if node is None else str(script)},
        )
    loaded = [ROOT / "hub" / f"proxy_{name}.cjs" for name in ("limits", "log")]
    command = [str(node), *(f"--require={path}" for path in loaded), str(script)]
    command += ["--ip", settings.address, "--port", str(settings.port)]
    command += ["--api-ip", "127.0.0.1", "--api-port", str(settings.proxy_api_port)]
    # A fresh proxy knows no route until the Hub tells it. Whatever comes in that moment goes to
    # the portal, so that saving goes on even while the Hub is away.
    command += ["--default-target", f"http://127.0.0.1:{settings.portal_port}"]
    command += ["--error-path", str(ROOT / "hub" / "templates" / "proxy"), "--log-level", "warn"]
    token = {"CONFIGPROXY_AUTH_TOKEN": settings.secret("proxy-token")}
    return Sibling(
        "proxy", command, {**environment(settings), **token}, port=settings.proxy_api_port
    )


def _hub(settings: Settings) -> Sibling:
    command = [*PYTHON, "-m", "jupyterhub", "-f", str(ROOT / "jupyterhub_config.py")]
    return Sibling("hub", command, environment(settings), port=settings.hub_port, nice=SIGNING_IN)


def _portal(settings: Settings) -> Sibling:
    return Sibling(
        "portal", [*OURS, "run-portal"], environment(settings), port=settings.portal_port
    )


def _worker(settings: Settings) -> Sibling:
    return Sibling("worker", [*OURS, "run-worker"], environment(settings), nice=LATER)


def _classroom(settings: Settings) -> Sibling:
    return Sibling(
        "classroom", [*OURS, "run-classroom"], environment(settings), port=settings.classroom_port
    )


def _copies(settings: Settings) -> Sibling:
    return Sibling("copies", [*OURS, "run-copies"], environment(settings), speaks=True, nice=LATER)
