"""The memory of every process after many page views, beside stock Voila's.

Ours is asked a thousand times for what one view of a module asks for. Stock Voila starts a kernel
for each view, so it gets a few views by a real browser, each tab closed again; growth is per view.
PSS is counted: memory that processes share counts once.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from playwright.sync_api import sync_playwright

from bench.browser import FLAGS, find_chromium
from bench.page import COURSE, MODULE, NOTEBOOK, OUR_PATH
from bench.processes import memory_megabytes
from bench.products import PASSWORD, ROOT, pathshala, stock_voila
from bench.rows import Row
from bench.visits import Phone

OUR_VIEWS, STOCK_VIEWS = 1000, 10
WARM_UP = 20  # what the first readers cost once: caches, connections
API = "/services/portal/api/"
ASKED = (OUR_PATH, f"{API}me", f"{API}courses/{COURSE}/{MODULE}/mine")


def measure() -> list[Row]:
    """Compare all memory before and after, and its growth for each view."""
    with pathshala() as product, signed_in(product.address) as reader:
        _view(reader, WARM_UP)
        ours_before = memory_megabytes(product.pid)
        _view(reader, OUR_VIEWS)
        ours_after = memory_megabytes(product.pid)
    with stock_voila(ROOT / "courses" / COURSE, NOTEBOOK) as product:
        theirs_before = memory_megabytes(product.pid)
        _open_and_close(product.address, STOCK_VIEWS)
        theirs_after = memory_megabytes(product.pid)
    before, after = sum(ours_before.values()), sum(ours_after.values())
    stock_before, stock_after = sum(theirs_before.values()), sum(theirs_after.values())
    return [
        Row("all processes, before", before, stock_before, "MB"),
        Row(f"all processes, after {OUR_VIEWS} ({STOCK_VIEWS}) views", after, stock_after, "MB"),
        Row(
            "growth per view",
            max(0.0, after - before) / OUR_VIEWS,
            (stock_after - stock_before) / STOCK_VIEWS,
            "MB",
        ),
        *(
            Row(f"{kind}, after the views", ours_after.get(kind, 0.0), theirs_after.get(kind), "MB")
            for kind in dict.fromkeys((*ours_after, "kernel"))
        ),
    ]


@contextmanager
def signed_in(address: str, name: str = "teacher") -> Iterator[httpx.Client]:
    """Give a client with the session that a reader's browser would have."""
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as reader:
        page = reader.get("/services/portal/", headers={"Sec-Fetch-Mode": "navigate"})
        token = page.text.split('name="_xsrf" value="')[1].split('"')[0]
        answer = reader.post(
            page.url,
            data={"username": name, "password": PASSWORD, "_xsrf": token},
            headers={"Sec-Fetch-Mode": "navigate", "Origin": address},
        )
        answer.raise_for_status()
        yield reader


def _view(reader: httpx.Client, times: int) -> None:
    for _ in range(times):
        for path in ASKED:
            reader.get(path).raise_for_status()


def _open_and_close(address: str, times: int) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for _ in range(times):
            phone = Phone(browser.new_context(locale="bn-BD"), poor=False)
            phone.visit(address)
            phone.page.close(run_before_unload=True)
            phone.page.context.close()
        browser.close()
