"""The four processes, live: each comes back, and the others do not notice."""

from __future__ import annotations

import os
import signal
from typing import Any

import httpx
import psutil
import pytest

from bench.waiting import wait_until

SECONDS = 30


def answers(stack: Any, path: str) -> bool:
    try:
        return httpx.get(f"{stack.url}{path}", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def is_whole(stack: Any) -> bool:
    return answers(stack, "/hub/health") and answers(stack, "/services/portal/health")


@pytest.mark.parametrize(
    "part", ["configurable-http-proxy", "jupyterhub", "run-portal", "run-worker", "run-classroom"]
)
def test_a_killed_process_is_back_and_the_others_stay(stack: Any, part: str) -> None:
    killed = stack.find_process(part)
    others = {p.pid for p in stack.process.children(recursive=True)} - {killed.pid}
    killed.kill()
    wait_until(
        lambda: (now := stack.find_process(part)) is not None and now.pid != killed.pid,
        seconds=SECONDS,
    )
    wait_until(lambda: is_whole(stack), seconds=SECONDS)
    siblings = {p.pid for p in stack.process.children()[0].children()}
    assert len(siblings & others) >= 3


def test_the_portal_is_reached_through_a_new_proxy_while_the_hub_is_away(stack: Any) -> None:
    hub, proxy = stack.find_process("jupyterhub"), stack.find_process("configurable-http-proxy")
    os.kill(hub.pid, signal.SIGSTOP)
    try:
        proxy.kill()
        wait_until(lambda: answers(stack, "/services/portal/health"), seconds=SECONDS)
    finally:
        os.kill(hub.pid, signal.SIGCONT)
    wait_until(lambda: is_whole(stack), seconds=SECONDS)


def test_who_holds_the_token_reads_the_measures_of_portal_and_hub(stack: Any) -> None:
    token = (stack.data / "secrets" / "metrics-token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}"}
    wait_until(lambda: answers(stack, "/services/portal/health/whole"), seconds=SECONDS)
    portal = httpx.get(f"{stack.portal_url}metrics", headers=headers).text
    for part in ("hub", "classroom", "worker", "database"):
        assert f'pathshala_part_up{{part="{part}"}} 1.0' in portal
    assert "pathshala_worker_process_cpu_seconds_total" in portal
    assert "jupyterhub" in httpx.get(f"{stack.url}/hub/metrics", headers=headers).text
    for address in (f"{stack.portal_url}metrics", f"{stack.url}/hub/metrics"):
        assert httpx.get(address).status_code in (302, 403)
    users = httpx.get(f"{stack.url}/hub/api/users", headers=headers)
    assert users.status_code == 403, "it opens nothing else"


def test_nothing_listens_for_the_world(stack: Any) -> None:
    addresses = {
        connection.laddr.ip
        for process in stack.processes()
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses <= {"127.0.0.1", "::1"}


def test_what_is_kept_is_nobody_elses(stack: Any) -> None:
    top = [path for path in stack.data.iterdir() if path.is_file()]
    open_to_others = [
        path.name for path in (*top, *stack.data.glob("logs/*")) if path.stat().st_mode & 0o077
    ]
    assert open_to_others == []


def test_no_process_but_the_command_knows_the_demo_password(stack: Any) -> None:
    knowing = [
        process.name()
        for process in stack.process.children()[0].children(recursive=True)
        if stack.password in process.environ().values()
    ]
    assert knowing == []


def test_a_trainers_lab_starts_without_any_secret_of_ours(stack: Any, client_for: Any) -> None:
    client = client_for("trainer")
    headers = {"X-XSRFToken": client.cookies.get("_xsrf", path="/hub/")}
    server = f"{stack.url}/hub/api/users/trainer/server"
    assert client.post(server, headers=headers, timeout=60).status_code in (201, 202)
    try:
        user = f"{stack.url}/hub/api/users/trainer"
        wait_until(lambda: client.get(user).json()["servers"].get("", {}).get("ready"), seconds=90)
        lab = stack.find_process("jupyterhub-singleuser")
        environment = lab.environ()
        assert not [name for name in environment if name.startswith(("PATHSHALA", "CONFIGPROXY"))]
        secrets = {path.read_text().strip() for path in (stack.data / "secrets").iterdir()}
        assert not secrets & set(environment.values())
        assert client.get(f"{stack.url}/user/trainer/lab").status_code == 200
        assert client.get(f"{stack.url}/user/trainer/formgrader").status_code == 404
    finally:
        client.delete(server, headers=headers, timeout=60)
    wait_until(lambda: stack.find_process("jupyterhub-singleuser") is None, seconds=SECONDS)
