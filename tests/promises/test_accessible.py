"""axe finds nothing on any page behind the door, in both languages, light and dark."""

from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from hub.portal.texts import Language
from tests.conftest import PHONE, Axe, SignIn, Stack
from tests.journeys.acting import newcomer, someone

pytestmark = pytest.mark.journey

MODULE = "courses/active-learning/pair-talk"
TWO_FRAMES = "new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)))"
COLOURS = ["color-contrast", "link-in-text-block"]  # all that axe can find anew in the dark
RULES: dict[Literal["light", "dark"], list[str]] = {"light": [], "dark": COLOURS}
PAGES = {
    "teacher3": [
        *("", "courses", "courses/active-learning", MODULE),
        *("library", "people/me", "waiting", "no-such-page", "away"),
    ],
    "evaluator": ["", "marking"],
    "trainer": ["", "studio"],
}
# WCAG 1.4.12: how far readers may draw letters, words and lines apart.
SPACED = """
const sheet = new CSSStyleSheet()
sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`)
document.adoptedStyleSheets = [sheet]
"""
# Words that stand in a box too small for them, unless it says by dots that there is more.
CUT = """[...document.querySelectorAll("main *, nav *")].filter((one) => {
  const style = getComputedStyle(one)
  return one.clientHeight > 8 && one.innerText?.trim() && style.textOverflow !== "ellipsis" &&
    (["hidden", "clip"].includes(style.overflowX) && one.scrollWidth > one.clientWidth + 2 ||
      ["hidden", "clip"].includes(style.overflowY) && one.scrollHeight > one.clientHeight + 2)
}).map((one) => one.outerHTML.slice(0, 120))"""
TOO_WIDE = """document.documentElement.scrollWidth <= innerWidth ? [] :
[...document.querySelectorAll("body *")].filter((one) =>
  one.getBoundingClientRect().right > innerWidth && !one.closest(".scrolling, pre, .formula"))
  .map((one) => one.outerHTML.slice(0, 120))"""
FIRST_SEEN = """
new MutationObserver(() => {
  if (document.body) window.first_seen ??= document.documentElement.dataset.theme
}).observe(document, { childList: true, subtree: true })
"""


@pytest.mark.parametrize("language", ["bn", pytest.param("en", marks=pytest.mark.bar)])
def test_axe_finds_nothing(
    stack: Stack,
    browser: Browser,
    sign_in: SignIn,
    axe: Axe,
    language: str,
) -> None:
    found = {}
    for name, paths in PAGES.items():
        context = browser.new_context(viewport=PHONE)
        page = context.new_page()
        sign_in(page, name, language)
        for path in paths:
            page.goto(f"{stack.portal_url}{path}?lang={language}")
            page.wait_for_load_state("networkidle")
            expect(page.locator("html")).to_have_attribute("lang", language)
            found |= stumbles(page, axe, path or "home")
        context.close()
    assert found == {}


def stumbles(page: Page, axe: Axe, place: str) -> dict[str, list[str]]:
    """What axe finds on this screen, in light and dark; {} is well."""
    found = {}
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_css("color-scheme", scheme)
        page.evaluate(TWO_FRAMES)  # even without motion, colours change with the next frame
        found[f"{place}, {scheme}"] = axe(page, rules)
    return {seen: violations for seen, violations in found.items() if violations}


@pytest.mark.parametrize("language", ["bn", pytest.param("en", marks=pytest.mark.bar)])
def test_axe_finds_nothing_on_what_waits_whatever_its_state(
    stack: Stack, browser: Browser, sign_in: SignIn, axe: Axe, language: Language
) -> None:
    teacher = someone(browser, sign_in, stack, newcomer(stack), language)
    lists = replace(teacher, page=teacher.page.context.new_page())
    entries = lists.page.locator("main").get_by_role("group")
    teacher.open(MODULE)
    expect(teacher.button("Hand in")).to_be_visible()
    lists.open("waiting")
    nothing = lists.word("Nothing waits here: everything is with the server.")
    expect(lists.page.get_by_text(nothing)).to_be_visible()
    found = stumbles(lists.page, axe, "nothing waits")

    teacher.page.context.set_offline(True)
    group = teacher.exercise("quiet-child")
    teacher.box("Your answer", group).fill("জোড়ায় বসে, উদ্বৃত্ত।")
    teacher.button("Hand in").click()
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text(lists.word("Waiting for network"))
    found |= stumbles(lists.page, axe, "an answer and a hand-in wait")
    lists.button("Throw away", entries.first).click()
    expect(entries).to_have_count(1)
    found |= stumbles(lists.page, axe, "one was thrown away")

    teacher.page.context.set_offline(False)  # a hand-in of nothing is refused
    expect(entries).to_contain_text(lists.word("Not accepted."))
    found |= stumbles(lists.page, axe, "one was refused")
    teacher.page.context.close()
    assert found == {}


@pytest.mark.parametrize("language", ["bn", "en"])
def test_nothing_scrolls_sideways_on_the_narrowest_phone_with_large_text(
    stack: Stack, browser: Browser, sign_in: SignIn, language: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 560})
    page = context.new_page()
    sign_in(page, "teacher3", language)
    for path in PAGES["teacher3"]:
        page.goto(f"{stack.portal_url}{path}?lang={language}")
        page.wait_for_load_state("networkidle")
        for size in ("normal", "largest"):
            page.evaluate("size => { document.documentElement.dataset.size = size }", size)
            assert page.evaluate(TOO_WIDE) == [], f"{path or 'home'} at {size}"
            assert page.evaluate(CUT) == [], f"{path or 'home'} at {size}"
        page.evaluate("document.documentElement.dataset.size = 'normal'")
        page.evaluate(SPACED)
        assert page.evaluate(TOO_WIDE) == [], f"{path or 'home'} with spaced letters"
        assert page.evaluate(CUT) == [], f"{path or 'home'} with spaced letters"
    context.close()


def test_the_chosen_colours_are_there_before_anything_is_seen(
    stack: Stack, browser: Browser, sign_in: SignIn
) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme="dark")
    context.add_init_script(FIRST_SEEN)
    page = context.new_page()
    page.goto(stack.portal_url)
    assert page.evaluate("window.first_seen") == "dark"  # as the system has it
    page.evaluate("localStorage.setItem('pathshala-theme', 'light')")
    page.reload()
    assert page.evaluate("window.first_seen") == "light", "on the sign-in page"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(30, 39, 48)"
    sign_in(page, "teacher3", "bn", path=MODULE)
    assert page.evaluate("window.first_seen") == "light"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(30, 39, 48)"
    context.close()
