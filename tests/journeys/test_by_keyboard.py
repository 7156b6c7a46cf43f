"""A whole module without a mouse, from the link in a message to the receipt: what has the focus is
seen and named, what happens is said aloud.
"""

import itertools
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from bench.waiting import wait_until
from hub.portal.texts import say
from tests.conftest import ClientFor, Stack
from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.journey

MODULE = "courses/active-learning/pair-talk"


def word(msgid: str, **facts: object) -> str:
    return say("bn", msgid, facts)


def sign_in(hand: Keyboard, stack: Stack) -> None:
    name = hand.page.get_by_role("textbox", name=word("Phone or ID"))
    expect(name, "the browser puts the focus here by itself").to_be_focused()
    hand.page.keyboard.type("teacher3")
    hand.tab_to("textbox", word("Password"))
    hand.page.keyboard.insert_text(stack.password)
    hand.press("Enter")


def mark_the_newest(evaluator: httpx.Client, comment: str) -> None:
    """Give the newest hand-in back, as the desk does, once the machine is through with it."""

    def newest() -> dict[str, Any]:
        waiting: list[dict[str, Any]] = evaluator.get("api/marking").json()["waiting"]
        return max(waiting, key=lambda each: int(each["number"]))

    wait_until(lambda: newest()["state"] == "to-mark", seconds=60)
    at = f"api/marking/{newest()['number']}"
    for each in evaluator.get(at).json()["exercises"]:
        if each["rubric"]:
            levels = {
                one["criterion"]: one["levels"][-1]["level"] for one in each["rubric"]["criteria"]
            }
            mark = {"levels": levels, "comment": comment, "expected": None}
            evaluator.put(f"{at}/marks/{each['exercise']}", json=mark).raise_for_status()
    evaluator.post(f"{at}/return", json={}).raise_for_status()


def test_a_module_is_taken_by_keyboard_alone(
    stack: Stack, context: BrowserContext, client_for: ClientFor
) -> None:
    page = context.new_page()
    hand = Keyboard(page)

    # T1: a link to one exercise, by way of the sign-in page
    page.goto(f"{stack.portal_url}{MODULE}?lang=bn#quiet-child")
    sign_in(hand, stack)
    page.wait_for_url(f"{stack.portal_url}{MODULE}?lang=bn#quiet-child")
    expect(page.locator('[role="group"][id="quiet-child"]')).to_be_in_viewport()

    # T5: the way past the bar, one h1, no level left out
    page.goto(f"{stack.portal_url}{MODULE}?lang=bn")
    expect(page.locator('[role="group"][id="my-plan"]')).to_be_visible()
    skip = hand.tab_to("link", word("Skip to the content"))
    assert skip.role == "link"
    hand.press("Enter")
    assert page.evaluate("document.activeElement.id") == "page"
    levels = [int(each.facts["level"]) for each in hand.all("heading")]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))
    groups = {each.name for each in hand.all("group")}
    assert "যে শিশুটি চুপ থাকে" in groups

    # T6: what is said in the clip can be read line by line
    hand.tab_to("button", word("Play video ({length}, {size})").split("(")[0].strip())
    transcript = hand.tab_to("button", word("Transcript"))
    assert transcript.facts["expanded"] is False
    hand.press("Enter")
    assert hand.focused().facts["expanded"] is True
    hand.tab_to("button", "")  # its first line
    hand.press("Shift+Tab", "Enter")

    # T7: a reflection, a choice, a plan
    box = hand.tab_to("textbox", word("Your answer"))
    assert box.description, "the question belongs to the box"
    page.keyboard.insert_text("পেছনের বেঞ্চে গিয়ে দাঁড়াব।")
    hand.press("Tab")
    hand.hears(word("Saved {time}").split("{")[0].strip())
    hand.tab_to("radio", "")
    hand.press("ArrowDown", "ArrowDown")
    assert hand.focused().facts["checked"] in (True, "true")
    hand.tab_to("textbox", word("Lesson"))
    page.keyboard.insert_text("ভগ্নাংশ")
    hand.tab_to("Date", word("Date"))
    page.keyboard.type("01122026")  # whichever of day and month comes first
    hand.tab_to("textbox", word("What I will change"))
    page.keyboard.insert_text("৩ সেকেন্ড অপেক্ষা")
    hand.tab_to("button", word("I will try this"))
    hand.press("Enter")
    expect(page.locator("#my-plan dl")).to_contain_text("ভগ্নাংশ")

    # T8: handing in is said aloud, and can be taken back
    hand.tab_to("button", word("Hand in"))
    hand.press("Enter")
    expect(page.get_by_role("group", name=word("Receipt"), exact=True)).to_be_visible()
    assert word("Receipt") in {each.name for each in hand.all("group")}
    hand.tab_to("button", word("Take back"))
    hand.press("Enter")
    expect(page.get_by_role("button", name=word("Hand in"), exact=True)).to_be_visible()
    hand.tab_to("button", word("Hand in"))
    hand.press("Enter")
    expect(page.get_by_role("button", name=word("Take back"), exact=True)).to_be_visible()

    # T9: the feedback stands beside the answer, and leads to the next round
    mark_the_newest(client_for("evaluator"), "খুব ভালো লক্ষ্য করেছেন।")
    page.reload()
    expect(page.get_by_role("button", name=word("Revise"), exact=True)).to_be_visible()
    hand.tab_to("button", word("Revise"))
    assert word("Feedback") in {each.name for each in hand.all("group")}
    hand.press("Enter")
    assert hand.focused().role == "group", "the first answer"
    hand.tab_to("textbox", word("Your answer"))
    page.keyboard.insert_text(" আবার করে দেখলাম।")
    hand.tab_to("button", word("Hand in"))
    hand.press("Enter")
    expect(page.get_by_role("group", name=word("Receipt"), exact=True)).to_contain_text(
        word("Round {round}", round=2)
    )


def test_the_menu_opens_and_closes_by_key_and_gives_the_focus_back(
    stack: Stack, context: BrowserContext
) -> None:
    page = context.new_page()
    hand = Keyboard(page)
    page.goto(f"{stack.portal_url}{MODULE}?t=83")
    sign_in(hand, stack)
    page.wait_for_url(f"{stack.portal_url}{MODULE}?t=83")  # a second of a clip, too, survives
    expect(page.locator(".clip-stage").first).to_be_in_viewport()
    page.goto(stack.portal_url)
    expect(page.locator(".menu-name")).not_to_have_text(word("Menu"))
    menu = hand.tab_to("button", "")
    assert menu.facts["expanded"] is False and word("Menu") in menu.name
    hand.press("Enter")
    hand.tab_to("radio", word("Like the phone"))
    hand.press("ArrowDown", "ArrowDown")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    hand.tab_to("radio", word("Normal"))
    hand.press("ArrowUp")  # around to the last
    expect(page.locator("html")).to_have_attribute("data-size", "largest")
    hand.press("Escape")
    assert hand.focused().name == menu.name
    page.reload()
    assert page.evaluate("document.documentElement.dataset.size") == "largest"
    expect(page.locator(".menu-name")).not_to_have_text(word("Menu"))
    hand.tab_to("link", word("Home"))
