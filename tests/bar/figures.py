"""What the bar measured: printed by its tests, kept in the docs by `make bar`.

The table in docs/explanation/reliability.md is written by the run itself, row by row, so that it
never says more than was seen.
"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/explanation/reliability.md"
HEAD = "| row | seen | on |\n|---|---|---|\n"
TABLE = re.compile(re.escape(HEAD) + r"((?:\|.*\|\n)*)")
_seen: dict[str, str] = {}


def record(row: str, words: str) -> None:
    """Say what a row of the bar measured."""
    print(f"\n{row}: {words}")
    _seen[row] = words


def keep() -> None:
    """Write what was recorded in this run into the docs; other rows stay as they were."""
    page = PAGE.read_text("utf-8")
    found = TABLE.search(page)
    assert found, f"{PAGE.name} has lost its table of figures"
    lines = dict(re.findall(r"^\| (\w+(?: live| kinds)?) (\|.*\|)$", found[1], re.MULTILINE))
    on = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores"
    lines |= {row: f"| {words} | {on} |" for row, words in _seen.items()}
    rows = "".join(f"| {row} {lines[row]}\n" for row in sorted(lines, key=_order))
    PAGE.write_text(page[: found.start()] + HEAD + rows + page[found.end() :], "utf-8")


def _order(row: str) -> tuple[str, int, str]:
    number, _, part = row[1:].partition(" ")
    return row[0], int(number), part
