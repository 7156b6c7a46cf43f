"""What is different between two versions of a notebook, cell by cell.

A cell is the same one if it is the same exercise, or has the same id, or the same words. Runs
nothing and renders nothing: texts are for a trainer to read side by side.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from publishing.outline import Cell, read_cells

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class Change:
    """A cell that is not as it was: its numbers (from 1) before and now, its exercise, its texts.

    `points` is what an exercise gave and gives, where that changed; `settings` says that what
    stands beside the text did: component, properties, rubric, language.
    """

    kind: Kind
    before: int | None
    now: int | None
    exercise: str = ""
    was: str = ""
    text: str = ""
    points: tuple[float, float] | None = None
    settings: bool = False


@dataclass
class _Side:
    cells: Sequence[Cell]
    ids: Sequence[str]
    taken: set[int] = field(default_factory=set)


def compare(before: Any, now: Any) -> list[Change]:
    """Return what changed from one notebook (nbformat 4) to another, in the order of the page."""
    old, new = (
        _Side(read_cells(each), [_id(cell) for cell in each.cells]) for each in (before, now)
    )
    pairs = _pair(old, new)
    stayed = _longest_rise([pairs[index] for index in sorted(pairs)])
    changes = [
        Change("removed", cell.number, None, _exercise(cell), was=cell.source)
        for index, cell in enumerate(old.cells)
        if index not in pairs.values()
    ]
    for index, cell in enumerate(new.cells):
        if index not in pairs:
            changes.append(Change("added", None, cell.number, _exercise(cell), text=cell.source))
        elif change := _changed(old.cells[pairs[index]], cell, pairs[index] in stayed):
            changes.append(change)
    return sorted(changes, key=lambda change: (change.now or change.before or 0, change.kind))


def _changed(was: Cell, cell: Cell, stayed: bool) -> Change | None:
    points = (float(was.points or 0), float(cell.points or 0))
    settings = (was.settings, was.language, was.role) != (cell.settings, cell.language, cell.role)
    is_changed = was.source != cell.source or points[0] != points[1] or settings
    if not is_changed and stayed:
        return None
    return Change(
        "changed" if is_changed else "moved",
        was.number,
        cell.number,
        _exercise(cell),
        was.source,
        cell.source,
        points if points[0] != points[1] else None,
        settings,
    )


def _pair(old: _Side, new: _Side) -> dict[int, int]:
    """Match cells of now (keys) to cells of before: by exercise, by id, by words."""
    pairs: dict[int, int] = {}
    facts = (
        ([cell.grade_id for cell in old.cells], [cell.grade_id for cell in new.cells]),
        (old.ids, new.ids),
        ([cell.source for cell in old.cells], [cell.source for cell in new.cells]),
    )
    for ours, theirs in facts:
        places: dict[str, list[int]] = {}
        for index, fact in enumerate(ours):
            if fact and index not in old.taken:
                places.setdefault(fact, []).append(index)
        for index, fact in enumerate(theirs):
            if index in pairs or not places.get(fact):
                continue
            match = places[fact].pop(0)
            if old.cells[match].kind == new.cells[index].kind:
                pairs[index] = match
                old.taken.add(match)
    return pairs


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """Return the longest run of numbers that rise: those cells kept their order, others moved."""
    ends: list[int] = []
    chains: list[list[int]] = []
    for number in numbers:
        place = bisect_left(ends, number)
        chain = [*(chains[place - 1] if place else []), number]
        if place == len(ends):
            ends.append(number)
            chains.append(chain)
        else:
            ends[place], chains[place] = number, chain
    return set(chains[-1]) if chains else set()


def _id(cell: Mapping[str, Any]) -> str:
    return str(cell.get("id", ""))


def _exercise(cell: Cell) -> str:
    return cell.grade_id if cell.role != "plain" else ""
