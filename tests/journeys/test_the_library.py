"""Shared work is found, looked at, rated, answered, reported, and hidden: one journey."""

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.conftest import ClientFor, SignIn, Stack
from tests.journeys.acting import Actor, share_with_everyone, someone

pytestmark = pytest.mark.journey

MODULE = "courses/active-learning/pair-talk"
EXERCISE = "quiet-child"
WORDS = (
    "চতুর্থ শ্রেণির ৫২ জনকে জোড়ায় বসিয়েছি। দুজন লাজুক মেয়ে প্রথমে চুপ ছিল; "
    "হেমন্তকালের কবিতাটি পড়ার পর নিজেরাই কথা বলেছে।"
)
OTHER_ENDING = "হেমন্তকালে"


def test_shared_work_is_found_judged_and_if_need_be_hidden(
    stack: Stack, browser: Browser, sign_in: SignIn, client_for: ClientFor
) -> None:
    author = client_for("teacher")
    post = share_with_everyone(author, MODULE, EXERCISE, WORDS)
    peer = someone(browser, sign_in, stack, "teacher2", "bn")
    find(peer, post)
    look_and_rate(peer)
    comment(peer)
    expect(peer.page.locator("main")).to_contain_text(peer.word("I used this"))

    other = someone(browser, sign_in, stack, "teacher3", "en")
    other.page.set_viewport_size({"width": 320, "height": 560})
    report(other, post)

    trainer = client_for("trainer")
    (complaint,) = [c for c in trainer.get("api/complaints").json()["open"] if c["post"] == post]
    settled = trainer.post(f"api/complaints/{complaint['id']}/settle", json={"outcome": "hidden"})
    assert settled.status_code == 200, settled.text
    peer.open(f"library/{post}")
    expect(peer.page.get_by_role("heading", level=1)).to_have_text(
        peer.word("This page is not here")
    )
    told = author.get(f"api/posts/{post}").json()
    assert (told["hidden"], told["comments"]) == ("names-pupil", 1)
    for actor in (peer, other):
        actor.page.context.close()


def find(reader: Actor, post: str) -> None:
    """Search with another ending, open the card; Back brings the search again."""
    reader.page.get_by_role("link", name=reader.word("Library"), exact=True).click()
    box = reader.page.get_by_role("searchbox")
    box.fill(OTHER_ENDING)
    card = reader.page.locator(f"#card-{post}")
    expect(reader.page.get_by_text(reader.word("1 work"), exact=True)).to_be_visible()
    card.click()
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("শেয়ার করা কাজ")
    reader.page.go_back()
    expect(box).to_have_value(OTHER_ENDING)
    card.click()
    expect(reader.page.get_by_text(WORDS)).to_be_visible()


def look_and_rate(reader: Actor) -> None:
    stars = reader.page.get_by_role("radio", name=reader.word("{count} stars", count=5))
    expect(stars).to_be_disabled()
    expect(reader.button("Send comment")).to_be_disabled()
    reader.scroll_to(reader.page.get_by_text(reader.saying("{seconds} s more, then you can rate.")))
    expect(stars).to_be_enabled(timeout=60_000)
    stars.check(force=True)
    said = reader.page.get_by_text(reader.word("Your rating is saved. You can change it."))
    expect(said).to_be_visible()


def comment(reader: Actor) -> None:
    """Say something, take it back, undo that."""
    box = form_of(reader).get_by_role("textbox")
    box.fill("আমিও করেছি, ঘড়ি ধরে ৩ মিনিট।")
    reader.button("Send comment").click()
    mine = reader.page.locator("li").filter(has_text="আমিও করেছি")
    reader.button("Take back", mine).click()
    expect(mine).to_have_count(0)
    reader.page.get_by_role("button", name=reader.saying("Undo")).click()
    expect(mine).to_be_visible()
    expect(box).to_have_value("")


def form_of(reader: Actor) -> Locator:
    return reader.page.locator("form").filter(has_text=reader.word("Say something that helps"))


def report(reader: Actor, post: str) -> None:
    """Report the work: it is gone at once, for this reader alone."""
    reader.open(f"library/{post}")
    expect(reader.page.get_by_text("আমিও করেছি")).to_be_visible()
    reader.button("Report", reader.page.locator(".row")).click()
    reader.page.get_by_role("radio", name=reader.word("It names or shows a pupil")).check()
    wide = reader.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320, f"{wide} px wide"
    reader.button("Report it").click()
    expect(reader.page.get_by_role("link", name=reader.word("To the library"))).to_be_visible()
    reader.open(f"library?q={OTHER_ENDING}")
    nothing = reader.word("Nothing was found for this. Try one word less, or another.")
    expect(reader.page.get_by_text(nothing)).to_be_visible()
