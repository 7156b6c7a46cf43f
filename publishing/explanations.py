"""What a quiz's hidden tests say to one who had an answer checked: why, and where to look again.

Literals that the tests assign to `why` and `look_again`. They are as secret as the tests, stay in
the source notebook, and are read only when an answer is checked.
"""

import ast
import html
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from publishing.exercises import Exercise
from publishing.outline import Cell
from publishing.texts import LANGUAGES, Text, in_language, is_text

NAMES = ("why", "look_again")
HEADING = re.compile(r'<h[1-6]\b[^>]*?\bid="([^"]+)"[^>]*>(.*?)</h[1-6]>', re.DOTALL)

Place = Text | float
"""The words of a heading, or a second of the page's first clip."""


@dataclass(frozen=True)
class Explanation:
    """`why` is a text for everybody ("" as its key), or one for some of the options' keys."""

    why: Mapping[str, Text] = field(default_factory=dict)
    look_again: Place | None = None


class Unreadable(ValueError):
    """A name of `NAMES` is assigned what it cannot be; its words are that name."""


def read_explanation(tests: Sequence[Cell]) -> Explanation:
    """Read what a quiz's tests assign; raise `Unreadable`."""
    found = dict(pair for cell in tests for pair in _assigned(cell.source))
    why, place = found.get("why"), found.get("look_again")
    if why is not None and not _is_why(why):
        raise Unreadable("why")
    if place is not None and not _is_second(place) and not is_text(place):
        raise Unreadable("look_again")
    return Explanation({"": why} if is_text(why) else why or {}, place)


def find_heading(page: str, words: str) -> str | None:
    """Return the id of the heading with these words on a page (HTML)."""
    wanted = words.split()
    for place, inside in HEADING.findall(page):
        if html.unescape(re.sub(r"<[^>]*>", "", inside)).split() == wanted:
            return str(place)
    return None


def find_problems(
    exercise: Exercise, explanation: Explanation, pages: Mapping[str, str], *, has_clip: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Say what of an explanation nobody would ever see: a rule and its facts."""
    unknown = sorted(set(explanation.why) - {"", *exercise.options})
    if unknown:
        yield "why-unknown", {"names": ", ".join(unknown)}
    place = explanation.look_again
    if isinstance(place, int | float):
        if not has_clip:
            yield "look-again-lost", {"place": place}
    elif place is not None:
        for language, page in pages.items():
            if find_heading(page, in_language(place, language)) is None:
                yield "look-again-lost", {"place": in_language(place, language)}


def _assigned(source: str) -> Iterator[tuple[str, Any]]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a test with magics
        return
    for statement in body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target = statement.targets[0]
        if isinstance(target, ast.Name) and target.id in NAMES:
            try:
                yield target.id, ast.literal_eval(statement.value)
            except (ValueError, TypeError, RecursionError, MemoryError):
                raise Unreadable(target.id) from None


def _is_second(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value < math.inf


def _is_why(value: Any) -> bool:
    if isinstance(value, dict) and not set(value) <= set(LANGUAGES):
        return all(isinstance(key, str) and is_text(text) for key, text in value.items())
    return is_text(value)
