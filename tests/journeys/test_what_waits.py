"""Whatever a teacher sends waits on her phone, is told in words, and arrives once."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Route, expect

from tests.conftest import ClientFor, SignIn, Stack
from tests.journeys.acting import Actor, share_with_everyone, some_words, someone

pytestmark = pytest.mark.journey

MODULE = "courses/active-learning/pair-talk"
EXERCISE = "quiet-child"


@pytest.fixture
def teacher(her_phone: Actor) -> Actor:
    her_phone.page.on("dialog", refuse)  # nothing here asks by a dialog
    her_phone.open(MODULE)
    expect(her_phone.box("Your answer", her_phone.exercise(EXERCISE))).to_be_editable()
    return her_phone


def refuse(dialog: Dialog) -> None:
    raise AssertionError(dialog.message)


def beside(actor: Actor, path: str) -> Actor:
    """The same phone with a second page."""
    other = replace(actor, page=actor.page.context.new_page())
    other.open(path)
    return other


def entry(actor: Actor, name: str) -> Locator:
    return actor.page.locator("main").get_by_role("group", name=actor.word(name), exact=True)


def test_a_hand_in_without_network_waits_in_the_list_and_gets_its_receipt(teacher: Actor) -> None:
    lists = beside(teacher, "waiting")
    expect(lists.page.get_by_role("heading", level=1)).to_have_text("এই ফোনে যা অপেক্ষায় আছে")
    nothing = lists.word("Nothing waits here: everything is with the server.")
    expect(lists.page.get_by_text(nothing)).to_be_visible()

    expect(teacher.button("Hand in")).to_be_visible()  # the page knows what was handed in before
    teacher.page.context.set_offline(True)
    words = some_words()
    teacher.write(EXERCISE, words)
    teacher.button("Hand in").click()
    not_yet = teacher.page.get_by_text(teacher.word("Not handed in yet; waiting for network"))
    expect(not_yet).to_be_visible()
    state = teacher.page.locator("#save-state").get_by_role("link")
    expect(state).to_have_text(
        teacher.word("Kept on this phone, will be sent later ({count})", count=2)
    )
    expect(entry(lists, "Answer")).to_contain_text(words)
    expect(entry(lists, "Hand-in")).to_contain_text(
        lists.word("Goes right after: {what}", what=lists.word("Answer"))
    )

    teacher.page.context.set_offline(False)
    receipt = teacher.page.get_by_role("group", name=teacher.word("Receipt"), exact=True)
    expect(receipt).to_be_visible()
    expect(not_yet).to_be_hidden()
    expect(lists.page.get_by_text(nothing)).to_be_visible()
    teacher.button("Take back", receipt).click()
    expect(receipt).to_be_hidden()


def test_what_waits_is_thrown_away_and_undone_and_copied(teacher: Actor) -> None:
    lists = beside(teacher, "waiting")
    lists.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    teacher.page.context.set_offline(True)
    words = some_words()
    teacher.write(EXERCISE, words)
    answer = entry(lists, "Answer")
    lists.button("Copy the words", answer).click()
    expect(answer.get_by_role("status")).to_have_text(
        lists.word("Copied. Paste it where you like.")
    )
    assert lists.page.evaluate("navigator.clipboard.readText()") == words
    lists.button("Throw away", answer).click()
    expect(answer).to_be_hidden()
    lists.page.get_by_role("button", name=lists.saying("Undo")).click()
    expect(answer).to_contain_text(words)
    teacher.page.context.set_offline(False)
    expect(answer).to_be_hidden()
    teacher.is_saved(teacher.exercise(EXERCISE))


def test_signing_out_says_what_is_unsent_and_keeps_it_for_her_alone(
    teacher: Actor, sign_in: SignIn, her_id: str
) -> None:
    def lose(route: Route) -> None:
        route.abort() if route.request.method == "PUT" else route.fallback()

    teacher.page.route("**/answers/**", lose)
    words = some_words()
    teacher.write(EXERCISE, words)
    teacher.page.locator("#menu").get_by_role("button").first.click()
    teacher.button("Sign out").click()
    warning = teacher.page.get_by_role("alert").filter(
        has_text=teacher.word(
            "{count} things are not sent yet. They stay on this phone and are sent when you sign"
            " in here again.",
            count=1,
        )
    )
    expect(warning).to_be_visible()
    teacher.button("Stay signed in", warning).click()
    expect(warning).to_be_hidden()
    teacher.button("Sign out").click()
    teacher.button("Sign out all the same", warning).click()
    expect(teacher.page.get_by_role("textbox", name=teacher.word("Password"))).to_be_visible()
    teacher.page.unroute("**/answers/**")

    sign_in(teacher.page, "teacher2", "bn", path="waiting")
    nothing = teacher.word("Nothing waits here: everything is with the server.")
    expect(teacher.page.get_by_text(nothing)).to_be_visible()
    teacher.page.context.clear_cookies()
    sign_in(teacher.page, her_id, "bn", path=MODULE)
    expect(teacher.box("Your answer", teacher.exercise(EXERCISE))).to_have_value(words)
    teacher.is_saved(teacher.exercise(EXERCISE))


def test_a_page_that_was_open_before_goes_on_from_what_another_one_wrote(teacher: Actor) -> None:
    other = beside(teacher, MODULE)
    expect(other.box("Your answer", other.exercise(EXERCISE))).to_be_editable()
    teacher.page.context.set_offline(True)
    words = some_words()
    other.write(EXERCISE, words)
    expect(other.page.locator("#save-state").get_by_role("link")).to_be_visible()
    teacher.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    box = teacher.box("Your answer", teacher.exercise(EXERCISE))
    expect(box).to_have_value(words)
    box.press("Control+End")
    box.press_sequentially(" আরও")
    teacher.page.context.set_offline(False)
    teacher.is_saved(teacher.exercise(EXERCISE))
    other.page.reload()
    expect(other.box("Your answer", other.exercise(EXERCISE))).to_have_value(f"{words} আরও")


def test_of_two_devices_the_newer_wording_counts_and_the_other_is_one_tap_away(
    stack: Stack, browser: Browser, sign_in: SignIn, teacher: Actor, her_id: str
) -> None:
    laptop = someone(browser, sign_in, stack, her_id, "bn")
    laptop.open(MODULE)
    teacher.page.context.set_offline(True)
    older, newer = some_words(), some_words()
    teacher.write(EXERCISE, older)
    laptop.reflect(EXERCISE, newer)
    teacher.page.context.set_offline(False)
    group = teacher.exercise(EXERCISE)
    expect(teacher.box("Your answer", group)).to_have_value(newer)
    teacher.page.reload()
    expect(teacher.box("Your answer", group)).to_have_value(newer)
    group.get_by_text(teacher.word("Draft: what you wrote on this phone")).click()
    expect(group.get_by_text(older)).to_be_visible()
    teacher.button("Go on with this wording", group).click()
    expect(teacher.box("Your answer", group)).to_have_value(older)
    teacher.is_saved(group)
    laptop.page.reload()
    expect(laptop.box("Your answer", laptop.exercise(EXERCISE))).to_have_value(older)
    laptop.page.context.close()


def test_stars_and_a_comment_given_without_network_arrive_after_the_reading(
    stack: Stack, browser: Browser, sign_in: SignIn, client_for: ClientFor, teacher: Actor
) -> None:
    author = client_for("teacher")
    post = share_with_everyone(author, MODULE, EXERCISE, some_words())
    teacher.open(f"library/{post}")
    teacher.scroll_to(
        teacher.page.get_by_text(teacher.saying("{seconds} s more, then you can rate."))
    )
    teacher.page.context.set_offline(True)
    stars = teacher.page.get_by_role("radio", name=teacher.word("{count} stars", count=4))
    expect(stars).to_be_enabled(timeout=60_000)
    stars.check(force=True)
    kept = teacher.word("Your rating is kept on this phone and goes when there is a network.")
    expect(teacher.page.get_by_text(kept)).to_be_visible()
    form = teacher.page.locator("form").filter(has_text=teacher.word("Say something that helps"))
    said = "আমিও করেছি, দুই মিনিট করে।"
    form.get_by_role("textbox").fill(said)
    teacher.button("Send comment", form).click()
    expect(form.get_by_role("textbox")).to_have_value("")
    expect(form.get_by_role("listitem")).to_contain_text(said)
    teacher.page.context.set_offline(False)
    expect(form.get_by_role("listitem")).to_have_count(0, timeout=60_000)
    expect(teacher.page.locator("li.comment").filter(has_text=said)).to_be_visible()
    told = author.get(f"api/posts/{post}").json()
    assert (told["ratings"]["counts"], told["comments"]) == ([0, 0, 0, 1, 0], 1)
