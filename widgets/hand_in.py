"""Handing in, and what comes back."""

from __future__ import annotations

from typing import Any

from traitlets import Dict

from widgets.component import Component, text


class HandIn(Component):
    """The button that hands the module in, its gaps and its receipts.

    >>> HandIn(note="প্রশিক্ষক সাত দিনের মধ্যে দেখবেন।").note
    'প্রশিক্ষক সাত দিনের মধ্যে দেখবেন।'
    """

    note = text(None, help="what happens next, in a line")
    value = Dict().tag(sync=True)

    def __init__(self, note: Any = None, **traits: Any) -> None:
        super().__init__(note=note, **traits)


class Feedback(Component):
    """What the evaluator said about this module's answers.

    >>> Feedback().value
    {}
    """

    value = Dict().tag(sync=True)
