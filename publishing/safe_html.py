"""Makes hostile HTML safe to stand on a page: no script, style, form or frame; links to the web,
to mail and to places on the page alone; pictures only where the caller allows each.
"""

import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from urllib.parse import unquote

import nh3
from pygments.token import STANDARD_TYPES

from publishing.texts import in_digits

ID_PREFIX = "m-"
LONGEST_START = 10  # digits of the number with which a list begins
# How cleaned HTML writes the attributes of a tag; a value may hold anything but its quotes.
ATTRIBUTES_OF_TAG = r"""(?:\s[^>"]*(?:"[^"]*"[^>"]*)*)?"""
# Each takes its direction from its own first letter. A list does so as a whole, or the mark of an
# item would stand on the side where there is no room for it.
# fmt: off
BLOCKS = (
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "td", "th", "caption", "figcaption",
    "blockquote", "dt", "dd",
)
# fmt: on
# fmt: off
TAGS = frozenset((
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "blockquote", "dt", "dd", "ul",
    "ol", "dl", "table", "thead", "tbody", "tfoot", "tr", "caption", "colgroup", "col", "pre",
    "code", "kbd", "samp", "var", "div", "span", "br", "hr", "a", "img", "b", "i", "u", "s",
    "em", "strong", "small", "sub", "sup", "mark", "del", "ins", "q", "cite", "abbr", "dfn",
    "bdi", "bdo", "ruby", "rt", "rp", "wbr", "figure", "figcaption", "details", "summary",
))
MATHS = frozenset((
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot",
    "mstyle", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts",
    "mprescripts", "mtable", "mtr", "mtd", "mpadded", "mphantom", "menclose", "mfenced",
    "merror", "none",
))
# fmt: on
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "ol": {"start", "type"},
    "bdo": {"dir"},
    "abbr": {"title"},
    "details": {"open"},
    "math": {"display"},
    "mo": {"stretchy", "fence", "separator", "form", "lspace", "rspace", "largeop"},
    "mi": {"mathvariant"},
    "mspace": {"width"},
    "mfrac": {"linethickness"},
    "mtable": {"columnalign", "rowspacing", "columnspacing"},
    "mtd": {"columnalign"},
    "menclose": {"notation"},
    "*": {"id", "lang"},
}
# With their content, which is no text for readers.
GONE = {"script", "style", "template", "svg", "noscript", "object", "iframe", "textarea", "select"}
ACTIVE = frozenset(
    {
        "script",
        "iframe",
        "frame",
        "object",
        "embed",
        "form",
        "input",
        "button",
        "textarea",
        "select",
    }
    | {"link", "meta", "base", "svg", "video", "audio", "noscript", "template"}
)
FORMULA = r'<p dir="auto">(\s*<math display="block")'  # wider than a phone, it scrolls by itself
HIGHLIGHT = {name for name in STANDARD_TYPES.values() if name}


@dataclass(frozen=True)
class Cleaned:
    """HTML that is safe, and which active parts were left out, such as "script" or "onclick"."""

    html: str
    removed: tuple[str, ...]


def clean(
    html: str,
    *,
    picture: Callable[[str], str | None],
    link: Callable[[str], str | None],
    anchors: Set[str],
) -> Cleaned:
    """Return safe HTML. Ids get a prefix, so that they cannot pose as ours; links to `anchors` (ids
    that are ours) keep them. `picture` turns an image's source into its address, `link` a link to
    a file; None leaves it out."""

    failures: list[Exception] = []

    def attribute(tag: str, name: str, value: str) -> str | None:
        if (tag == "img" and name == "src") or (name == "href" and _is_to_a_file(value)):
            try:
                return (link if name == "href" else picture)(value)
            except Exception as error:  # nh3 would go on, and keep the source
                failures.append(error)
                return None
        if name == "id" and re.search(r"\s", value):
            return None
        if name == "href":
            return _link(value, anchors)
        if name == "lang":
            return value if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value) else None
        return value

    cleaned = nh3.clean(
        html,
        tags=set(TAGS | MATHS),
        clean_content_tags=GONE,
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        allowed_classes={"div": {"highlight", "notes"}, "span": HIGHLIGHT},
        set_tag_attribute_values={
            **{block: {"dir": "auto"} for block in BLOCKS},
            "pre": {"dir": "ltr", "tabindex": "0"},
            "code": {"dir": "ltr"},
            "img": {"loading": "lazy", "decoding": "async"},
        },
        url_schemes={"http", "https", "mailto", "data", "file"},  # judged above
        id_prefix=ID_PREFIX,
    )
    if failures:
        raise failures[0]
    cleaned = re.sub(r'(<li[^>]*>\s*)<p dir="auto">', r"\1<p>", cleaned)  # as its list goes
    cleaned = re.sub(FORMULA, r'<p class="formula" tabindex="0">\1', cleaned)
    return Cleaned(cleaned, _find_active(html))


def plain_text(html: str, language: str = "en") -> tuple[str, str]:
    """Return the last heading of safe HTML, and its text without headings; lists keep their marks,
    in the language's digits."""
    reader = _Text(language)
    reader.feed(html)
    reader.close()
    return reader.heading.strip(), re.sub(r"\s*\n\s*", "\n", reader.words).strip()


def text_block(text: str) -> str:
    """Return a program's output as HTML."""
    return f'<pre dir="auto" tabindex="0">{escape(text.rstrip())}</pre>'


def _link(value: str, anchors: Set[str]) -> str | None:
    if value.startswith("#"):
        name = unquote(value[1:])
        return f"#{name}" if name in anchors else f"#{ID_PREFIX}{name}"
    scheme = value.partition(":")[0].strip().lower()
    return value if scheme in ("http", "https", "mailto") and ":" in value else None


def _is_to_a_file(value: str) -> bool:
    """Whether a link leads neither to the web nor to a place on the page."""
    path = value.partition("#")[0]
    return bool(path) and not re.match(r"[\s/\\]|[^/?]*:", path)


def _find_active(html: str) -> tuple[str, ...]:
    finder = _Active()
    finder.feed(html)
    finder.close()
    return tuple(dict.fromkeys(finder.found))


class _Active(HTMLParser):
    """Collects what is left out and would have done something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name.startswith("data-"):
                self.found.append(name)
            if name in ("href", "src") and re.match(
                r"\s*(javascript|vbscript):", value or "", re.I
            ):
                self.found.append("javascript:")


class _Text(HTMLParser):
    def __init__(self, language: str) -> None:
        super().__init__()
        self.heading, self.words, self._in_heading = "", "", False
        self._language = language
        self._lists: list[int | None] = []  # the number of each open list's next item, if any

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self.heading, self._in_heading = "", True
        elif tag == "li":
            self.words += f"\n{self._mark()} "
        elif tag in ("ol", "ul"):
            first = dict(attrs).get("start") or "1"
            is_number = first.isdecimal() and len(first) < LONGEST_START
            self._lists.append(int(first) if tag == "ol" and is_number else None)
        elif tag in ("p", "br", "tr", "pre") and not self.words.endswith((". ", "• ")):
            self.words += "\n"
        elif tag == "td":
            self.words += " "

    def handle_endtag(self, tag: str) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self._in_heading = False
        elif tag in ("ol", "ul") and self._lists:
            self._lists.pop()

    def _mark(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "•"
        self._lists[-1] = number + 1
        return f"{in_digits(number, self._language)}."

    def handle_data(self, data: str) -> None:
        if self._in_heading:
            self.heading += data
        else:
            self.words += data
