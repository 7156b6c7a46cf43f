"""What shared words are: of which kind, how they begin, and all that can be searched in them."""

from collections.abc import Iterator
from typing import Any, Literal

from learning.progress import is_report

Kind = Literal["reflection", "plan", "report"]
KINDS: tuple[Kind, ...] = ("reflection", "plan", "report")
EXCERPT_LETTERS = 160


def kind_of(value: Any) -> Kind:
    """A reflection, a plan, or a report: a plan that was tried in class."""
    if not isinstance(value, dict):
        return "reflection"
    return "report" if is_report(value) else "plan"


def excerpt(value: Any) -> str:
    """The first words of a shared answer, cut between words: never inside a letter."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("pupils", "change") if value.get(key)), "") or next(
            texts_of(value), ""
        )
    words = " ".join(str(value).split())
    if len(words) <= EXCERPT_LETTERS:
        return words
    return words[:EXCERPT_LETTERS].rpartition(" ")[0] + " …"


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a shared answer."""
    if isinstance(value, dict):
        yield from (str(words) for key, words in value.items() if words and key != "decision")
    elif value:
        yield str(value)
