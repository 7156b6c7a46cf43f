"""A module once opened needs no network, kept films play, and nobody sees what is another's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bench.browser import FLAGS, find_chromium
from bench.waiting import wait_until
from tests.conftest import SignIn, Stack
from tests.journeys.acting import Actor, a_photo, newcomer, publish, some_words, someone
from tests.publishing.writing import IMPORT, reflection, words, write_course

pytestmark = pytest.mark.journey

COURSE = "courses/active-learning"
MODULE = f"{COURSE}/pair-talk"
EXERCISE = "quiet-child"
NAME = "রহিমা"


@pytest.fixture
def teacher(her_phone: Actor) -> Actor:
    return her_phone


def open_and_keep(actor: Actor, path: str) -> None:
    actor.open(path)
    actor.until_kept(path)


def go_offline(actor: Actor, is_offline: bool = True) -> None:
    actor.page.context.set_offline(is_offline)


def test_a_module_once_opened_is_read_and_written_without_network(teacher: Actor) -> None:
    sent, typed = some_words(), some_words()
    open_and_keep(teacher, MODULE)
    teacher.reflect(EXERCISE, sent)
    go_offline(teacher)
    teacher.page.reload()
    box = teacher.box("Your answer", teacher.exercise(EXERCISE))
    expect(box).to_have_value(sent)
    expect(
        teacher.page.get_by_text(
            teacher.word(
                "No network. You can go on: what you write is kept on this phone and sent later."
            )
        )
    ).to_be_visible()
    box.fill(typed)
    box.blur()
    expect(teacher.exercise(EXERCISE).get_by_role("status").first).to_contain_text(
        teacher.word("Kept on this phone, will be sent later ({count})", count=1)
    )
    teacher.page.reload()
    expect(box).to_have_value(typed)
    go_offline(teacher, False)
    teacher.is_saved(teacher.exercise(EXERCISE))
    teacher.page.reload()
    expect(box).to_have_value(typed)


def test_work_shared_with_a_photo_waits_for_its_author_and_a_colleague_sees_it(
    stack: Stack, browser: Browser, sign_in: SignIn
) -> None:
    her_id = newcomer(stack)
    author = someone(browser, sign_in, stack, her_id, "bn")
    open_and_keep(author, MODULE)
    group = author.page.get_by_role("group", name=author.word("Share with colleagues"), exact=True)
    said, alt = some_words(), "চার দলে বসা শিক্ষার্থী"
    author.plan("my-plan", "ভগ্নাংশ", said)
    go_offline(author)
    chooser = group.locator("input[type=file]")
    chooser.set_input_files({"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"words"})
    expect(group.get_by_role("alert")).to_contain_text("ছবি হিসেবে খোলা যাচ্ছে না")
    chooser.set_input_files(a_photo())
    group.get_by_role("textbox", name=author.word("What is in photo {number}?", number=1)).fill(alt)
    for tick in group.get_by_role("checkbox").all():
        tick.check()
    author.button("Share", group).click()
    not_yet = "Not shared yet. It is kept on this phone and goes when there is a network."
    expect(group.get_by_role("status").first).to_have_text(author.word(not_yet))
    author.page.reload()
    expect(group.get_by_role("img", name=alt)).to_be_visible()

    # her sign-in ends, and somebody else takes the phone
    author.page.context.clear_cookies()
    go_offline(author, False)
    sign_in(author.page, "teacher", "bn", path="waiting")
    nothing = author.word("Nothing waits here: everything is with the server.")
    expect(author.page.get_by_text(nothing)).to_be_visible()
    author.open(MODULE)
    expect(author.box("Your answer", author.exercise(EXERCISE))).to_be_editable()
    expect(author.page.get_by_role("img", name=alt)).to_have_count(0)
    author.page.context.clear_cookies()
    sign_in(author.page, her_id, "bn", path=MODULE)
    expect(group.get_by_role("status").first).to_contain_text(
        author.saying("Shared on {date} with: {audience}."), timeout=60_000
    )
    author.page.context.close()

    colleague = someone(browser, sign_in, stack, "teacher2", "bn")
    colleague.open(MODULE)
    card = colleague.page.locator(".post-card").filter(has_text=said)
    card.get_by_role("link").click()
    whole = colleague.page.get_by_role("button").filter(has=colleague.page.get_by_alt_text(alt))
    whole.click()
    seen = colleague.page.get_by_role("figure").get_by_role("img", name=alt)
    wait_until(lambda: bool(seen.evaluate("img => img.naturalWidth === 1280")), seconds=20)
    colleague.page.context.close()


def test_work_taken_back_while_its_photo_goes_is_not_published(
    stack: Stack, browser: Browser, sign_in: SignIn
) -> None:
    author = someone(browser, sign_in, stack, newcomer(stack), "bn")
    author.open(MODULE)
    author.plan("my-plan", "ভগ্নাংশ", some_words())
    group = author.page.get_by_role("group", name=author.word("Share with colleagues"), exact=True)
    group.locator("input[type=file]").set_input_files(a_photo())
    group.get_by_role("textbox").fill("চার দল")  # the photo is small by then

    def share() -> None:
        for tick in group.get_by_role("checkbox").all():
            tick.check()
        author.button("Share", group).click()

    author.page.route("**/api/pictures/*", lambda route: None)  # it is on its way, for long
    with author.page.expect_request("**/api/pictures/*"):
        share()
    expect(group.get_by_role("heading")).to_be_focused()
    with author.page.expect_event("requestfailed", lambda one: "/api/pictures/" in one.url):
        author.button("Do not share yet", group).click()
    expect(group.get_by_role("img", name="চার দল")).to_be_visible()
    expect(author.button("Share", group)).to_be_visible()
    mine = author.page.request.get(f"{author.at}api/{MODULE}/mine").json()
    assert mine["posts"] == []

    author.page.unroute("**/api/pictures/*")
    share()
    expect(group.get_by_role("status").first).to_contain_text(
        author.saying("Shared on {date} with: {audience}.")
    )
    author.page.context.close()


def test_a_kept_module_plays_its_clip_without_network(teacher: Actor) -> None:
    teacher.open(COURSE)
    card = teacher.page.get_by_role("listitem").filter(
        has=teacher.page.locator(f'[href$="{MODULE}"]')
    )
    teacher.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    card.get_by_role("button", name=teacher.saying("Keep on my phone")).click()
    card.get_by_role("radio", name=teacher.saying("With video in {height}p ({size})")).first.check()
    card.get_by_role("button", name=teacher.saying("Keep on this phone ({size})")).click()
    expect(card.locator("[data-state=done]")).to_be_visible()
    go_offline(teacher)
    teacher.page.goto(f"{teacher.at}{MODULE}")
    teacher.page.get_by_role(
        "button", name=teacher.saying("Play video ({length}, on this phone)")
    ).first.click()
    film = teacher.page.locator("video").first
    playing = "film => film.readyState >= 3 && !film.paused"
    wait_until(lambda: bool(film.evaluate(playing)), seconds=20)
    film.evaluate("film => { film.currentTime = film.duration * 0.8 }")
    wait_until(
        lambda: bool(
            film.evaluate("film => !film.seeking && film.currentTime > film.duration * 0.8")
        ),
        seconds=20,
    )
    go_offline(teacher, False)
    teacher.open("people/me")
    kept = teacher.page.get_by_role("region", name=teacher.word("On this phone"))
    teacher.button("Remove from this phone", kept).click()
    kept.get_by_role("button", name=teacher.saying("Remove {size} from this phone")).click()
    expect(kept.locator("[data-state=done]")).to_have_count(0)


def test_a_shared_phone_shows_nothing_of_whoever_left(
    stack: Stack, browser: Browser, sign_in: SignIn
) -> None:
    first = someone(browser, sign_in, stack, "teacher", "bn")
    secret = some_words()
    open_and_keep(first, MODULE)
    first.reflect(EXERCISE, secret)
    open_and_keep(first, "people/me")
    expect(first.page.locator("main")).to_contain_text(NAME)
    first.page.locator("main").get_by_role("button", name=first.word("Sign out")).click()
    first.page.wait_for_url("**/hub/login**")
    go_offline(first)
    for path in ("", "people/me", MODULE):
        first.page.goto(first.at + path)
        expect(first.page.get_by_role("heading", name=first.word("No network"))).to_be_visible()
        expect(first.page.locator("body")).not_to_contain_text(NAME)
    go_offline(first, False)

    sign_in(first.page, "teacher2", "bn")
    open_and_keep(first, "people/me")
    expect(first.page.locator("main h2").first).to_be_visible()
    go_offline(first)
    first.page.reload()
    expect(first.page.locator("main h2").first).to_be_visible()
    expect(first.page.locator("body")).not_to_contain_text(NAME)
    first.page.goto(first.at + MODULE)
    expect(first.page.get_by_role("heading", name=first.word("No network"))).to_be_visible()
    go_offline(first, False)
    first.page.reload()
    box = first.box("Your answer", first.exercise(EXERCISE))
    expect(box).to_be_editable()
    expect(box).not_to_have_value(secret)
    first.page.context.close()


def test_whoever_leaves_without_network_is_out_all_the_same(
    stack: Stack, browser: Browser, sign_in: SignIn
) -> None:
    teacher = someone(browser, sign_in, stack, "teacher", "bn")
    open_and_keep(teacher, "people/me")
    expect(teacher.page.locator("main")).to_contain_text(NAME)
    go_offline(teacher)
    teacher.page.locator("main").get_by_role("button", name=teacher.word("Sign out")).click()
    expect(teacher.page.get_by_role("heading", name=teacher.word("No network"))).to_be_visible()
    go_offline(teacher, False)
    teacher.page.goto(teacher.at)
    teacher.page.wait_for_url("**/hub/login**")
    teacher.page.context.close()


@pytest.fixture
def remembering(browser: Browser) -> Iterator[Browser]:
    """A browser as people have it: "back" brings the very page to life again."""
    started = browser.browser_type.launch(
        executable_path=find_chromium(),
        args=FLAGS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield started
    started.close()


@pytest.mark.bar
def test_back_shows_nothing_of_whoever_was_here_before(
    stack: Stack, remembering: Browser, sign_in: SignIn
) -> None:
    first = someone(remembering, sign_in, stack, "teacher", "bn")
    page = first.page
    name = page.locator("main").get_by_text(NAME).first

    def go_away() -> None:
        page.wait_for_load_state("networkidle")  # a page that still asks is not kept for "back"
        page.evaluate("location.assign(document.documentElement.dataset.root + 'courses')")
        page.wait_for_url("**/courses")

    first.open("people/me")
    expect(name).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => { window.was_here = true })")
    go_away()
    page.wait_for_load_state("networkidle")
    page.evaluate("history.back()")
    expect(name).to_be_visible()
    assert page.evaluate("window.was_here")  # no new page, so it is this browser that guards it

    go_away()
    other = page.context.new_page()
    page.context.clear_cookies()
    sign_in(other, "teacher2", "bn", path="people/me")
    page.context.set_offline(True)  # the guard asks nobody
    page.evaluate("history.back()")
    page.wait_for_url("**/people/me**", wait_until="commit")
    expect(name).to_have_count(0)
    expect(page.locator("body")).not_to_contain_text(NAME)
    page.context.close()


def test_a_new_version_breaks_no_open_page_and_is_taken_on_the_next_opening(
    stack: Stack, teacher: Actor, tmp_path: Path
) -> None:
    def publish_with(title: str) -> None:
        cells = (IMPORT, words(f"# {title}"), words("## ভাবুন\n\nকী দেখলেন?"), reflection())
        folder = tmp_path / title
        publish(stack, write_course(folder, *cells, course="releases"))

    path, exercise = "courses/releases/spare-time", "use-it"
    publish_with("প্রথম")
    open_and_keep(teacher, path)
    publish_with("দ্বিতীয়")
    written = some_words()
    teacher.reflect(exercise, written)
    teacher.open(path)
    teacher.button("Open the new version").click()
    expect(teacher.page.get_by_role("heading", level=1)).to_have_text("দ্বিতীয়")
    expect(teacher.box("Your answer", teacher.exercise(exercise))).to_have_value(written)
