"""Visit a page as a cheap phone on a poor network does, and say what it weighed and took.

Bytes are those on the wire (`encodedDataLength` of the DevTools protocol). Seconds count from
the start of the navigation, inside the page, so that driving the browser costs nothing.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, CDPSession, Page

FAST_3G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOWER_CPU = 4
PHONE = {"width": 360, "height": 640}

# Notes, ten times a second, when a paragraph and a radio button are first seen. Looking at every
# frame would be work for the page that is measured: each look makes the browser lay it out.
_WATCH = """
(() => {
  const seen = (window.__seen = {});
  const visible = (e) => e && e.getClientRects().length > 0 &&
    getComputedStyle(e).visibility !== 'hidden' && getComputedStyle(e).opacity !== '0';
  const text = () => [...document.querySelectorAll('p')].find(
    (e) => e.textContent.trim().length > 20 && visible(e));
  const control = () => [...document.querySelectorAll('input[type=radio]:not([disabled])')].find(
    (e) => visible(e.closest('label, .v-selection-control') || e));
  const look = () => {
    if (!seen.text && text()) seen.text = performance.now();
    if (!seen.control && control()) seen.control = performance.now();
    if (!seen.text || !seen.control) setTimeout(look, 100);
  };
  setTimeout(look, 100);
})();
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


class Phone:
    """A browser page at 360x640, on fast 3G with a four times slower CPU when `poor`."""

    def __init__(self, context: BrowserContext, *, poor: bool) -> None:
        self.page: Page = context.new_page()
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self._devtools: CDPSession = context.new_cdp_session(self.page)
        self._devtools.send("Network.enable")
        self.page.add_init_script(_WATCH)
        if poor:
            self._devtools.send("Network.emulateNetworkConditions", FAST_3G)
            self._devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})

    def forget_cache(self) -> None:
        """Empty the HTTP cache; cookies and what the page stored stay."""
        self._devtools.send("Network.clearBrowserCache")

    def visit(self, address: str, *, exercise: bool = True, limit_seconds: float = 240) -> Visit:
        """Open `address`; readable when a paragraph shows, usable when a radio button does."""
        visit, of_request = Visit(), {}
        origin = urlsplit(address).netloc

        def sent(event: dict[str, Any]) -> None:
            url = event["request"]["url"]
            if url.startswith(("data:", "blob:")):
                return
            visit.requests += 1
            of_request[event["requestId"]] = url
            if urlsplit(url).netloc != origin:
                visit.foreign.append(url)

        def finished(event: dict[str, Any]) -> None:
            if url := of_request.get(event["requestId"]):
                visit.bytes += int(event["encodedDataLength"])
                visit.by_address[url] = int(event["encodedDataLength"])

        self._devtools.on("Network.requestWillBeSent", sent)
        self._devtools.on("Network.loadingFinished", finished)
        self.page.goto(address, wait_until="commit", timeout=limit_seconds * 1000)
        self.page.wait_for_function(
            "exercise => window.__seen?.text && (window.__seen.control || !exercise)",
            arg=exercise,
            polling=500,
            timeout=limit_seconds * 1000,
        )
        self.page.wait_for_load_state("networkidle", timeout=limit_seconds * 1000)
        seen = self.page.evaluate("window.__seen")
        visit.readable_seconds = seen["text"] / 1000
        visit.usable_seconds = seen.get("control", 0) / 1000
        self._devtools.remove_listener("Network.requestWillBeSent", sent)
        self._devtools.remove_listener("Network.loadingFinished", finished)
        return visit
