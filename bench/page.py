"""A module's page beside the same notebook in stock Voila, on a cheap phone with a poor network.

Fast 3G is 1.6 Mbit/s down and 150 ms; the CPU is four times slower (`bench.visits`).
"""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, TimeoutError, sync_playwright

from bench.browser import FLAGS, find_chromium
from bench.processes import cpu_seconds
from bench.products import PASSWORD, ROOT, Running, pathshala, stock_voila
from bench.rows import Row
from bench.visits import AN_EXERCISE, Phone, Visit

COURSE, NOTEBOOK, MODULE = "active-learning", "01-pair-talk.ipynb", "pair-talk"
OUR_PATH = f"/services/portal/courses/{COURSE}/{MODULE}"
READERS = ("teacher", "teacher2", "teacher3")
OUR_ROUNDS, STOCK_ROUNDS = 3, 1  # a poor visit to stock Voila takes minutes
VIEWS_FOR_CPU = 5
TRIES = 4  # stock Voila sometimes loses its widgets on a poor network ("widget model not found")
LIMIT_SECONDS = 120
FIGURES = (
    ("on the wire", "bytes", "bytes"),
    ("requests", "requests", "requests"),
    ("text readable", "readable_seconds", "s"),
    ("usable", "usable_seconds", "s"),
)


@dataclass(frozen=True)
class Measured:
    """Medians of one product: a first and a second visit; server CPU seconds per view; and how
    many visits showed no usable exercise at all, which the medians leave out."""

    first: list[float]
    second: list[float]
    cpu_seconds: float
    unusable: int


def measure() -> list[Row]:
    """Compare bytes, requests, seconds and server CPU of first and second visits."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        with pathshala() as product:
            ours = Visitor(browser, product, OUR_PATH, READERS).measure(OUR_ROUNDS)
        with stock_voila(ROOT / "courses" / COURSE, NOTEBOOK) as product:
            theirs = Visitor(browser, product, "/").measure(STOCK_ROUNDS)
        browser.close()
    return rows(ours, theirs)


def rows(ours: Measured, theirs: Measured) -> list[Row]:
    """Set both beside each other."""
    found = [
        Row(f"{visit} visit: {name}", our, their, unit)
        for visit, of_ours, of_theirs in (
            ("first", ours.first, theirs.first),
            ("second", ours.second, theirs.second),
        )
        for (name, _, unit), our, their in zip(FIGURES, of_ours, of_theirs, strict=True)
    ]
    return [
        *found,
        Row("server CPU per page view", ours.cpu_seconds, theirs.cpu_seconds, "s"),
        Row("visits that never became usable", ours.unusable, theirs.unusable, "visits"),
    ]


@dataclass(frozen=True)
class Visitor:
    """Who comes to a page again and again; `usable` is JavaScript of `bench.visits`."""

    browser: Browser
    product: Running
    path: str
    readers: Sequence[str] = ()
    """Whose accounts take turns; none where nobody signs in."""
    usable: str = AN_EXERCISE

    def measure(self, rounds: int) -> Measured:
        """Come as somebody new, with a poor network, then once more; at last unhindered."""
        first: list[Visit] = []
        second: list[Visit] = []
        unusable = 0
        for number in range(rounds):
            with self._context(number) as context:
                # first with an empty cache, then in a new tab with what that visit left there
                for visits, is_first in ((first, True), (second, False)):
                    visit, failed = self._visit(context, is_first)
                    visits.append(visit)
                    unusable += failed
        return Measured(_medians(first), _medians(second), self._cpu_per_view(), unusable)

    @contextmanager
    def _context(self, number: int) -> Iterator[BrowserContext]:
        context = self.browser.new_context(locale="bn-BD")
        if self.readers:
            sign_in(context, self.product.address, self.readers[number % len(self.readers)])
        yield context
        context.close()

    def _visit(self, context: BrowserContext, is_first: bool) -> tuple[Visit, int]:
        """Visit until the page becomes usable; return that visit, and how many failed before it."""
        for failed in range(TRIES):
            phone = Phone(context, poor=True, usable=self.usable)
            if is_first:
                phone.forget_cache()
            try:
                return phone.visit(self._address, limit_seconds=LIMIT_SECONDS), failed
            except TimeoutError:
                continue
            finally:
                phone.leave()
        raise RuntimeError(f"{self._address} never became usable, {TRIES} times in a row")

    def _cpu_per_view(self) -> float:
        """Open the page several times on an unhindered browser; share out the server's CPU time."""
        used = 0.0
        for number in range(VIEWS_FOR_CPU):
            with self._context(number) as context:
                before = cpu_seconds(self.product.pid)
                phone = Phone(context, poor=False, usable=self.usable)
                phone.visit(self._address)
                used += cpu_seconds(self.product.pid) - before
                phone.leave()
        return used / VIEWS_FOR_CPU

    @property
    def _address(self) -> str:
        return self.product.address + self.path


def _medians(visits: list[Visit]) -> list[float]:
    return [statistics.median(getattr(visit, field) for visit in visits) for _, field, _ in FIGURES]


def sign_in(context: BrowserContext, address: str, name: str = "teacher") -> None:
    """Sign a context's pages in as one of the demo teachers, by cookies alone: nothing of ours
    is in the context's caches yet, and no service worker is at work there."""
    assert context.browser is not None
    elsewhere = context.browser.new_context()
    page = elsewhere.new_page()
    page.goto(f"{address}/services/portal/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{address}/services/portal/**")
    context.add_cookies(elsewhere.cookies())  # type: ignore[arg-type]
    elsewhere.close()
