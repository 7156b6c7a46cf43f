"""Makes the tables of a finished page usable on a phone, and by ear.

Works on HTML that `safe_html` has cleaned. A wide or a long table stands in a region of its own
that a thumb or the keyboard scrolls; a header cell says for what; a number stands like a number.
"""

import re
from collections.abc import Iterator
from html import escape, unescape

from publishing.safe_html import ATTRIBUTES_OF_TAG
from publishing.texts import in_digits

MOST_COLUMNS, MOST_ROWS = 2, 12  # that a phone shows without scrolling inside
WORDS = {"bn": "সারণি", "en": "Table"}

_TABLE = re.compile(rf"<(/?)table{ATTRIBUTES_OF_TAG}>")
_PART = re.compile(rf"<(/?)(thead|tr|th|td)({ATTRIBUTES_OF_TAG})>")
_EMPTY_HEADER = re.compile(rf"<th({ATTRIBUTES_OF_TAG})>\s*</th>")
_NUMBER = re.compile(rf"<td({ATTRIBUTES_OF_TAG})>(\s*[-+−]?[\d০-৯][\d০-৯.,:/\s]*(?:%\s*)?)</td>")
_CAPTION = re.compile(rf"<caption{ATTRIBUTES_OF_TAG}>(.*?)</caption>", re.S)
_SPAN = re.compile(r'(col|row)span="([2-9]|\d\d+)"')


def present_tables(html: str, language: str) -> str:
    """Return the page with its tables told by number, each cell and region as it should be."""
    shown: list[str] = []
    after = 0
    for number, (start, end) in enumerate(_outer_tables(html), 1):
        shown += [html[after:start], _present(html[start:end], number, language)]
        after = end
    return "".join([*shown, html[after:]])


def _outer_tables(html: str) -> Iterator[tuple[int, int]]:
    depth = start = 0
    for tag in _TABLE.finditer(html):
        if tag[1]:
            depth -= 1
            if depth == 0:
                yield start, tag.end()
        else:
            start = start if depth else tag.start()
            depth += 1


def _present(table: str, number: int, language: str) -> str:
    columns, rows = _size(table)
    table = _NUMBER.sub(r'<td\1 class="number">\2</td>', _with_scopes(table))
    is_long = rows > MOST_ROWS
    if columns <= MOST_COLUMNS and not is_long:
        return table
    name = f"{WORDS[language]} {in_digits(number, language)}"
    if caption := _CAPTION.search(table):
        name += f": {unescape(re.sub(r'<[^>]*>', '', caption[1])).strip()}"
    return (
        f'<div class="scrolling{" long" if is_long else ""}" role="region" '
        f'aria-label="{escape(name)}" tabindex="0">{table}</div>'
    )


def _size(table: str) -> tuple[int, int]:
    """Return the most cells of a row, and how many rows there are."""
    rows = re.split(r"<tr\b", table)[1:]
    return max((len(re.findall(r"<t[hd]\b", row)) for row in rows), default=0), len(rows)


def _with_scopes(table: str) -> str:
    """Say of each header cell whether it heads a column or a row; an empty one heads nothing."""
    in_head = False

    def scope(tag: re.Match[str]) -> str:
        nonlocal in_head
        ends, name, attributes = tag.groups()
        if name == "thead":
            in_head = not ends
        if name != "th" or ends or "scope=" in attributes:
            return tag[0]
        span = dict(_SPAN.findall(attributes))
        of = "col" if in_head else "row"
        return f'<th{attributes} scope="{of}{"group" if of in span else ""}">'

    return _PART.sub(scope, _EMPTY_HEADER.sub(r"<td\1></td>", table))
