"""A whole trip: a code, the form, waiting, let in, home, another password; in both languages."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hub.portal.texts import say
from learning import joining, people
from store.database import Session
from tests.hub.door import a_code, writing

COHORT = "ঈশ্বরগঞ্জ, ২য় ব্যাচ"
FIRST, SECOND = "মাঠের-পাশে-স্কুল-৭", "নদীর-ধারে-বট-৮"

pytestmark = pytest.mark.journey


def let_in(stack: Any, name: str) -> None:
    """What the trainer does in the studio."""

    def use_case(session: Session) -> None:
        trainer = people.find_by_name(session, "trainer")
        assert trainer is not None
        for request, _, person in joining.requests_for(session, trainer):
            if person.display_name == name:
                joining.settle(session, request.id, accept=True, by=trainer)

    writing(stack, use_case)


@pytest.mark.parametrize("language", ["bn", "en"])
def test_from_a_code_to_another_password(
    stack: Any, page: Page, axe: Callable[[Page], list[str]], language: Any
) -> None:
    code = a_code(stack, COHORT, approval=True)
    name = f"মোছাঃ কুলসুম {secrets.token_hex(3)}"
    phone = f"+8801{secrets.randbelow(10**9):09}"

    def t(message: str, **facts: object) -> str:
        return say(language, message, facts)

    def box(label: str) -> Any:
        return page.get_by_role("textbox", name=t(label), exact=True)

    def press(label: str) -> None:
        page.get_by_role("button", name=t(label), exact=True).click()

    def looks_well() -> None:
        assert page.locator("html").get_attribute("lang") == language
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.goto(f"{stack.url}/hub/login?lang={language}")
    page.get_by_role("link", name=t("Join with a code"), exact=True).click()
    box("The code that your trainer gave you").fill("zzzz 9999")
    press("Go on")
    expect(page.get_by_role("alert")).to_contain_text(
        t("There is no such code. Look at it again, letter by letter.")
    )
    looks_well()
    box("The code that your trainer gave you").fill(f" {code.lower().replace('-', ' ')} ")
    press("Go on")
    expect(page.get_by_text(COHORT)).to_be_visible()
    expect(page.get_by_text("নাসরিন সুলতানা")).to_be_visible()
    looks_well()

    box("Your name").fill(name)
    box("Phone or ID").fill(phone)
    box("Password").fill("ছোট")
    place = page.get_by_role("combobox", name=t("Upazila and district"), exact=True)
    place.press_sequentially("Iswar" if language == "en" else "ঈশ্বরগ")
    page.get_by_role("option").first.click()
    expect(place).to_have_value(
        "Iswarganj, Mymensingh" if language == "en" else "ঈশ্বরগঞ্জ, ময়মনসিংহ"
    )
    page.get_by_role("combobox", name=t("School"), exact=True).fill("উদ্বৃত্তপুর স. প্রা. বি.")
    press("Join")
    expect(page.get_by_role("alert")).to_contain_text(
        t("Something is missing. What you wrote is still here.")
    )
    expect(box("Password")).to_be_focused()
    expect(box("Your name")).to_have_value(name)
    expect(place).to_have_value(
        "Iswarganj, Mymensingh" if language == "en" else "ঈশ্বরগঞ্জ, ময়মনসিংহ"
    )
    looks_well()
    box("Password").fill(FIRST)
    page.get_by_role("checkbox", name=t("I have read this and agree")).check()
    press("Join")

    expect(page.get_by_role("heading", name=t("Waiting for approval"))).to_be_visible()
    looks_well()
    page.goto(f"{stack.portal_url}courses")
    expect(page.get_by_role("heading", name=t("Waiting for approval"))).to_be_visible()
    let_in(stack, name)
    page.get_by_role("link", name=t("Look again"), exact=True).click()
    page.wait_for_url(stack.portal_url)

    page.goto(f"{stack.portal_url}people/me")
    page.get_by_role("link", name=t("Change the password"), exact=True).click()
    box("Old password").fill("ভুল")
    box("New password").fill(SECOND)
    press("Change the password")
    expect(page.get_by_role("alert")).to_contain_text(
        t("The old password is not right. Please try again.")
    )
    box("Old password").fill(FIRST)
    box("New password").fill(SECOND)
    press("Change the password")
    expect(page.get_by_role("heading", name=t("Your password is changed"))).to_be_visible()
    looks_well()
    page.get_by_role("link", name=t("Go on"), exact=True).click()
    page.wait_for_url(stack.portal_url)

    page.goto(f"{stack.url}/hub/logout")
    box("Phone or ID").fill(phone.removeprefix("+88"))
    box("Password").fill(SECOND)
    press("Sign in")
    page.wait_for_url(f"{stack.portal_url}**")
