"""A module that a phone keeps gets newer versions: no open page breaks, and the next has them."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from bench.waiting import wait_until
from store import clock
from tests.conftest import Stack
from tests.journeys.acting import Actor, publish, some_words
from tests.publishing.phone import record
from tests.publishing.writing import IMPORT, TITLE, code, picture, reflection, words, write_course

pytestmark = [pytest.mark.bar, pytest.mark.journey]

COURSE = "courses/kept-modules"
MODULE = f"{COURSE}/spare-time"
EXERCISE = "use-it"
CLIP = 'Clip("media/class.mp4", {"bn": "নাসরিন আপার ক্লাস", "en": "Nasrin Apa\'s class"})'
HOURS_LATER = timedelta(hours=13)  # a phone asks for newer versions twice a day


@pytest.fixture
def teacher(her_phone: Actor) -> Actor:
    return her_phone


def publish_with(stack: Stack, folder: Path, heading: str, width: int, seconds: int) -> None:
    """Publish the module with this heading, a picture so wide, and a film so long."""
    (folder / "media").mkdir(parents=True)
    (folder / "media/board.png").write_bytes(picture(width))
    record(folder / "media/class.mp4", seconds, (160, 90))
    text = words(f"# {heading}\n\n![বোর্ডে লেখা](media/board.png)")
    cells = (IMPORT, text, code(CLIP), words("## ভাবুন\n\nকী দেখলেন?"), reflection())
    publish(stack, write_course(folder, *cells, course="kept-modules"))


def state(actor: Actor) -> Locator:
    """What the course's page says of the kept module."""
    return actor.page.get_by_role("group", name=TITLE["bn"], exact=True).locator(".kept-words")


def open_module(actor: Actor) -> None:
    """From the start, whatever is open: the address may be the same."""
    actor.page.goto("about:blank")
    actor.open(MODULE)


def shows(actor: Actor, heading: str, width: int) -> None:
    expect(actor.page.get_by_role("heading", level=1)).to_have_text(heading)
    board = actor.page.get_by_role("img", name="বোর্ডে লেখা")
    board.scroll_into_view_if_needed()
    wait_until(lambda: board.evaluate("board => board.naturalWidth") == width, seconds=20)


def test_a_kept_module_gets_newer_with_its_pictures_and_asks_about_its_films(
    stack: Stack, teacher: Actor, tmp_path: Path
) -> None:
    page = teacher.page
    publish_with(stack, tmp_path / "1", "প্রথম", 41, 1)
    teacher.open(COURSE)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.get_by_role("button", name=teacher.saying("Keep on my phone")).click()
    page.get_by_role("radio", name=teacher.saying("With video in {height}p ({size})")).check()
    page.get_by_role("button", name=teacher.saying("Keep on this phone ({size})")).click()
    expect(state(teacher)).to_have_text(teacher.saying("On this phone ({size})"))

    # opened as it is kept; what is newer comes behind its back
    publish_with(stack, tmp_path / "2", "দ্বিতীয়", 52, 2)
    open_module(teacher)
    shows(teacher, "প্রথম", 41)
    written = some_words()
    teacher.reflect(EXERCISE, written)
    teacher.until_kept(MODULE, "দ্বিতীয়")
    page.context.set_offline(True)
    open_module(teacher)
    shows(teacher, "দ্বিতীয়", 52)
    expect(teacher.box("Your answer", teacher.exercise(EXERCISE))).to_have_value(written)

    # films cost: they come when she says so
    page.context.set_offline(False)
    teacher.open(COURSE)
    expect(state(teacher)).to_have_text(
        teacher.saying("The new version has other videos: {size} more.")
    )
    teacher.button("Go on").click()
    expect(state(teacher)).to_have_text(teacher.saying("On this phone ({size})"))
    page.context.set_offline(True)
    open_module(teacher)
    play = teacher.saying("Play video ({length}, on this phone)")
    expect(page.get_by_role("button", name=play)).to_be_visible()

    # without its being opened at all, half a day later
    page.context.set_offline(False)
    publish_with(stack, tmp_path / "3", "তৃতীয়", 63, 2)
    page.clock.set_fixed_time(clock.now() + HOURS_LATER)
    teacher.open("people/me")
    teacher.until_kept(MODULE, "তৃতীয়")
    page.context.set_offline(True)
    open_module(teacher)
    shows(teacher, "তৃতীয়", 63)
    expect(teacher.box("Your answer", teacher.exercise(EXERCISE))).to_have_value(written)
