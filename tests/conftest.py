"""The vocabulary of all tests: the real product, a real browser, people who are signed in.

`stack` starts `pathshala serve` once for the whole run, on free ports, with data of its own and
the bundled courses published, and holds it to leaving no process behind.
"""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.browser import FLAGS, find_chromium
from bench.products import free_port
from bench.visits import PHONE
from bench.waiting import wait_until
from tests.classroom.world import World, classroom

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "পাঠশালার-পরীক্ষা-৪২"
PATHSHALA = Path(sys.executable).with_name("pathshala")
SECONDS_TO_START = 240
SECONDS_TO_STOP = 30
MEANWHILE = ("test_s05_who_may.py", "test_error_shape.py", "test_answers.py", "test_library.py")


def pytest_configure() -> None:
    gc.disable()  # a third of collecting would go into looking for garbage that is not there


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run first what needs the running product: it takes longest. While the first file waits for
    the product to be prepared, another process runs what needs none and does not publish."""
    needing = [item.path for item in items if "stack" in getattr(item, "fixturenames", ())]
    first = next(iter(needing), None)

    def place(item: pytest.Item) -> int:
        if item.path == first:
            return 0
        if item.path.name in MEANWHILE and "PYTEST_XDIST_WORKER" in os.environ:
            return 1
        return 2 if item.path in needing else 3

    items.sort(key=place)


@dataclass(frozen=True)
class Stack:
    """A running Pathshala."""

    port: int
    data: Path
    process: psutil.Process
    output: Path
    password: str = PASSWORD

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def portal_url(self) -> str:
        return f"{self.url}/services/portal/"

    @property
    def proxy_api_url(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    def said(self) -> str:
        """What `pathshala serve` printed."""
        return self.output.read_text(errors="replace")

    def log(self, name: str) -> str:
        """What proxy, hub, portal or worker wrote."""
        path = self.data / "logs" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def processes(self) -> list[psutil.Process]:
        """Everything that runs now because of it, `pathshala serve` included."""
        return [self.process, *self.process.children(recursive=True)]

    def find_process(self, part: str) -> psutil.Process | None:
        """The process whose command line has this argument, such as `run-portal`."""
        for process in self.processes():
            try:
                if any(part in argument for argument in process.cmdline()):
                    return process
            except psutil.NoSuchProcess:
                continue
        return None


@contextmanager
def running_stack(folder: Path, port: int | None = None, **settings: str) -> Iterator[Stack]:
    """Start `pathshala serve` on `folder`, wait until it is ready, stop it, count what is left."""
    port = port or free_port(following=5)
    output = folder / "serve.log"
    process = start_serving(folder / "data", port, output, **settings)
    stack = Stack(port, folder / "data", psutil.Process(process.pid), output)
    started: list[psutil.Process] = []
    try:
        wait_until(
            lambda: "Pathshala is ready" in stack.said() or process.poll() is not None,
            seconds=SECONDS_TO_START,
        )
        if process.poll() is not None:
            pytest.fail(f"pathshala serve ended with {process.returncode}:\n{stack.said()}")
        yield stack
        started = stack.processes()
        process.send_signal(signal.SIGTERM)
        code = process.wait(SECONDS_TO_STOP)
        assert code == 0, stack.said()
        assert_gone(started)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(SECONDS_TO_STOP)


def start_serving(data: Path, port: int, output: Path, **settings: str) -> subprocess.Popen[bytes]:
    """Start the real command; what it says goes to `output`."""
    with output.open("wb") as log:
        return subprocess.Popen(
            [PATHSHALA, "serve"],
            env=serving_environment(data, port, **settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def serving_environment(data: Path, port: int, **settings: str) -> dict[str, str]:
    """The machine's environment, with settings of ours alone."""
    given = {k: v for k, v in os.environ.items() if not k.startswith("PATHSHALA_")}
    return {
        **given,
        "PATHSHALA_DATA": str(data),
        "PATHSHALA_PORT": str(port),
        "PATHSHALA_DEMO_PASSWORD": PASSWORD,
        **settings,
    }


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=5)
    left = [p for p in alive if p.status() != psutil.STATUS_ZOMBIE]
    for process in left:
        process.kill()
    assert not left, f"left behind: {left}"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with demo accounts and the bundled courses, made once for all processes of
    this run: copy it, and a start passes over what is done."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, aside = shared / "prepared", shared / "prepared-aside"
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            environment = serving_environment(aside, free_port(following=5))
            subprocess.run([PATHSHALA, "prepare"], env=environment, check=True)
            aside.rename(folder)
    return folder


