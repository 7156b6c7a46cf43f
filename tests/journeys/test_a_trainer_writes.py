"""A trainer: signing in, writing in a JupyterLab of one's own, a teacher with the new version."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.conftest import SignIn, Stack
from tests.journeys.acting import MILLISECONDS_FOR_A_JOB, Actor, someone

pytestmark = pytest.mark.journey

COURSE, MODULE = "active-learning", "checking-understanding"
NOTEBOOK = "04-checking-understanding.ipynb"
MILLISECONDS_FOR_A_LAB = 90_000
LAPTOP = {"width": 1280, "height": 900}
WORDS = "যে শিশু চুপ ছিল, তাকে আগে জিজ্ঞেস করলাম; উদ্বৃত্ত সময়ে সে দুটি উত্তর দিল।"
NEW = "এই সপ্তাহে যোগ হলো: আগে নিজে ভাবুন, তারপর পাশের জনকে বলুন।"
TRIAL = """from pathshala import Reflection
box = Reflection(label="Trial")
box"""


def test_what_a_trainer_writes_in_his_lab_reaches_a_teacher_who_keeps_her_answer(
    stack: Stack, browser: Browser, sign_in: SignIn
) -> None:
    teacher = someone(browser, sign_in, stack, "teacher2", "bn")
    teacher.open(f"courses/{COURSE}/{MODULE}")
    exercise = teacher.page.locator('[role="group"][id]').first.get_attribute("id") or ""
    teacher.reflect(exercise, WORDS)

    trainer = a_trainer(browser, sign_in, stack)
    trainer.open("studio#courses")
    written(trainer).get_by_role("link", name=trainer.word("Write"), exact=True).click()
    lab = trainer.page
    lab.wait_for_url("**/lab/tree/**", timeout=MILLISECONDS_FOR_A_LAB)
    expect(lab.locator(".jp-Notebook").first).to_be_visible(timeout=MILLISECONDS_FOR_A_LAB)
    sees_create_assignment_alone(lab)
    types_into_a_widget_and_the_kernel_hears(lab)
    add_a_sentence(lab)

    publish(trainer)
    teacher.page.reload()
    expect(teacher.page.get_by_text(NEW)).to_be_visible()
    expect(teacher.box("Your answer", teacher.exercise(exercise))).to_have_value(WORDS)

    goes_back(trainer)
    teacher.page.reload()
    expect(teacher.box("Your answer", teacher.exercise(exercise))).to_have_value(WORDS)
    expect(teacher.page.get_by_text(NEW)).to_have_count(0)


def a_trainer(browser: Browser, sign_in: SignIn, stack: Stack) -> Actor:
    """Sign the trainer in on a laptop."""
    context: BrowserContext = browser.new_context(viewport=LAPTOP, locale="en")
    context.set_default_timeout(20_000)
    page = context.new_page()
    sign_in(page, "trainer", "en")
    return Actor(page, "en", stack.portal_url)


def written(trainer: Actor) -> Locator:
    """The course among those that the trainer may write."""
    return trainer.page.locator(f"#writing-{COURSE}")


def sees_create_assignment_alone(lab: Page) -> None:
    """Of nbgrader the panel that makes cells exercises, and nothing that marks or collects."""
    lab.get_by_role("tab", name="Create Assignment").click()
    panel = lab.locator(".nbgrader-CreateAssignmentWidget, [id*=nbgrader]").first
    expect(panel).to_contain_text("Manually graded answer")
    for foreign in ("Formgrader", "Assignment List", "Course List", "Validate"):
        expect(lab.get_by_text(foreign, exact=False)).to_have_count(0)


def types_into_a_widget_and_the_kernel_hears(lab: Page) -> None:
    cells = [TRIAL, 'print("heard:", box.value)']
    notebook = {
        "cells": [
            {
                "cell_type": "code",
                "id": f"trial-{number}",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for number, source in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    contents(lab, "PUT", "trial.ipynb", {"type": "notebook", "content": notebook})
    # a workspace of its own: nothing but this notebook is open in it
    lab.goto(lab.url.partition("/lab/")[0] + "/lab/workspaces/trial/tree/trial.ipynb?reset")
    first, second = (lab.locator(".jp-CodeCell").nth(number) for number in (0, 1))
    expect(first).to_be_visible(timeout=MILLISECONDS_FOR_A_LAB)
    expect(lab.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(
        timeout=MILLISECONDS_FOR_A_LAB
    )
    run_cell(lab, first)
    box = first.get_by_role("textbox", name="Trial")
    expect(box).to_be_visible(timeout=MILLISECONDS_FOR_A_LAB)
    box.fill(WORDS)
    box.blur()
    run_cell(lab, second)
    expect(second.locator(".jp-OutputArea-output")).to_contain_text(f"heard: {WORDS}")


def run_cell(lab: Page, cell: Locator) -> None:
    cell.locator(".jp-InputArea-editor").click()
    lab.get_by_role("button", name="Run this cell and advance").click()


def add_a_sentence(lab: Page) -> None:
    """Change a cell and save it, as JupyterLab does."""
    path = f"{COURSE}/{NOTEBOOK}"
    notebook = contents(lab, "GET", path)["content"]
    cell = next(each for each in notebook["cells"] if each["metadata"].get("lang") == "bn")
    cell["source"] += f"\n\n{NEW}"
    contents(lab, "PUT", path, {"type": "notebook", "content": notebook})


def contents(lab: Page, method: str, path: str, body: Any = None) -> Any:
    """Ask the Lab's own API, from its page."""
    script = """async ([method, path, body]) => {
        const xsrf = /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? ""
        const base = location.pathname.split("/lab")[0]
        const answer = await fetch(`${base}/api/contents/${path}?content=1`, {
            method, body: body ?? undefined, headers: { "X-XSRFToken": xsrf },
        })
        if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
        return answer.json()
    }"""
    return lab.evaluate(script, [method, path, json.dumps(body) if body else None])


def publish(trainer: Actor) -> None:
    trainer.open("studio#courses")
    course = written(trainer)
    trainer.button("Publish", course).click()
    said = trainer.word("Published. What teachers wrote is kept.")
    expect(course.get_by_role("status")).to_have_text(said, timeout=MILLISECONDS_FOR_A_JOB)


def goes_back(trainer: Actor) -> None:
    """Read what changed, give teachers the version of before, undo that, and do it again."""
    page = trainer.page
    module = page.get_by_role("article").filter(has_text=trainer.word("Version {number}", number=2))
    module.get_by_text(trainer.word("Versions"), exact=True).click()
    older = module.locator("details ol > li").last
    older.get_by_role("button", name=trainer.word("What changed since")).click()
    expect(older).to_contain_text(NEW)
    older.get_by_role("button", name=trainer.word("Give teachers this one")).click()
    said = "Teachers get version {number} now. Their answers are kept."
    expect(page.get_by_text(trainer.word(said, number=1))).to_be_visible()
    page.get_by_role("button", name=trainer.word("Undo")).click()
    older.get_by_role("button", name=trainer.word("Give teachers this one")).click()
    expect(page.get_by_text(trainer.word(said, number=1))).to_be_visible()
