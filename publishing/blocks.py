"""What the cells of a notebook give a page, and which stretches of it need a kernel.

A stretch is a run of neighbouring cells without one of our components, from its first cell that
needs a kernel to its last: as few frames as can be, and none around what a learner answers
(decision 0019).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Literal

CellKind = Literal["text", "component", "live"]
Stretch = tuple[int, int]
"""The numbers of a stretch's first and last cell."""


@dataclass
class Block:
    """What one cell gives one page: HTML, and the id by which an exercise points to it."""

    cell: int
    html: str
    id: str = ""
    is_component: bool = False


def find_stretches(kinds: Mapping[int, CellKind]) -> list[Stretch]:
    """Return the stretches of a notebook's cells, in order; none if nothing needs a kernel."""
    stretches = []
    for is_component, run in groupby(sorted(kinds), lambda cell: kinds[cell] == "component"):
        live = [] if is_component else [cell for cell in run if kinds[cell] == "live"]
        if live:
            stretches.append((live[0], live[-1]))
    return stretches


def join(blocks: Sequence[Block], stretches: Sequence[Stretch]) -> str:
    """Return the blocks as sections; those of a stretch together, in the place of its frame."""

    def stretch_of(block: Block) -> int | None:
        spans = enumerate(stretches)
        return next((n for n, (first, last) in spans if first <= block.cell <= last), None)

    def lines() -> Iterator[str]:
        for number, together in groupby(blocks, stretch_of):
            if number is not None:
                yield f'<div class="live" data-stretch="{number}">'
            for block in together:
                name = f' id="{escape(block.id)}"' if block.id else ""
                yield f"<section{name}>{block.html}</section>"
            if number is not None:
                yield "</div>"

    return "\n".join(lines())


def live_cell(number: int, shown: Sequence[Block]) -> Block:
    """Return the place of a cell whose kernel is still to come, with what can be read already."""
    html = "".join(block.html for block in shown if not block.is_component)
    return Block(number, f'<div class="live-cell" data-cell="{number}">{html}</div>')
