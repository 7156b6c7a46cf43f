"""A course kept on a phone: its price first, how it comes, too little room, what the phone says."""

import re

import pytest
from playwright.sync_api import CDPSession, Locator, expect

from bench.waiting import wait_until
from tests.conftest import Stack
from tests.journeys.acting import Actor, some_words

pytestmark = pytest.mark.journey

COURSE = "courses/active-learning"
COURSE_TITLE = "সবাই শিখবে, সবাই বলবে"
MODULE = f"{COURSE}/pair-talk"
MODULE_TITLE = "জোড়ায় কথা বলা, ৬০ জনের ক্লাসে"
EXERCISE = "quiet-child"
SLOW_BYTES_A_SECOND = 400_000
ROOM_BYTES = 600_000  # for two pieces of a film
DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
UNITS = {"কেবি": 1_000, "এমবি": 1_000_000}
USED = "navigator.storage.estimate().then(({ usage }) => usage)"
# What this browser keeps of kept courses, in bytes.
KEPT = """async () => {
  let bytes = 0
  for (const name of await caches.keys()) {
    if (!/^pathshala (films|kept)/.test(name)) continue
    const cache = await caches.open(name)
    for (const key of await cache.keys()) {
      bytes += (await (await cache.match(key, { ignoreVary: true })).blob()).size
    }
  }
  return bytes
}"""


@pytest.fixture
def teacher(her_phone: Actor) -> Actor:
    """Somebody at the page of the course, on a phone that keeps nothing yet."""
    her_phone.open(COURSE)
    her_phone.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    return her_phone


@pytest.fixture
def devtools(teacher: Actor) -> CDPSession:
    return teacher.page.context.new_cdp_session(teacher.page)


def become(devtools: CDPSession, bytes_a_second: int) -> None:
    """Let the network bring so much; -1: all there is."""
    speed = {"downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second}
    devtools.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, **speed})


def give_room(devtools: CDPSession, stack: Stack, size_bytes: int) -> None:
    """Let the browser give this site so much room in all."""
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": stack.url, "quotaSize": size_bytes})


def bytes_in(words: str) -> float:
    """The last size in these words."""
    number, unit = re.findall(r"([\d.]+) (কেবি|এমবি)", words.translate(DIGITS))[-1]
    return float(number) * UNITS[unit]


def ask_to_keep(actor: Actor) -> Locator:
    """Open what there is to choose for the whole course."""
    actor.button("Keep this course on my phone").click()
    return actor.page.get_by_role("group", name=actor.word("What to keep"), exact=True)


def keep(actor: Actor, choice: Locator) -> float:
    """Keep what is chosen; return what the button said that it costs."""
    button = choice.get_by_role("button", name=actor.saying("Keep on this phone ({size})"))
    price = bytes_in(button.inner_text())
    button.click()
    return price


def kept(actor: Actor, title: str = COURSE_TITLE) -> Locator:
    """What the page says of a kept course or module, and its buttons."""
    return actor.page.get_by_role("group", name=title, exact=True)


def write(actor: Actor) -> str:
    words = some_words()
    actor.write(EXERCISE, words)
    return words


def write_until(actor: Actor, told: str) -> str:
    """Write until the page says this; return the words. Chromium asks how much room there is only
    now and then."""
    written: list[str] = []

    def is_told() -> bool:
        written.append(write(actor))
        actor.page.wait_for_load_state("networkidle")
        return told in state_of_answer(actor).inner_text()

    wait_until(is_told, seconds=90, every=2)
    return written[-1]


def state_of_answer(actor: Actor) -> Locator:
    return actor.exercise(EXERCISE).get_by_role("status").first


def test_a_course_tells_its_price_comes_in_words_pauses_goes_on_and_goes(
    teacher: Actor, devtools: CDPSession
) -> None:
    page = teacher.page
    choice = ask_to_keep(teacher)
    prices = choice.locator("label").all_inner_texts()
    kinds = ["Text and pictures ({size})", "With the sound of the videos ({size})"]
    kinds += ["With video in {height}p ({size})"] * (len(prices) - len(kinds))
    assert all(teacher.saying(kind).search(each) for kind, each in zip(kinds, prices, strict=True))
    assert len(prices) >= 4 and prices == sorted(prices, key=bytes_in)

    become(devtools, SLOW_BYTES_A_SECOND)
    price = keep(teacher, choice)
    course = kept(teacher)
    expect(course).to_contain_text(teacher.saying("Coming: {here} of {size}"))
    expect(course.get_by_role("progressbar")).to_be_visible()
    expect(kept(teacher, MODULE_TITLE)).to_contain_text(teacher.saying("Coming: {here} of {size}"))
    expect(teacher.button("Pause", course)).to_be_focused()
    teacher.button("Pause", course).click()
    paused = course.get_by_role("status")
    expect(paused).to_have_text(teacher.saying("Paused: {here} of {size} is here"))
    expect(page.locator("li [data-state=paused]")).to_have_count(4)
    expect(teacher.button("Go on", course)).to_be_focused()
    words = paused.inner_text()
    page.reload()
    expect(paused).to_have_text(words)  # nobody goes on by himself

    become(devtools, -1)
    teacher.button("Go on", course).click()
    expect(course).to_contain_text(teacher.saying("On this phone ({size})"))
    assert 0.8 * price < page.evaluate(KEPT) <= price  # told in whole MB, rounded up
    assert bytes_in(course.inner_text()) == price
    teacher.button("Remove from this phone", course).click()
    teacher.button("Leave it here", course).click()
    teacher.button("Remove from this phone", course).click()
    course.get_by_role("button", name=teacher.saying("Remove {size} from this phone")).click()
    expect(teacher.button("Keep this course on my phone")).to_be_visible()
    expect(course).to_have_count(0)
    assert page.evaluate(KEPT) == 0


