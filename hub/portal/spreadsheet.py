"""Writes a table as a file that a spreadsheet opens rightly: Bangla whole, and no cell a formula.

Lines are CSV (RFC 4180) in UTF-8 with a byte order mark, without which Excel takes Bangla apart.
A text that begins like a formula gets an apostrophe before it (OWASP, "CSV Injection").
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from fastapi import Response

from store import clock

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Cell = str | int | date | datetime | None


def table_file(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Return the table as a download; times are ISO 8601 in UTC, what is missing is empty."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([_cell(each) for each in row] for row in rows)
    return Response(
        out.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value
