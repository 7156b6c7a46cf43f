"""Start what is measured: the whole product, and stock Voila beside it."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.waiting import wait_until

ROOT = Path(__file__).parents[1]
PASSWORD = "শিক্ষক-bench-১২৩"


@dataclass(frozen=True)
class Running:
    """A product that answers at `address`; `pid` is the root of its processes."""

    address: str
    pid: int


def free_port(following: int = 1) -> int:
    """Find a port such that it and the ports after it (`following` in all) are free.

    It is below those that the system gives to outgoing connections, one of which might take it
    before it is used.
    """
    while True:
        first = 10_000 + secrets.randbelow(22_000)
        with contextlib.ExitStack() as held:
            try:
                for port in range(first, first + following):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
        return first


@contextlib.contextmanager
def pathshala(**more: str) -> Iterator[Running]:
    """Serve Pathshala with its bundled courses, in a data folder that is thrown away.

    `more` are settings (`PATHSHALA_DATA`, say) in place of those.
    """
    port = free_port(following=5)
    with tempfile.TemporaryDirectory() as data:
        settings = {
            "PATHSHALA_DATA": data,
            "PATHSHALA_PORT": str(port),
            "PATHSHALA_DEMO_PASSWORD": PASSWORD,
            **more,
        }
        command = [sys.executable, "-m", "hub.command", "serve"]
        address = f"http://127.0.0.1:{port}"
        with _running(command, settings, f"{address}/hub/login") as pid:
            yield Running(address, pid)


@contextlib.contextmanager
def stock_voila(course: Path, notebook: str) -> Iterator[Running]:
    """Serve one notebook of a course with Voila as it comes."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(course, folder, dirs_exist_ok=True)
        address = f"http://127.0.0.1:{port}"
        command = [
            *(sys.executable, "-m", "voila", str(Path(folder) / notebook)),
            *(f"--port={port}", "--no-browser"),
        ]
        with _running(command, {}, f"{address}/voila/templates/lab/static/voila.js") as pid:
            yield Running(address, pid)


@contextlib.contextmanager
def jupyter_server() -> Iterator[tuple[Running, str]]:
    """Serve an empty folder with Jupyter Server as it comes; give its token, too."""
    port, token = free_port(), secrets.token_hex()
    with tempfile.TemporaryDirectory() as folder:
        address = f"http://127.0.0.1:{port}"
        command = [
            *(sys.executable, "-m", "jupyter_server", f"--port={port}", "--no-browser"),
            *(
                "--allow-root",
                f"--ServerApp.root_dir={folder}",
                "--ServerApp.jpserver_extensions={}",
            ),
            f"--IdentityProvider.token={token}",
        ]
        with _running(command, {}, f"{address}/api") as pid:
            yield Running(address, pid), token


@contextlib.contextmanager
def _running(command: list[str], settings: dict[str, str], sign_of_life: str) -> Iterator[int]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _answers(sign_of_life), seconds=180)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _answers(address: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(address, timeout=5).status_code == 200
    return False
