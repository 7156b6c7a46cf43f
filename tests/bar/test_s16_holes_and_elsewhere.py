"""S16: no known hole of weight that has a mend, and no page asks anybody but us for anything.

Whether holes are known is asked where packages come from. Some registries tell nothing about
holes, and pip-audit takes silence for health: so it is first asked about a package whose hole
everybody knows. Where even that is unknown the figure says so, instead of praising.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext

from learning import people, sign_ins
from store.database import Session
from tests.bar.figures import record
from tests.bar.savers import headers_of
from tests.conftest import PHONE, ROOT, Stack
from tests.hub.door import a_code, a_teacher, writing
from tests.journeys.acting import share_with_everyone

KNOWN_TO_HAVE_A_HOLE = "jinja2==2.4.1"
HEAVY = {"high", "critical"}
MODULE = "courses/active-learning/pair-talk"

# Known holes -----------------------------------------------------------------------------------


@pytest.mark.bar
def test_no_known_hole_is_left_open(tmp_path: Path) -> None:
    holes = {"Python": holes_of_python(tmp_path), "npm": holes_of_npm()}
    record(
        "S16",
        "; ".join(
            f"{kind}: {'advisories not reachable from here' if found is None else len(found)}"
            for kind, found in holes.items()
        ),
    )
    assert [hole for found in holes.values() for hole in found or []] == []


def holes_of_python(folder: Path) -> list[str] | None:
    """Holes with a mend in what is locked; None where no advisories are told."""
    control = folder / "control.txt"
    control.write_text(f"{KNOWN_TO_HAVE_A_HOLE}\n")
    if not audit_python(control):
        return None
    return audit_python(ROOT / "requirements/test.txt")


def audit_python(lock: Path) -> list[str]:
    options = ["--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json"]
    command = [Path(sys.executable).with_name("pip-audit"), *options, "-r", lock]
    done = subprocess.run(command, capture_output=True, text=True)
    if not done.stdout:
        return []  # nobody answered; only the control may end here, and it says so
    return [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {hole['fix_versions']}"
        for package in json.loads(done.stdout)["dependencies"]
        for hole in package.get("vulns", [])
        if hole["fix_versions"]
    ]


def holes_of_npm() -> list[str] | None:
    """Heavy holes with a mend in the frontend's lock; None where no advisories are told."""
    command = [sys.executable, ROOT / "hub/set_up.py", "--npm", "audit", "--json"]
    said = subprocess.run(command, capture_output=True, text=True).stdout
    report, _ = json.JSONDecoder().raw_decode(said[said.index("{") :])
    if "vulnerabilities" not in report:
        return None
    return [
        f"{name}: {hole['severity']}, mended by {hole['fixAvailable']}"
        for name, hole in report["vulnerabilities"].items()
        if hole["severity"] in HEAVY and hole["fixAvailable"]
    ]


# Nothing from elsewhere ------------------------------------------------------------------------


@pytest.mark.journey
def test_no_page_asks_anybody_else_for_anything(stack: Stack, browser: Browser) -> None:
    author = a_teacher(stack, "একজন-লেখক")
    post = share_with_everyone(
        client_of(stack, author), MODULE, "quiet-child", "অপেক্ষার সময় বাড়িয়ে দেখেছি।"
    )
    code = a_code(stack, "বাইরের কিছু নেই")
    pages = {
        None: ["", f"../../hub/join?code={code}", "../../hub/no-such-page"],
        author: [
            *("", "courses", "courses/active-learning", MODULE),
            *("library", f"library/{post}", "people/me", "no-such-page"),
        ],
        id_of(stack, "evaluator"): ["", "marking"],
        id_of(stack, "trainer"): ["", "studio"],
        id_of(stack, "admin"): ["", "studio"],
    }
    asked: set[str] = set()
    for person, paths in pages.items():
        context = phone_of(stack, browser, person)
        context.on("request", lambda request: asked.add(request.url))
        page = context.new_page()
        for path in paths:
            page.goto(stack.portal_url + path)
            page.wait_for_load_state("networkidle")
        context.close()
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(stack.url).netloc}


def id_of(stack: Stack, name: str) -> str:
    def use_case(session: Session) -> str:
        person = people.find_by_name(session, name)
        assert person is not None, name
        return person.id

    return str(writing(stack, use_case))


def session_of(stack: Stack, person: str) -> str:
    return str(writing(stack, lambda session: sign_ins.open_session(session, person)))


def client_of(stack: Stack, person: str) -> httpx.Client:
    cookies = {"pathshala-session": session_of(stack, person)}
    return httpx.Client(base_url=stack.portal_url, cookies=cookies, headers=headers_of(stack.url))


def phone_of(stack: Stack, browser: Browser, person: str | None) -> BrowserContext:
    """A phone on which this person is signed in already, or nobody."""
    context = browser.new_context(viewport=PHONE, locale="bn-BD")
    if person is not None:
        cookie: dict[str, Any] = {"name": "pathshala-session", "value": session_of(stack, person)}
        context.add_cookies([{**cookie, "url": stack.portal_url}])  # type: ignore[list-item]
    return context
