"""Another build of the frontend under a running portal breaks no page, and counts from the next."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.waiting import wait_until
from learning import people
from publishing.versions import publish
from store.database import Session
from tests.journeys.acting import Actor
from tests.portal.serving import PAGE_BUILD, ROOT, Served, served_portal
from tests.publishing.writing import IMPORT, reflection, words, write_course

COURSE = "trial"
KEY = f"{COURSE}/spare-time"
HASHED = re.compile(r"-([\w-]{8})(\.js|\.css)$")
WORDS = "উদ্বৃত্ত সময়ে দুজন করে কথা।"


@dataclass(frozen=True)
class Reading:
    page: Page
    served: Served
    build: Path

    def entry(self) -> str:
        """The script that the page on the screen began with."""
        found = self.page.locator('script[type="module"]').get_attribute("src")
        assert found is not None
        return found.rsplit("/", 1)[1]

    def write(self, words: str) -> None:
        self.page.get_by_role("textbox").fill(words)
        self.page.get_by_role("textbox").blur()

    def answer(self, words: str) -> None:
        self.write(words)
        self.is_saved()

    def is_saved(self) -> None:
        expect(self.page.get_by_text("সংরক্ষিত").first).to_be_visible()

    def open(self) -> None:
        self.page.goto(f"{self.served.url}courses/{KEY}?lang=bn")
        expect(self.page.get_by_role("textbox")).to_be_editable()

    def until_phone_has(self, entry: str) -> None:
        """Wait until the module's page is kept as it begins with this script."""
        text = "key => caches.match(key, {ignoreVary: true}).then(reply => reply?.text())"
        key = f"/services/portal/courses/{KEY}?lang=bn"
        wait_until(lambda: entry in str(self.page.evaluate(text, key)), seconds=30)


def build_anew(folder: Path) -> str:
    """Give every script and sheet another name, as another release does; the old ones are gone.

    Return the name of the script that pages then begin with.
    """
    names = {}
    for file in folder.iterdir():
        if found := HASHED.search(file.name):
            names[file.name] = file.name.replace(found[1], found[1][::-1])
    for file in sorted(folder.iterdir()):
        if file.suffix == ".br":
            file.unlink()
        elif file.suffix in (".js", ".css") or file.name == "manifest.json":
            text = file.read_text()
            for old, new in names.items():
                text = text.replace(old, new)
            if file.name in names:
                file.unlink()
            if file.name != "manifest.json":
                (folder / names.get(file.name, file.name)).write_text(text)
            else:
                manifest = text
    (folder / "manifest.json").write_text(manifest)
    return str(json.loads(manifest)["entry"])


@pytest.fixture
def reading(tmp_path: Path, browser: Browser) -> Iterator[Reading]:
    build = tmp_path / "page"
    shutil.copytree(PAGE_BUILD, build)
    cells = (IMPORT, words("# জোড়ায় কথা\n\nনাসরিন আপা কতক্ষণ অপেক্ষা করেন?"), reflection())
    with served_portal(tmp_path, build) as served:
        publish(served.publisher, write_course(tmp_path / "course", *cells))

        def add(session: Session) -> str:
            return people.add_person(
                session, name="rahima", password_hash="-", display_name="রহিমা", role="teacher"
            ).id

        context = served.browser_of(browser, served.database.write(add))
        yield Reading(context.new_page(), served, build)
        context.close()


def test_a_build_under_a_running_portal_breaks_no_open_page_and_is_taken_next(
    reading: Reading,
) -> None:
    reading.open()
    first = reading.entry()
    reading.until_phone_has(first)
    newest = build_anew(reading.build)
    reading.answer(WORDS)

    # opened from the phone with its own scripts, which no server has any more
    reading.open()
    assert reading.entry() == first
    expect(reading.page.get_by_role("textbox")).to_have_value(WORDS)

    reading.until_phone_has(newest)
    reading.page.context.set_offline(True)
    reading.open()
    assert reading.entry() == newest != first
    expect(reading.page.get_by_role("textbox")).to_have_value(WORDS)


def test_a_module_kept_for_good_outlives_a_build_and_gets_the_next(reading: Reading) -> None:
    teacher = Actor(reading.page, "bn", reading.served.url)
    publish(reading.served.publisher, ROOT / "courses" / "pathshala-pages")
    teacher.open(f"courses/{COURSE}")
    first = reading.entry()
    teacher.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    teacher.page.get_by_role("button", name=teacher.saying("Keep on my phone")).click()
    teacher.page.get_by_role("button", name=teacher.saying("Keep on this phone ({size})")).click()
    kept = teacher.page.get_by_text(teacher.saying("On this phone ({size})"))
    expect(kept.first).to_be_visible()
    newest = build_anew(reading.build)

    # never opened before: with the scripts that were kept, which no server has any more
    teacher.page.context.set_offline(True)
    reading.open()
    assert reading.entry() == first
    reading.write(WORDS)
    teacher.page.context.set_offline(False)
    reading.is_saved()

    reading.open()
    reading.until_phone_has(newest)
    teacher.page.context.set_offline(True)
    reading.open()
    assert reading.entry() == newest != first
    expect(reading.page.get_by_role("textbox")).to_have_value(WORDS)


def test_a_first_visit_gets_the_newest_build(reading: Reading) -> None:
    newest = build_anew(reading.build)
    reading.open()
    assert reading.entry() == newest
