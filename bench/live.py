"""Live pages beside stock Voila in the same run: kernels, visits, many readers at once."""

from playwright.sync_api import sync_playwright

from bench import kernels, live_course, open_pages, page
from bench.browser import FLAGS, find_chromium
from bench.rows import Row
from bench.visits import A_SLIDER


def measure() -> list[Row]:
    """Compare what a kernel costs, how a reader gets the page, and what many cost."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        with live_course.ours() as (product, data):
            visitor = page.Visitor(browser, product, live_course.PAGE, page.READERS, A_SLIDER)
            our_visits = visitor.measure(page.OUR_ROUNDS)
            our_pages = open_pages.of_ours(product, data)
        with live_course.theirs() as product:
            visitor = page.Visitor(browser, product, "/", usable=A_SLIDER)
            their_visits = visitor.measure(page.STOCK_ROUNDS)
            their_pages = open_pages.of_theirs(product)
        browser.close()
    return [
        *kernels.rows(),
        *page.rows(our_visits, their_visits),
        *open_pages.rows(our_pages, their_pages),
    ]
