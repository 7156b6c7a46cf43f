"""Visit a page as a cheap phone on a poor network does, and say what it weighed and took.

Bytes are those on the wire (`encodedDataLength` of the DevTools protocol). Seconds count from
the start of the navigation, inside the page, so that driving the browser costs nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, CDPSession, Page, Request, TimeoutError

from bench.waiting import wait_until

FAST_3G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOWER_CPU = 4
PHONE = {"width": 360, "height": 640}

# Tells, looking ten times a second, when a paragraph is first seen and when the page is usable.
# Looking at every frame would be work for the page that is measured: each look lays it out.
_WATCH = """
((isUsable) => {
  const visible = (e) => e && e.getClientRects().length > 0 &&
    getComputedStyle(e).visibility !== 'hidden' && getComputedStyle(e).opacity !== '0';
  const isReadable = () => [...document.querySelectorAll('p')].some(
    (e) => e.textContent.trim().length > 20 && visible(e));
  const ahead = {readable: isReadable, usable: isUsable};
  const look = () => {
    for (const [what, holds] of Object.entries(ahead)) {
      if (!holds(visible)) continue;
      delete ahead[what];
      window.noted(what, performance.timeOrigin + performance.now());
    }
    if (Object.keys(ahead).length) setTimeout(look, 100);
  };
  setTimeout(look, 100);
})(%s)
"""
_IS_KEPT = """
async () => {
  const language = document.documentElement.lang
  return Boolean(await caches.match(`${location.pathname}?lang=${language}`, {ignoreVary: true}))
}
"""
# What makes a page usable: JavaScript that gives a function of `visible`.
AN_EXERCISE = """
(visible) => [...document.querySelectorAll('input[type=radio]:not([disabled])')].some(
  (e) => visible(e.closest('label, .v-selection-control') || e))
"""
# presses an arrow until the slider's value shows in what the kernel says
A_SLIDER = """
(() => {
  let looks = 0;
  const answers = () => [...document.querySelectorAll('.widget-label')].some(
    (e) => /^[4-9] সেকেন্ড: /.test(e.textContent.trim()));
  return (visible) => {
    const handle = document.querySelector('.noUi-handle');
    if (!visible(handle)) return false;
    if (looks++ % 20 === 0) handle.dispatchEvent(
      new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true, cancelable: true}));
    return answers();
  };
})()
"""


@dataclass
class Visit:
    """What one visit weighed (bytes, requests) and took (seconds)."""

    bytes: int = 0
    requests: int = 0
    readable_seconds: float = 0.0
    usable_seconds: float = 0.0
    foreign: list[str] = field(default_factory=list)
    by_address: dict[str, int] = field(default_factory=dict)

    def heaviest(self) -> str:
        """Return a line of bytes and address for each thing that came, the heaviest first."""
        weighed = sorted(self.by_address.items(), key=lambda each: -each[1])
        return "\n".join(f"{size} {address}" for address, size in weighed)


class Phone:
    """A browser page at 360x640, on fast 3G with a four times slower CPU when `poor`."""

    def __init__(self, context: BrowserContext, *, poor: bool, usable: str = AN_EXERCISE) -> None:
        self.page: Page = context.new_page()
        self._is_first = False
        self._noted: dict[str, float] = {}  # of the page or a frame in it, whichever came first
        self.page.expose_function("noted", self._note)
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self._devtools: CDPSession = context.new_cdp_session(self.page)
        self._devtools.send("Network.enable")
        self.page.add_init_script(_WATCH % usable)
        if poor:
            self._devtools.send("Network.emulateNetworkConditions", FAST_3G)
            self._devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})

    def _note(self, what: str, at: float) -> None:
        self._noted.setdefault(what, at)

    def forget_cache(self) -> None:
        """Come without HTTP cache and service worker; cookies and what the page stored stay."""
        self._devtools.send("Network.clearBrowserCache")
        self._is_first = True

    def lose_network(self) -> None:
        """Let nothing through any more, neither to pages nor to the worker behind them."""
        self.page.context.set_offline(True)
        self._devtools.send("Network.emulateNetworkConditions", FAST_3G | {"offline": True})

    def visit(
        self,
        address: str,
        *,
        exercise: bool = True,
        kept: bool = False,
        limit_seconds: float = 240,
    ) -> Visit:
        """Open `address`; over once text is readable, the page usable and the network idle, and,
        where it is to be `kept`, the service worker has it for the next time."""
        if self._is_first:
            parts = urlsplit(address)
            origin, kinds = f"{parts.scheme}://{parts.netloc}", "service_workers,cache_storage"
            self._devtools.send(
                "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kinds}
            )
            self._is_first = False
        visit, wanted = Visit(), {"readable", "usable"} if exercise else {"readable"}
        self._noted.clear()
        with self._counting(visit, urlsplit(address).netloc):
            self.page.goto(address, wait_until="commit", timeout=limit_seconds * 1000)
            began = self.page.evaluate("performance.timeOrigin")
            until = monotonic() + limit_seconds
            while not wanted <= self._noted.keys():
                if monotonic() > until:
                    raise TimeoutError(f"{address} is not usable after {limit_seconds} s")
                self.page.wait_for_timeout(200)
            self.page.wait_for_load_state("networkidle", timeout=limit_seconds * 1000)
            if kept:
                wait_until(lambda: bool(self.page.evaluate(_IS_KEPT)), seconds=60)
        visit.readable_seconds = (self._noted["readable"] - began) / 1000
        visit.usable_seconds = (self._noted.get("usable", began) - began) / 1000
        return visit

    def leave(self) -> None:
        """Close the tab as a reader does; the page may say goodbye to its server."""
        with self.page.expect_event("close"):
            self.page.close(run_before_unload=True)

    @contextmanager
    def _counting(self, visit: Visit, origin: str) -> Iterator[None]:
        """Add to `visit` what comes, until the end of the block; what sockets bring, unpacked."""
        of_request: dict[str, str] = {}
        of_worker: list[Request] = []

        def asked(request: Request) -> None:
            if request.service_worker is not None:
                of_worker.append(request)

        def sent(event: dict[str, Any]) -> None:
            url = event["request"]["url"]
            if url.startswith(("data:", "blob:")):
                return
            visit.requests += 1
            visit.bytes += int(event.get("redirectResponse", {}).get("encodedDataLength", 0))
            of_request[event["requestId"]] = url
            if urlsplit(url).netloc != origin:
                visit.foreign.append(url)

        def finished(event: dict[str, Any]) -> None:
            if url := of_request.get(event["requestId"]):
                visit.bytes += int(event["encodedDataLength"])
                visit.by_address[url] = int(event["encodedDataLength"])

        def heard(event: dict[str, Any]) -> None:
            visit.bytes += len(event["response"]["payloadData"])

        listeners = {
            "Network.requestWillBeSent": sent,
            "Network.loadingFinished": finished,
            "Network.webSocketFrameReceived": heard,
        }
        for name, listener in listeners.items():
            self._devtools.on(name, listener)
        self.page.context.on("requestfinished", asked)
        try:
            yield
        finally:
            self.page.context.remove_listener("requestfinished", asked)
            for request in of_worker:
                sizes = request.sizes()
                size = sizes["responseBodySize"] + sizes["responseHeadersSize"]
                if size > 0:  # else it came from the browser's own cache
                    visit.bytes += size
                    visit.requests += request.url not in visit.by_address
                    visit.by_address[f"{request.url} (worker)"] = size
            for name, listener in listeners.items():
                self._devtools.remove_listener(name, listener)
