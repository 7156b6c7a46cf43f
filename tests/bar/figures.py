"""What the bar measured: printed by its tests, kept in the docs by `make bar`.

The table in docs/explanation/reliability.md is written by the run itself, row by row, so that it
never says more than was seen.
"""

import os
import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/explanation/reliability.md"
HEAD = "| row | seen | on |\n|---|---|---|\n"
TABLE = re.compile(re.escape(HEAD) + r"((?:\|.*\|\n)*)")
_seen: dict[str, dict[str, str]] = {}
"""What was recorded, by the test's file and by row."""


def record(row: str, words: str) -> None:
    """Say what a row of the bar measured. It is kept only if every test of the file passes."""
    print(f"\n{row}: {words}")
    file = os.environ["PYTEST_CURRENT_TEST"].partition("::")[0]
    _seen.setdefault(file, {})[row] = words


def keep(but_of: Collection[str]) -> None:
    """Write what was recorded in this run into the docs, but not by these files; other rows stay
    as they were."""
    page = PAGE.read_text("utf-8")
    found = TABLE.search(page)
    assert found, f"{PAGE.name} has lost its table of figures"
    lines = dict(re.findall(r"^\| (\w+(?: \w+)?) (\|.*\|)$", found[1], re.MULTILINE))
    on = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores"
    for file in _seen.keys() - set(but_of):
        lines |= {row: f"| {words} | {on} |" for row, words in _seen[file].items()}
    rows = "".join(f"| {row} {lines[row]}\n" for row in sorted(lines, key=_order))
    PAGE.write_text(page[: found.start()] + HEAD + rows + page[found.end() :], "utf-8")


def _order(row: str) -> tuple[str, int, str]:
    number, _, part = row[1:].partition(" ")
    return row[0], int(number), part
