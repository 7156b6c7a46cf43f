"""A person who has no mouse and may not see: keys, focus, and Chromium's accessibility tree."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import CDPSession, Page

from bench.waiting import wait_until

MOST_TABS = 150
# A line around the focus; its frame may carry it.
HAS_LINE = """() => {
  const element = document.activeElement
  const frame = element.closest(".v-field, .v-selection-control__input") ?? element
  return [element, frame].some((one) => {
    const style = getComputedStyle(one)
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
  })
}"""
# Nothing upon the focus. The page may still be scrolling to it, so this is waited for.
LIES_FREE = """() => {
  const element = document.activeElement
  const frame = element.closest(".v-field, .v-selection-control__input") ?? element
  const box = element.getBoundingClientRect()
  return [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8]].some(([x, y]) => {
    const upon = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y)
    return upon && (element.contains(upon) || upon.contains(element) ||
      upon.closest("label")?.contains(element) || frame.contains(upon))
  })
}"""
SECONDS_TO_SCROLL = 5


@dataclass(frozen=True)
class Heard:
    """What a screen reader says of one thing."""

    role: str
    name: str
    description: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class Keyboard:
    """Goes through a page by Tab alone; every stop must be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._devtools: CDPSession = page.context.new_cdp_session(page)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, role: str, name: str, key: str = "Tab") -> Heard:
        """Press Tab until the focus is on this role with this beginning of a name."""
        stops = []
        for _ in range(MOST_TABS):
            self.press(key)
            heard = self.focused()
            if self.page.evaluate("document.activeElement === document.body"):
                continue  # the browser's own bar, between the last and the first stop
            stops.append(f"{heard.role} “{heard.name}”")
            assert self.page.evaluate(HAS_LINE), f"no line around {stops[-1]}"
            self._lies_free(stops[-1])
            if heard.role == role and heard.name.startswith(name):
                return heard
        raise AssertionError(f"{role} “{name}” is not among {stops}")

    def _lies_free(self, stop: str) -> None:
        try:
            wait_until(lambda: self.page.evaluate(LIES_FREE), seconds=SECONDS_TO_SCROLL)
        except TimeoutError:
            raise AssertionError(f"something lies upon {stop}") from None

    def focused(self) -> Heard:
        """What has the focus."""
        found = self._devtools.send("Runtime.evaluate", {"expression": "document.activeElement"})
        node = {"objectId": found["result"]["objectId"], "fetchRelatives": False}
        return _heard(self._devtools.send("Accessibility.getPartialAXTree", node)["nodes"][0])

    def all(self, role: str) -> list[Heard]:
        """All things of a role, in their order on the page."""
        nodes = self._devtools.send("Accessibility.getFullAXTree")["nodes"]
        heard = [_heard(node) for node in nodes if not node.get("ignored")]
        return [each for each in heard if each.role == role]

    def hears(self, words: str, role: str = "status") -> None:
        """Wait until a status or an alert says this."""

        def said() -> bool:
            return bool(
                self.page.locator(f"[role={role}]", has_text=words).filter(visible=True).count()
            )

        wait_until(said, seconds=15)


def _heard(node: dict[str, Any]) -> Heard:
    def value(of: str) -> str:
        return str(node.get(of, {}).get("value", ""))

    facts = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
    return Heard(value("role"), value("name"), value("description"), facts)
