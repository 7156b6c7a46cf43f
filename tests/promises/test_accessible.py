"""axe finds nothing on any page, in both languages, light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PHONE, SignIn, Stack

pytestmark = pytest.mark.journey

MODULE = "courses/active-learning/pair-talk"
PAGES = {
    "teacher3": ["", "courses", "courses/active-learning", MODULE, "no-such-page"],
    "evaluator": ["marking"],
    "trainer": ["studio"],
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["bn", "en"])
def test_axe_finds_nothing(
    stack: Stack,
    browser: Browser,
    sign_in: SignIn,
    axe: Callable[[Page], list[str]],
    language: str,
    scheme: str,
) -> None:
    found = {}
    for name, paths in PAGES.items():
        context = browser.new_context(viewport=PHONE, color_scheme=scheme, reduced_motion="reduce")
        page = context.new_page()
        page.goto(stack.portal_url)
        found[f"sign-in for {name}"] = axe(page)
        sign_in(page, name, language)
        for path in paths:
            page.goto(f"{stack.portal_url}{path}?lang={language}")
            page.wait_for_load_state("networkidle")
            expect(page.locator("html")).to_have_attribute("lang", language)
            found[path or "home"] = axe(page)
        context.close()
    assert {place: violations for place, violations in found.items() if violations} == {}


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
        for size in ("100%", "200%"):
            page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 320, f"{path or 'home'} at {size} is {wide} px wide"
    context.close()
