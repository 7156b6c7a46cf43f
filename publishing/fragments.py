"""Makes a rendered fragment safe HTML: the allow-list of what an instant page can show.

Widgets are `page`'s. What needs a kernel or a script is told, and not shown.
"""

import base64
import json
import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from html import escape
from typing import Any

from publishing.links import Links
from publishing.media import Media, MediaProblem
from publishing.outline import Cell
from publishing.render import Fragment
from publishing.safe_html import ACTIVE, ATTRIBUTES_OF_TAG, clean, text_block
from publishing.texts import in_language, is_text

NEEDS_SCRIPT = ACTIVE - {"link", "meta", "base", "svg", "noscript", "template"}

# what a system without a network says, whichever library asked it
OFFLINE = re.compile(
    "name resolution|Name or service not known|Network is unreachable|nodename nor servname"
    "|Could not resolve host|NameResolutionError"
)


@dataclass(frozen=True)
class SafeFragments:
    """Makes fragments of one module safe. `anchors` are the ids of its exercises; `find` hears of
    findings, `needs_kernel` of what an instant page cannot show."""

    media: Media
    links: Links
    anchors: Set[str]
    find: Callable[[str, dict[str, Any]], None]
    needs_kernel: Callable[[str], None]

    def html(self, fragment: Fragment, cell: Cell, language: str) -> str | None:
        """Return safe HTML of a fragment that is no widget, or None and a finding."""
        kind, body = fragment.kind, fragment.body
        alt, caption = (_setting(cell, name, language) for name in ("alt", "caption"))
        if kind == "stdout":
            return text_block(body) if body.strip() else None
        if kind == "stderr":
            self.find("said-on-the-side", {"reason": body.strip()[-200:]})
            return None
        if kind == "error":
            self.find(*why_it_failed(body.strip()[:200]))
            return None
        if kind == "other":
            self.needs_kernel(_names(body))
            return None
        if kind in ("picture", "svg"):
            address = body.strip() if kind == "picture" else _svg_address(body)
            body = _figure(address, alt or _words(fragment.words), caption)
        elif caption and cell.kind == "code" and "<caption" not in body:
            head = f"<caption>{escape(caption)}</caption>"
            body = re.sub(r"<table\b[^>]*>", lambda tag: tag[0] + head, body, count=1)
        cleaned = clean(body, picture=self._picture, link=self.links.address, anchors=self.anchors)
        active = [part for part in cleaned.removed if part in NEEDS_SCRIPT or part.startswith("on")]
        if active and cell.kind == "code":
            self.needs_kernel(f"HTML: {', '.join(active)}")
            return None
        if cleaned.removed:
            self.find("html-removed", {"removed": ", ".join(cleaned.removed)})
        return self._finish_pictures(cleaned.html)

    def _picture(self, source: str) -> str | None:
        try:
            return self.media.picture(source).address
        except MediaProblem as problem:
            self.find(problem.rule, problem.facts)
            return None

    def _finish_pictures(self, html: str) -> str:
        """Give pictures their size, so that text does not jump; drop those that have no source."""

        def finish(match: re.Match[str]) -> str:
            found = re.search(r'src="[^"]*media/([0-9a-f]{64})\.(\w+)"', match[0])
            if not found:
                return ""
            picture = self.media.files[found[1]]
            tag = match[0]
            if 'alt="' not in tag:
                tag = tag.replace("<img ", '<img alt="" ', 1)
            if 'alt=""' in tag:
                self.find("picture-without-words", {"path": f"{found[1][:8]}….{found[2]}"})
            if picture.width:
                size = f'<img width="{picture.width}" height="{picture.height}" '
                tag = tag.replace("<img ", size, 1)
            return tag

        return re.sub(rf"<img{ATTRIBUTES_OF_TAG}>", finish, html)


def why_it_failed(said: str) -> tuple[str, dict[str, Any]]:
    """Return the finding for an error, as Python words it; two kinds have a cure of their own."""
    package = re.match(r"ModuleNotFoundError: No module named '([\w.]+)'", said)
    if package:
        return "package-missing", {"name": package[1]}
    return "network-missing" if OFFLINE.search(said) else "cell-failed", {"reason": said}


def one_first_heading(html: str, title: str) -> str:
    """Keep the first h1 if it opens the page, else put the title there; further ones become h2.
    A repeated id is dropped."""
    opens = re.match(r"<section[^>]*>\s*<h1\b", html)
    head = "" if opens else f'<h1 dir="auto">{title}</h1>\n'
    start = html.index("</h1>") + 5 if opens else 0
    rest = re.sub(r"<(/?)h1\b", r"<\1h2", html[start:])
    seen: set[str] = set()

    def once(match: re.Match[str]) -> str:
        if match[1] in seen:
            return ""
        seen.add(match[1])
        return match[0]

    return re.sub(r' id="(m-[^"]*)"', once, head + html[:start] + rest)


def _setting(cell: Cell, name: str, language: str) -> str:
    """Return a text that a trainer wrote into a cell's metadata, such as `pathshala.alt`."""
    text = (cell.settings or {}).get(name)
    return in_language(text, language).strip() if is_text(text) else ""


def _words(plain: str) -> str:
    """Return a picture's plain text if it says something: `<Figure size 640x480>` does not."""
    words = " ".join(plain.split())
    return "" if re.fullmatch(r"<.*>", words) else words


def _figure(address: str, alt: str, caption: str) -> str:
    picture = f'<img src="{escape(address)}" alt="{escape(alt)}">'
    return (
        f"<figure>{picture}<figcaption>{escape(caption)}</figcaption></figure>"
        if caption
        else f"<p>{picture}</p>"
    )


def _svg_address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.strip().encode()).decode()


def _names(body: str) -> str:
    try:
        return ", ".join(str(name) for name in json.loads(body))
    except ValueError:
        return "?"
