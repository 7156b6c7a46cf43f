"""Stock hosts of notebooks: JupyterLab and Voila as anybody would start them, without a portal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Browser, Page

from bench.products import free_port
from bench.waiting import wait_until
from widgets.component import HOST_BUILD

SECONDS_TO_START = 90
TOKEN = "a-token-for-the-test"


@dataclass(frozen=True)
class Host:
    """A running JupyterLab or Voila; `folder` holds its notebooks."""

    name: str
    port: int
    folder: Path

    def open(self, page: Page, notebook: str) -> None:
        """Show the notebook with its cells run."""
        if self.name == "voila":
            page.goto(f"http://127.0.0.1:{self.port}/voila/render/{notebook}")
            return
        page.goto(f"http://127.0.0.1:{self.port}/lab/tree/{notebook}?token={TOKEN}&reset")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        # cells run before the kernel is ready are silently passed over
        page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator("[data-command='runmenu:run-all']").click()
        page.locator(".jp-CodeCell .jp-InputPrompt", has_text=re.compile(r"[\d*]")).first.wait_for()


@pytest.fixture(scope="session")
def built() -> None:
    """The host build must be there; `make test` makes it."""
    if not HOST_BUILD.exists():
        pytest.fail("The components are not built: run npm --prefix widgets/frontend run build.")


@contextmanager
def running_host(name: str, folder: Path) -> Iterator[Host]:
    """Start the stock server on a free port; stop it, and its kernels with it."""
    port = free_port()
    command = {
        "voila": ["voila", str(folder), "--no-browser", f"--port={port}"],
        "jupyterlab": [
            *["jupyter", "lab", "--no-browser", f"--port={port}", "--allow-root"],
            *[f"--IdentityProvider.token={TOKEN}", "--ServerApp.ip=127.0.0.1"],
            *["--LabApp.news_url=None", "--ServerApp.open_browser=False"],
        ],
    }[name]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "run"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    command[0] = str(Path(sys.executable).with_name(command[0]))
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        wait_until(lambda: answers(port), seconds=SECONDS_TO_START, every=0.3)
        yield Host(name, port, folder)
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/api?token={TOKEN}", timeout=5):
            return True
    except URLError as error:
        return hasattr(error, "code")  # any reply is a reply


@pytest.fixture(scope="module", params=["voila", pytest.param("jupyterlab", marks=pytest.mark.bar)])
def host(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, built: None
) -> Iterator[Host]:
    """First stock Voila; then, in `make bar`, JupyterLab."""
    with running_host(request.param, tmp_path_factory.mktemp(request.param)) as host:
        yield host


@contextmanager
def laptop_of(browser: Browser) -> Iterator[Page]:
    """A trainer's browser, in Bangla."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 1000}, locale="bn-BD", timezone_id="Asia/Dhaka"
    )
    context.set_default_timeout(60_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def write_notebook(path: Path, *cells: str) -> None:
    """Write a notebook; a cell that begins with `#` and a blank is Markdown."""
    made = [new_markdown_cell(c) if c.startswith("# ") else new_code_cell(c) for c in cells]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": kernel}), path)
