"""A row of the table: one figure of ours beside the same figure of the stock product."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One figure; `theirs` is the stock product's in the same run, or None where it has none."""

    name: str
    ours: float
    theirs: float | None
    unit: str

    @property
    def ratio(self) -> float | None:
        """Ours divided by theirs: below 1 is lighter or faster than stock."""
        return self.ours / self.theirs if self.theirs else None


def as_json(rows: list[Row]) -> list[dict[str, Any]]:
    """List `{name, ours, theirs, ratio, unit}` with figures rounded to four digits."""
    return [
        {key: _rounded(value) for key, value in (asdict(row) | {"ratio": row.ratio}).items()}
        for row in rows
    ]


def table(title: str, rows: list[Row]) -> str:
    """Lay the rows out as text, one a line."""
    lines = [f"{title:<44} {'ours':>12} {'theirs':>12} {'ratio':>8}  unit"]
    for row in rows:
        lines.append(
            f"{row.name:<44} {_text(row.ours):>12} {_text(row.theirs):>12} "
            f"{_text(row.ratio):>8}  {row.unit}"
        )
    return "\n".join(lines)


def _rounded(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _text(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
