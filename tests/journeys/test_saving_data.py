"""A phone that saves data: what is fetched by itself, and what is offered first."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import SignIn, Stack
from tests.journeys.acting import Actor, newcomer, someone

pytestmark = [pytest.mark.bar, pytest.mark.journey]

COURSE = "courses/active-learning"
MODULE = f"{COURSE}/pair-talk"
FILMS = (".mp4", ".m4a", ".webm")

PhoneOf = Callable[[bool], Actor]


@pytest.fixture
def phone(stack: Stack, browser: Browser, sign_in: SignIn) -> Iterator[PhoneOf]:
    """`phone(True)` is one on which Android saves data, with somebody signed in."""
    name = newcomer(stack)
    with ExitStack() as held:

        def act(is_saving: bool) -> Actor:
            actor = someone(browser, sign_in, stack, name, "bn")
            held.callback(actor.page.context.close)
            devtools = actor.page.context.new_cdp_session(actor.page)
            devtools.send("Emulation.setDataSaverOverride", {"dataSaverEnabled": is_saving})
            return actor

        yield act


def open_twice(actor: Actor) -> list[str]:
    """Open the module as a first and a second visit; return the paths of all that was fetched."""
    asked: list[str] = []
    actor.page.context.on("request", lambda request: asked.append(urlsplit(request.url).path))
    for _ in range(2):
        actor.open(MODULE)
        actor.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        actor.page.wait_for_load_state("networkidle")
        actor.until_kept(MODULE)
    return asked


def first_choice(actor: Actor) -> int:
    """Which of what keeping may cost is chosen before she chooses: 0 is text alone, 1 with sound,
    2 with the smallest films."""
    actor.open(COURSE)
    actor.button("Keep this course on my phone").click()
    choice = actor.page.get_by_role("group", name=actor.word("What to keep"), exact=True)
    radios = choice.get_by_role("radio")
    expect(radios).not_to_have_count(0)
    return [each.is_checked() for each in radios.all()].index(True)


def test_saving_data_fetches_no_page_that_was_not_opened_and_offers_the_smallest_films(
    phone: PhoneOf,
) -> None:
    saving, other = phone(True), phone(False)
    asked = open_twice(saving)
    assert [each for each in asked if each.endswith(FILMS)] == []
    assert [each for each in asked if "/clips/" in each and each.endswith("/files")] == []
    open_twice(other)
    other.until_kept("people/me")
    for path in ("courses", "people/me", "waiting"):
        assert not saving.has_kept(path), path

    for actor, is_saving in ((saving, True), (other, False)):
        actor.page.locator("#menu").get_by_role("button").first.click()
        tick = actor.page.get_by_role("checkbox", name=actor.word("Save mobile data"))
        expect(tick).to_be_checked(checked=is_saving)
    assert (first_choice(saving), first_choice(other)) == (2, 3)

    # what was opened is there all the same
    saving.page.context.set_offline(True)
    saving.page.goto(f"{saving.at}{MODULE}")
    expect(saving.box("Your answer", saving.exercise("quiet-child"))).to_be_editable()
    saving.page.goto(f"{saving.at}people/me")
    expect(saving.page.get_by_role("heading", name=saving.word("No network"))).to_be_visible()
