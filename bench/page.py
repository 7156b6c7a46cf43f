"""A module's page beside the same notebook in stock Voila, on a cheap phone with a poor network.

Fast 3G is 1.6 Mbit/s down and 150 ms; the CPU is four times slower (`bench.visits`).
"""

import statistics
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, TimeoutError, sync_playwright

from bench.browser import FLAGS, find_chromium
from bench.processes import cpu_seconds
from bench.products import PASSWORD, ROOT, Running, pathshala, stock_voila
from bench.rows import Row
from bench.visits import Phone, Visit

COURSE, NOTEBOOK, MODULE = "active-learning", "01-pair-talk.ipynb", "pair-talk"
OUR_PATH = f"/services/portal/courses/{COURSE}/{MODULE}"
OUR_ROUNDS, STOCK_ROUNDS = 3, 1  # a poor visit to stock Voila takes minutes
VIEWS_FOR_CPU = 5
TRIES = 4  # stock Voila sometimes loses its widgets on a poor network ("widget model not found")
LIMIT_SECONDS = 120
FIGURES = (
    ("on the wire", "bytes", "bytes"),
    ("requests", "requests", "requests"),
    ("text readable", "readable_seconds", "s"),
    ("first exercise usable", "usable_seconds", "s"),
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
            ours = _measure(browser, product, OUR_PATH, OUR_ROUNDS, sign_in=True)
        with stock_voila(ROOT / "courses" / COURSE, NOTEBOOK) as product:
            theirs = _measure(browser, product, "/", STOCK_ROUNDS, sign_in=False)
        browser.close()
    rows = [
        Row(f"{visit} visit: {name}", our, their, unit)
        for visit, of_ours, of_theirs in (
            ("first", ours.first, theirs.first),
            ("second", ours.second, theirs.second),
        )
        for (name, _, unit), our, their in zip(FIGURES, of_ours, of_theirs, strict=True)
    ]
    return [
        *rows,
        Row("server CPU per page view", ours.cpu_seconds, theirs.cpu_seconds, "s"),
        Row("visits that never became usable", ours.unusable, theirs.unusable, "visits"),
    ]


def _measure(
    browser: Browser, product: Running, path: str, rounds: int, *, sign_in: bool
) -> Measured:
    context = browser.new_context(locale="bn-BD")
    if sign_in:
        _sign_in(context, product.address)
    address = product.address + path
    first: list[Visit] = []
    second: list[Visit] = []
    unusable = 0
    for _ in range(rounds):
        # first with an empty cache, then in a new tab with what that visit left there
        for visits, is_first in ((first, True), (second, False)):
            visit, failed = _visit(context, address, is_first)
            visits.append(visit)
            unusable += failed
    cpu = _cpu_per_view(context, product, address)
    context.close()
    return Measured(_medians(first), _medians(second), cpu, unusable)


def _visit(context: BrowserContext, address: str, is_first: bool) -> tuple[Visit, int]:
    """Visit until the page becomes usable; return that visit, and how many failed before it."""
    for failed in range(TRIES):
        phone = Phone(context, poor=True)
        if is_first:
            phone.forget_cache()
        try:
            return phone.visit(address, limit_seconds=LIMIT_SECONDS), failed
        except TimeoutError:
            continue
        finally:
            phone.page.close()
    raise RuntimeError(f"{address} never became usable, {TRIES} times in a row")


def _cpu_per_view(context: BrowserContext, product: Running, address: str) -> float:
    """Open the page several times on an unhindered browser and share out the server's CPU time."""
    before = cpu_seconds(product.pid)
    for _ in range(VIEWS_FOR_CPU):
        phone = Phone(context, poor=False)
        phone.visit(address)
        phone.page.close()
    return (cpu_seconds(product.pid) - before) / VIEWS_FOR_CPU


def _medians(visits: list[Visit]) -> list[float]:
    return [statistics.median(getattr(visit, field) for visit in visits) for _, field, _ in FIGURES]


def _sign_in(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/services/portal/")
    page.fill("input[name=username]", "teacher")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{address}/services/portal/**")
    page.close()
