"""An error in the words of the terminal: English, with what a refused course has to mend."""

from __future__ import annotations

from collections.abc import Mapping

from hub.portal.texts import say
from store.errors import PathshalaError


def worded(error: PathshalaError) -> str:
    """Return the error's sentence, with the findings of a refused course below it."""
    lines = [say("en", error.message, error.facts)]
    for finding in error.facts.get("findings", []):
        where = f"{finding['file']}, cell {finding['cell']}"
        lines.append(f"  {where}: {_english(finding['message'])} {_english(finding['fix'])}")
    return "\n".join(lines)


def _english(text: object) -> str:
    return str(text["en"] if isinstance(text, Mapping) else text)
