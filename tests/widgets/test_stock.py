"""In stock Voila and JupyterLab each component shows its properties and reaches Python."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import pathshala
from bench.waiting import wait_until
from tests.widgets.conftest import Host, laptop_of, write_notebook

COURSES = Path(__file__).parents[2] / "courses"
BUNDLED = sorted(
    notebook.relative_to(COURSES)
    for notebook in COURSES.glob("*/*.ipynb")
    if "-checkpoint" not in notebook.name
)
FIRST = "01-pair-talk.ipynb"  # the others are made of the same: `make bar` opens them
SECONDS_TO_SHOW = 60_000

CELLS = (
    "# জোড়ায় কথা বলা",
    """
from pathlib import Path
import json
from pathshala import ActionPlan, Choice, Clip, Reflection

def see(widget):
    def write(change):
        Path(type(widget).__name__).write_text(json.dumps(change.new), "utf-8")
    widget.observe(write, "value")
    return widget
""",
    'see(Reflection({"bn": "আপনার ভাবনা", "en": "Your thoughts"}, rows=3))',
    'options = {"a": {"bn": "একজনকে ডাকব", "en": "Call one"}, "b": "তিন সেকেন্ড চুপ থাকব"}\n'
    'see(Choice("কতক্ষণ অপেক্ষা করবেন?", options))',
    'see(ActionPlan(classes=["তৃতীয়", {"bn": "চতুর্থ", "en": "Four"}]))',
    'see(Clip("media/pair-talk.mp4", {"bn": "জোড়ায় কথা", "en": "Pair talk"},'
    ' captions={"bn": "media/pair-talk.bn.vtt"}, context={"class_size": "৬০ জন"}))',
)


@dataclass(frozen=True)
class Opened:
    """A notebook of all exercises, open in a browser."""

    page: Page
    folder: Path

    def seen(self, name: str) -> object:
        """What the kernel saw last of a widget's value."""
        try:
            return json.loads((self.folder / name).read_text("utf-8"))
        except (OSError, ValueError):
            return None


@pytest.fixture(scope="module")
def laptop(host: Host, browser: Browser) -> Iterator[Page]:
    """One browser for all notebooks of a host: it loads the host's own scripts once."""
    with laptop_of(browser) as page:
        yield page


@pytest.fixture(scope="module")
def opened(host: Host, laptop: Page) -> Opened:
    shutil.copytree(COURSES / "active-learning" / "media", host.folder / "media")
    write_notebook(host.folder / "exercises.ipynb", *CELLS)
    host.open(laptop, "exercises.ipynb")
    return Opened(laptop, host.folder)


def test_a_reflection_shows_its_label_and_its_words_reach_python(opened: Opened) -> None:
    opened.page.get_by_role("textbox", name="আপনার ভাবনা").fill("উদ্বৃত্ত, র‍্যাঙ্ক, দুঃখ")
    wait_until(lambda: opened.seen("Reflection") == "উদ্বৃত্ত, র‍্যাঙ্ক, দুঃখ", seconds=20)


def test_a_choice_shows_its_question_and_the_chosen_key_reaches_python(opened: Opened) -> None:
    group = opened.page.get_by_role("group", name="কতক্ষণ অপেক্ষা করবেন?")
    expect(group.get_by_role("radio", name="একজনকে ডাকব")).to_be_visible()
    group.get_by_role("radio", name="তিন সেকেন্ড চুপ থাকব").check()
    wait_until(lambda: opened.seen("Choice") == "b", seconds=20)


def test_a_plan_shows_its_classes_and_what_will_change_reaches_python(opened: Opened) -> None:
    opened.page.get_by_role("combobox", name="শ্রেণি").select_option("চতুর্থ")
    opened.page.get_by_role("textbox", name="আমি যা বদলাব").fill("চুপ থাকব")
    expected = {"class": "চতুর্থ", "change": "চুপ থাকব"}
    wait_until(lambda: opened.seen("ActionPlan") == expected, seconds=20)


def test_a_clip_plays_from_the_course_folder_and_its_place_reaches_python(opened: Opened) -> None:
    expect(opened.page.get_by_text("৬০ জন", exact=True)).to_be_visible()
    opened.page.get_by_role("button", name="ভিডিও চালান").click()
    film = opened.page.locator("video")
    film.wait_for()
    wait_until(lambda: film.evaluate("film => film.readyState >= 1"), seconds=30)
    film.evaluate("film => { film.pause(); film.currentTime = 12 }")
    wait_until(lambda: film.evaluate("film => !film.seeking"), seconds=20)
    film.evaluate("film => film.dispatchEvent(new Event('pause'))")
    wait_until(lambda: (opened.seen("Clip") or {}).get("position") == 12, seconds=20)


def test_outside_the_portal_an_exercise_says_in_both_languages_that_it_is_not_saved(
    opened: Opened,
) -> None:
    component = opened.page.locator(".pathshala-host").first
    expect(component).to_contain_text("এখানে সংরক্ষণ হয় না")
    expect(component).to_contain_text("Not saved here")


@pytest.mark.parametrize(
    "notebook",
    [pytest.param(each, marks=() if each.name == FIRST else pytest.mark.bar) for each in BUNDLED],
    ids=str,
)
def test_a_bundled_notebook_opens_unchanged(host: Host, laptop: Page, notebook: Path) -> None:
    shutil.copytree(COURSES / notebook.parent, host.folder, dirs_exist_ok=True)
    shown = count_widgets(COURSES / notebook)
    host.open(laptop, notebook.name)
    components = laptop.locator(".pathshala-host")
    expect(components).to_have_count(shown, timeout=SECONDS_TO_SHOW)
    for number in range(shown):
        expect(components.nth(number)).to_contain_text(" ", timeout=SECONDS_TO_SHOW)


def count_widgets(notebook: Path) -> int:
    """How many of the notebook's cells end in one of our widgets."""
    calls = tuple(f"{name}(" for name in pathshala.__all__)
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return sum(any(line.startswith(calls) for line in each.splitlines()) for each in sources)