@pytest.fixture(scope="session")
def stack(prepared: Path) -> Iterator[Stack]:
    """The product, running, with demo accounts and the bundled courses."""
    # a short path: sockets of kernels lie below it
    folder = Path(tempfile.mkdtemp(prefix="pathshala-"))
    shutil.copytree(prepared, folder / "data")
    try:
        with running_stack(folder) as stack:
            yield stack
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def the_classroom() -> Iterator[World]:
    """The server of live pages alone, with a portal and a Hub's word around it."""
    with classroom(pages_of_a_person=20, starts_a_minute=1000) as world:
        yield world


# People ---------------------------------------------------------------------------------------

ClientFor = Callable[[str], httpx.Client]


def sign_in_client(stack: Stack, name: str) -> httpx.Client:
    """Sign in as a browser would, by the Hub; return a client based at the portal."""
    client = httpx.Client(
        base_url=stack.portal_url,
        follow_redirects=True,
        timeout=30,
        headers={
            "User-Agent": f"test of {name}".encode(),
            "Origin": stack.url,
            "X-Pathshala": "1",
            "Sec-Fetch-Site": "same-origin",
        },
    )
    page = client.get("", headers={"Sec-Fetch-Mode": "navigate"})
    assert page.url.path == "/hub/login", page.url
    answer = client.post(
        page.url,
        data={"username": name, "password": stack.password, "_xsrf": xsrf_of(page.text)},
        headers={"Sec-Fetch-Mode": "navigate"},
    )
    assert answer.status_code == 200 and answer.url.path == "/services/portal/", (
        f"{name} could not sign in: {answer.status_code} {answer.url}"
    )
    return client


def xsrf_of(html: str) -> str:
    """The Hub's token in the form of the sign-in page."""
    return html.split('name="_xsrf" value="')[1].split('"')[0]


@pytest.fixture
def client_for(stack: Stack) -> Iterator[ClientFor]:
    """`client_for("teacher")` gives an HTTP client, signed in, based at the portal."""
    with ExitStack() as held:

        def act(name: str) -> httpx.Client:
            client = sign_in_client(stack, name)
            held.callback(client.close)
            return client

        yield act


# The browser ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A cheap phone, nobody signed in."""
    context = browser.new_context(viewport=PHONE, locale="bn-BD", timezone_id="Asia/Dhaka")
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


AXE = ROOT / "widgets/frontend/node_modules/axe-core/axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


Axe = Callable[..., list[str]]


@pytest.fixture
def axe() -> Axe:
    """`axe(page)` says what a screen reader or a weak eye would stumble over; [] is well.
    `axe(page, rules)` asks by these rules alone."""

    def act(page: Page, rules: Sequence[str] = ()) -> list[str]:
        # a debugger's script: the page's own policy does not hold for it
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            "runOnly => axe.run(document, {runOnly})",
            {"type": "rule" if rules else "tag", "values": list(rules) or AXE_TAGS},
        )
        return [
            f"{each['id']}: {each['help']} {[node['html'] for node in each['nodes']]}"
            for each in found["violations"]
        ]

    return act


SignIn = Callable[..., None]


@pytest.fixture
def sign_in(stack: Stack) -> SignIn:
    """`sign_in(page, "teacher", "en", path="courses")` types name and password as people do."""

    def act(page: Page, name: str, language: str = "bn", path: str = "") -> None:
        labels = {
            "bn": ("ফোন বা আইডি", "পাসওয়ার্ড", "লগইন করুন", "বাংলা"),
            "en": ("Phone or ID", "Password", "Sign in", "English"),
        }[language]
        page.goto(stack.portal_url + path)
        if page.locator("html").get_attribute("lang") != language:
            page.get_by_role("link", name=labels[3], exact=True).click()
        page.get_by_role("textbox", name=labels[0], exact=True).fill(name)
        page.get_by_role("textbox", name=labels[1], exact=True).fill(stack.password)
        page.get_by_role("button", name=labels[2], exact=True).click()
        page.wait_for_url(f"{stack.portal_url}**")

    return act
