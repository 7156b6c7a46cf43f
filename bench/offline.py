"""A phone that was here before: the second visit of a module, and a kept course without network.

As in `bench.page`: fast 3G and a CPU four times slower. *No network* means that the browser's own
tools let nothing through, neither to the page nor to the worker.
"""

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.browser import FLAGS, find_chromium
from bench.page import COURSE, MODULE, OUR_PATH, READERS, sign_in
from bench.products import Running, pathshala
from bench.rows import Row
from bench.visits import PHONE, Phone, Visit

Seen = TypeVar("Seen")
ROUNDS = 3
ROOT = "/services/portal/"
FIGURES = (
    ("on the wire", "bytes", "bytes"),
    ("text readable", "readable_seconds", "s"),
    ("usable", "usable_seconds", "s"),
)
# Presses play on the first clip, and tells how long it took until the film moved.
PLAY = """
() => new Promise((done) => {
  const began = performance.now()
  document.querySelector('.clip-poster').click()
  const look = () => {
    const film = document.querySelector('video')
    if (film && film.currentTime > 0) done((performance.now() - began) / 1000)
    else setTimeout(look, 20)
  }
  look()
})
"""
# Goes to another place of it, and tells how long it took until its picture was there.
SEEK = """
() => new Promise((done) => {
  const film = document.querySelector('video')
  const began = performance.now()
  film.addEventListener('seeked', () => done((performance.now() - began) / 1000), {once: true})
  film.currentTime = film.duration * 0.8
})
"""


def measure() -> list[Row]:
    """Compare nothing: stock Voila keeps nothing on a phone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        with pathshala() as product:
            found = [*_rows_of("second visit", _visits(browser, product, _opened))]
            kept = _visits(browser, product, _kept)
        browser.close()
    return [
        *found,
        *_rows_of("kept module, no network", [visit for visit, _, _ in kept]),
        Row("its clip begins", statistics.median(play for _, play, _ in kept), None, "s"),
        Row("its clip seeks", statistics.median(seek for _, _, seek in kept), None, "s"),
    ]


def _rows_of(what: str, visits: list[Visit]) -> Iterator[Row]:
    for name, field, unit in FIGURES:
        figure = statistics.median(getattr(visit, field) for visit in visits)
        yield Row(f"{what}: {name}", figure, None, unit)


def _visits(
    browser: Browser, product: Running, see: Callable[[BrowserContext, str], Seen]
) -> list[Seen]:
    """Let one reader after the other come, each with a phone of her own."""
    seen = []
    for number in range(ROUNDS):
        with _phone(browser, product, READERS[number % len(READERS)]) as context:
            seen.append(see(context, product.address))
    return seen


@contextmanager
def _phone(browser: Browser, product: Running, reader: str) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="bn-BD", viewport=PHONE)  # type: ignore[arg-type]
    sign_in(context, product.address, reader)
    yield context
    context.close()


def _opened(context: BrowserContext, address: str) -> Visit:
    """Open a module, and once it is kept open it again in a new tab."""
    first = Phone(context, poor=True)
    first.visit(address + OUR_PATH, kept=True)
    first.leave()
    second = Phone(context, poor=True)
    visit = second.visit(address + OUR_PATH)
    second.leave()
    return visit


def _kept(context: BrowserContext, address: str) -> tuple[Visit, float, float]:
    """Keep a module with its film, lose the network, open it and play."""
    page = context.new_page()
    page.goto(f"{address}{ROOT}courses/{COURSE}?lang=bn")
    card = page.get_by_role("listitem").filter(has=page.locator(f'[href$="/{MODULE}"]')).first
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    card.get_by_role("button", name="ফোনে রাখুন").click()
    card.get_by_role("button", name="ফোনে রাখুন (").click()
    card.locator("[data-state=done]").wait_for(timeout=120_000)
    page.close()
    phone = Phone(context, poor=True)
    phone.lose_network()
    visit = phone.visit(address + OUR_PATH)
    play, seek = float(phone.page.evaluate(PLAY)), float(phone.page.evaluate(SEEK))
    phone.leave()
    return visit, play, seek