def test_where_room_is_short_the_page_says_so_and_leaves_room_for_words(
    stack: Stack, teacher: Actor, devtools: CDPSession
) -> None:
    page = teacher.page
    teacher.open(MODULE)
    page.wait_for_load_state("networkidle")
    teacher.open(COURSE)
    give_room(devtools, stack, page.evaluate(USED) + ROOM_BYTES)
    keep(teacher, ask_to_keep(teacher))
    course = kept(teacher)
    lacks = "There is not enough room on this phone for {size} more."
    expect(course.get_by_role("status")).to_have_text(teacher.saying(lacks))
    assert page.evaluate(KEPT) < ROOM_BYTES / 2  # a piece of a film gives way to words
    page.context.set_offline(True)
    page.goto(f"{teacher.at}{MODULE}")
    words = write(teacher)
    waits = teacher.word("Kept on this phone, will be sent later ({count})", count=1)
    expect(state_of_answer(teacher)).to_contain_text(waits)
    page.reload()
    expect(teacher.box("Your answer", teacher.exercise(EXERCISE))).to_have_value(words)
    page.context.set_offline(False)
    teacher.is_saved(teacher.exercise(EXERCISE))

    teacher.open(COURSE)
    course.get_by_role("link", name=teacher.word("See what is on this phone")).click()
    here = page.get_by_role("region", name=teacher.word("On this phone"))
    expect(here).to_be_in_viewport()
    expect(here.get_by_role("button", name=teacher.word("Remove from this phone"))).to_have_count(4)
    expect(here).not_to_contain_text(teacher.saying("Room for {size} more."))  # nobody knows
    module = kept(teacher, MODULE_TITLE)
    teacher.button("Remove from this phone", module).click()
    module.get_by_role("button", name=teacher.saying("Remove {size} from this phone")).click()
    expect(module).to_have_count(0)


def test_the_page_tells_what_the_phone_answered(teacher: Actor, devtools: CDPSession) -> None:
    teacher.open("people/me")
    here = teacher.page.get_by_role("region", name=teacher.word("On this phone"))
    not_promised = teacher.word(
        "Your phone has not promised to keep this when it is full. What you write is safe once it"
        " says saved."
    )
    expect(here).to_contain_text(not_promised)
    ask = teacher.button("Ask the phone to keep it", here)
    ask.click()
    said_no = "The phone said no for now. It may say yes once you use Pathshala more often."
    expect(here.get_by_role("status")).to_have_text(teacher.word(said_no))

    allow_persistence(teacher, devtools)
    ask.click()
    promised = "Your phone has promised to keep this and what you write, even when it is full."
    expect(here).to_contain_text(teacher.word(promised))
    expect(ask).to_have_count(0)
    expect(here.get_by_role("status")).to_have_count(0)


def allow_persistence(actor: Actor, devtools: CDPSession) -> None:
    """Let the browser say yes, as it does to whoever visits often."""
    target = devtools.send("Target.getTargetInfo")["targetInfo"]
    browser = actor.page.context.browser
    assert browser is not None
    browser.new_browser_cdp_session().send(
        "Browser.setPermission",
        {
            "permission": {"name": "persistent-storage"},
            "setting": "granted",
            "browserContextId": target["browserContextId"],
        },
    )


@pytest.mark.bar
def test_words_that_a_full_phone_cannot_keep_are_told_of_and_sent(
    stack: Stack, teacher: Actor, devtools: CDPSession
) -> None:
    page, state = teacher.page, state_of_answer(teacher)
    box = teacher.box("Your answer", teacher.exercise(EXERCISE))
    only_here = teacher.word("On this page alone, not sent yet ({count})", count=1)
    teacher.open(MODULE)
    expect(box).to_be_editable()
    give_room(devtools, stack, 1)
    page.context.set_offline(True)
    words = write_until(teacher, only_here)
    expect(page.locator("#save-state")).to_contain_text(only_here)
    no_room = teacher.word(
        "What you write cannot be kept on this phone now: it may be full. Leave this page open"
        " until it says saved, or make room."
    )
    expect(page.get_by_role("alert").filter(has_text=no_room)).to_be_visible()

    devtools.send("Storage.overrideQuotaForOrigin", {"origin": stack.url})  # there is room again
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # she comes back to it
    waits = teacher.word("Kept on this phone, will be sent later ({count})", count=1)
    expect(state).to_contain_text(waits)
    page.reload()
    expect(box).to_have_value(words)
    give_room(devtools, stack, 1)
    write_until(teacher, only_here)
    page.context.set_offline(False)
    teacher.is_saved(teacher.exercise(EXERCISE))
