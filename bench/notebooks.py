"""Publish notebooks of others as they are, and say what a reader sees of each.

`python -m bench.notebooks FOLDER ...` takes the notebooks of each folder byte for byte, with what
lies beside them; publishes each as a course of its own, in a Pathshala that is thrown away; opens
its page in Chromium, moves the first thing that moves, and prints a row. What public notebooks
needed stands in docs/explanation/public-notebooks.md.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from playwright.sync_api import BrowserContext, Frame, Page, WebSocket, sync_playwright

from bench.browser import FLAGS, find_chromium
from bench.page import sign_in
from bench.products import pathshala
from bench.waiting import wait_until
from hub.command_line import open_store
from hub.preparation import publisher
from hub.settings import Settings
from publishing.versions import Publisher, publish
from store.errors import Invalid

MODULE = "the-notebook"
SECONDS_TO_SHOW = 240  # who opens many pages waits a minute now and then
SECONDS_TO_MOVE = 10
MOVING = ".noUi-handle, .jupyter-button, .v-btn, .widget-checkbox input, .mod-loaded .toolbar-btn"
LOOK = """() => {
  const settings = document.querySelector('script[data-live="settings"]')
  if (!settings) return { widgets: 0, pictures: 0, failed: 0, unknown: [] } // it has to wait
  const { words } = JSON.parse(settings.textContent)
  const sorry = words["no-widget"].split("{name}")[0]
  const shown = [...document.querySelectorAll("section.outputs *")].map((each) => each.textContent)
  return {
    widgets: document.querySelectorAll("section.outputs .lm-Widget").length,
    pictures: document.querySelectorAll("section.outputs :is(img, canvas, svg.svg-figure)").length,
    failed: shown.filter((text) => text === words.failed).length,
    unknown: shown.filter((text) => text.startsWith(sorry)).map((text) => text.slice(sorry.length)),
  }
}"""


@dataclass
class Seen:
    """What became of one notebook. `refused` are the findings that kept it from being published."""

    name: str
    verdict: str = "refused"
    refused: list[str] = field(default_factory=list)
    stretches: int = 0
    ready: int = 0
    widgets: int = 0
    pictures: int = 0
    failed: int = 0
    unknown: list[str] = field(default_factory=list)
    moved: str = "-"
    outside: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)

    @property
    def works(self) -> bool:
        """Whether a reader sees all of it, and what moves, moves."""
        is_whole = self.ready == self.stretches and not self.failed and not self.unknown
        return self.verdict != "refused" and is_whole and self.moved != "no"


def main(folders: Sequence[str]) -> int:
    """Print a row for each notebook; fail if there is none."""
    with tempfile.TemporaryDirectory(prefix="pathshala-") as place:
        courses = [
            course
            for number, folder in enumerate(folders)
            for course in make_courses(Path(folder), Path(place) / str(number))
        ]
        seen = list(_see(courses, Path(place) / "data")) if courses else []
    print(f"{sum(each.works for each in seen)} of {len(seen)} work as they are.")
    return 0 if seen else 1


def make_courses(folder: Path, place: Path) -> list[Path]:
    """Make a course of each notebook in a folder; the notebooks are copied byte for byte."""
    courses = []
    for notebook in sorted(folder.glob("*.ipynb")):
        slug = re.sub(r"[^a-z0-9]+", "-", notebook.stem.lower()).strip("-")
        course = place / slug
        shutil.copytree(folder, course, ignore=shutil.ignore_patterns("*.ipynb", ".*"))
        shutil.copyfile(notebook, course / f"{MODULE}.ipynb")
        body = {
            "course": slug,
            "title": notebook.stem,
            "languages": ["en"],
            "modules": [{"notebook": f"{MODULE}.ipynb", "title": notebook.stem}],
        }
        (course / "course.yml").write_text(yaml.safe_dump(body, allow_unicode=True), "utf-8")
        courses.append(course)
    return courses


def _see(courses: Sequence[Path], data: Path) -> Iterator[Seen]:
    with pathshala(PATHSHALA_DATA=str(data)) as product, _context(product.address) as context:
        settings = Settings.from_env({"PATHSHALA_DATA": str(data)})
        for course in courses:
            with open_store(settings) as database:
                seen = _published(publisher(settings, database), course)
            if seen.verdict != "refused":
                _read(context, f"{product.address}/services/portal/", course.name, seen)
            print(_row(seen), flush=True)
            yield seen


def _published(publisher: Publisher, course: Path) -> Seen:
    """Publish a course of one module, or say what is in the way."""
    seen = Seen(course.name)
    try:
        [made] = publish(publisher, course)
    except Invalid as error:
        seen.refused = [
            f"cell {each['cell']} [{each['rule']}] {each['message']['en']}"
            for each in error.facts["findings"]
            if each["level"] == "error"
        ]
        return seen
    seen.verdict = made.verdict
    return seen


@contextmanager
def _context(address: str) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        context = browser.new_context(locale="en")
        sign_in(context, address)
        yield context
        browser.close()


def _read(context: BrowserContext, portal: str, course: str, seen: Seen) -> None:
    """Open the page, wait for its frames, count what they show, move something."""
    page = context.new_page()
    ours = urlsplit(portal).hostname
    heard: list[Any] = []

    def note(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname != ours:
            seen.outside.add(parts.hostname or "")

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda said: heard.append(said))

    page.on("request", lambda asked: note(asked.url))
    page.on("console", lambda told: seen.said.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("websocket", listen)
    page.goto(f"{portal}courses/{course}/{MODULE}?lang=en")
    places = page.locator(".live")
    seen.stretches = places.count()
    for place in places.all():
        place.scroll_into_view_if_needed()
        if _waits(page, lambda place=place: "is-running" in (place.get_attribute("class") or "")):
            seen.ready += 1
    for frame in page.frames[1:]:
        _count(frame, seen)
    seen.moved = _moved(page, heard)
    page.close()


def _count(frame: Frame, seen: Seen) -> None:
    found = frame.evaluate(LOOK)
    seen.widgets += found["widgets"]
    seen.pictures += found["pictures"]
    seen.failed += found["failed"]
    seen.unknown += found["unknown"]


def _moved(page: Page, heard: list[Any]) -> str:
    """Move the first thing that moves; say whether its kernel answered."""
    for frame in page.frames[1:]:
        handle = frame.locator(MOVING).locator("visible=true").first
        if handle.count():
            heard.clear()
            for key in ("ArrowRight", "Space"):
                handle.press(key)
            return "yes" if _waits(page, lambda: heard, SECONDS_TO_MOVE) else "no"
    return "-"


def _waits(page: Page, condition: Any, seconds: float = SECONDS_TO_SHOW) -> bool:
    def is_true() -> bool:
        page.evaluate("0")  # lets the browser's news arrive
        return bool(condition())

    try:
        wait_until(is_true, seconds=seconds)
    except TimeoutError:
        return False
    return True


def _row(seen: Seen) -> str:
    facts = [
        f"{seen.name:<36} {seen.verdict:<8} frames {seen.ready}/{seen.stretches}",
        f"widgets {seen.widgets:>4}  pictures {seen.pictures:>3}  moved {seen.moved}",
    ]
    if seen.failed:
        facts.append(f"cells failed: {seen.failed}")
    if seen.unknown:
        facts.append(f"not shown: {', '.join(sorted(set(seen.unknown)))}")
    if seen.outside:
        facts.append(f"asked outside: {', '.join(sorted(seen.outside))}")
    said = [f"\n    browser: {each[:200]}" for each in dict.fromkeys(seen.said)]
    return "  ".join(facts) + "".join(f"\n    {each}" for each in seen.refused) + "".join(said[:5])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
