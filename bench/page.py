"""A module's page beside the same notebook in stock Voila, on a cheap phone with a poor network.

Fast 3G is 1.6 Mbit/s down and 150 ms; the CPU is four times slower (`bench.visits`).
"""

import statistics
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.browser import FLAGS, find_chromium
from bench.processes import cpu_seconds
from bench.products import PASSWORD, ROOT, Running, pathshala, stock_voila
from bench.rows import Row
from bench.visits import Phone, Visit

COURSE, NOTEBOOK, MODULE = "active-learning", "01-pair-talk.ipynb", "pair-talk"
OUR_PATH = f"/services/portal/courses/{COURSE}/{MODULE}"
OUR_ROUNDS, STOCK_ROUNDS = 3, 1  # a poor visit to stock Voila takes minutes
VIEWS_FOR_CPU = 5
FIGURES = (
    ("on the wire", "bytes", "bytes"),
    ("requests", "requests", "requests"),
    ("text readable", "readable_seconds", "s"),
    ("first exercise usable", "usable_seconds", "s"),
)


@dataclass(frozen=True)
class Measured:
    """Medians of one product: a first and a second visit, and server CPU seconds per view."""

    first: list[float]
    second: list[float]
    cpu_seconds: float


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
    return [*rows, Row("server CPU per page view", ours.cpu_seconds, theirs.cpu_seconds, "s")]


def _measure(
    browser: Browser, product: Running, path: str, rounds: int, *, sign_in: bool
) -> Measured:
    context = browser.new_context(locale="bn-BD")
    if sign_in:
        _sign_in(context, product.address)
    address = product.address + path
    pairs = [_first_and_second(context, address) for _ in range(rounds)]
    cpu = _cpu_per_view(context, product, address)
    context.close()
    return Measured(_medians([a for a, _ in pairs]), _medians([b for _, b in pairs]), cpu)


def _first_and_second(context: BrowserContext, address: str) -> tuple[Visit, Visit]:
    """Visit with an empty cache, then again in a new tab with what the first visit left there."""
    first, second = Phone(context, poor=True), Phone(context, poor=True)
    first.forget_cache()
    visits = [first.visit(address)]
    first.page.close()
    visits.append(second.visit(address))
    second.page.close()
    return visits[0], visits[1]


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
