"""A module that needs running Python: from the trainer's notebook to what a teacher moves."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from tests.conftest import SignIn, Stack
from tests.journeys.acting import Actor, newcomer, publish, someone
from tests.publishing.writing import IMPORT, code, reflection, words, write_course

pytestmark = pytest.mark.journey

MILLISECONDS_TO_RUN = 60_000
WORDS = "ছয় সেকেন্ড অপেক্ষায় উদ্বৃত্ত সময়ে আরও দুজন হাত তুলল।"
PLOT = """
import ipywidgets
import matplotlib.pyplot as plt

@ipywidgets.interact(seconds=ipywidgets.IntSlider(3, 1, 9, description="সেকেন্ড"))
def draw(seconds):
    plt.plot([0, seconds], [0, seconds ** 2])
    plt.show()
    print(f"{seconds} সেকেন্ড: {seconds ** 2} জন")
"""


def test_a_slider_moves_a_plot_and_the_answer_beside_it_is_kept(
    stack: Stack, browser: Browser, sign_in: SignIn, tmp_path: Path
) -> None:
    folder = write_course(
        tmp_path,
        IMPORT,
        words("# অপেক্ষার সময়\n\nকত সেকেন্ড অপেক্ষা করেন?"),
        code(PLOT),
        words("## ভাবুন\n\nকী দেখলেন?"),
        reflection(),
        code("HandIn()"),
        course="waiting",
    )
    publish(stack, folder)
    teacher = someone(browser, sign_in, stack, "teacher", "bn")
    teacher.open("courses/waiting/spare-time")
    expect(teacher.page.get_by_role("heading", name="অপেক্ষার সময়")).to_be_visible()
    moves_the_plot(live_part(teacher))

    teacher.reflect("use-it", WORDS)
    teacher.page.reload()
    expect(teacher.box("Your answer", teacher.exercise("use-it"))).to_have_value(WORDS)
    moves_the_plot(live_part(teacher))
    teacher.page.context.close()


@pytest.mark.bar
def test_without_network_the_page_says_what_rests_and_keeps_what_is_written(
    stack: Stack, browser: Browser, sign_in: SignIn, tmp_path: Path
) -> None:
    cells = (words("# অপেক্ষার সময়"), code(PLOT), words("## ভাবুন\n\nকী দেখলেন?"), reflection())
    publish(stack, write_course(tmp_path, IMPORT, *cells, course="resting"))
    path = "courses/resting/spare-time"
    teacher = someone(browser, sign_in, stack, newcomer(stack), "bn")
    page, group = teacher.page, teacher.exercise("use-it")
    rests = page.get_by_text(
        teacher.word("There is no network right now. This part goes on by itself when it is back.")
    )
    waits = teacher.word("Kept on this phone, will be sent later ({count})", count=1)
    teacher.open(path)
    moves_the_plot(live_part(teacher))
    teacher.until_kept(path)

    # the page that is open: its frame stands still and says why
    page.context.set_offline(True)
    expect(rests).to_be_visible()
    expect(live_part(teacher).get_by_text("4 সেকেন্ড: 16 জন")).to_be_visible()
    teacher.write("use-it", WORDS)
    expect(group.get_by_role("status").first).to_contain_text(waits)

    # opened anew: its text, and the words
    page.reload()
    expect(page.get_by_role("heading", name="অপেক্ষার সময়")).to_be_visible()
    expect(rests).to_be_visible(timeout=MILLISECONDS_TO_RUN)
    expect(teacher.box("Your answer", group)).to_have_value(WORDS)

    page.context.set_offline(False)
    teacher.is_saved(group)
    moves_the_plot(live_part(teacher))
    expect(rests).to_be_hidden()
    page.context.close()


def live_part(teacher: Actor) -> FrameLocator:
    return teacher.page.frame_locator("iframe.live-frame")


def moves_the_plot(frame: FrameLocator) -> None:
    """Move the slider by a step; the kernel draws and says something new."""
    expect(frame.get_by_text("3 সেকেন্ড: 9 জন")).to_be_visible(timeout=MILLISECONDS_TO_RUN)
    before = frame.locator("img").get_attribute("src")
    frame.locator(".noUi-handle").press("ArrowRight")
    expect(frame.get_by_text("4 সেকেন্ড: 16 জন")).to_be_visible()
    expect(frame.locator("img")).not_to_have_attribute("src", before or "")
