"""A reflection: an answer in the teacher's own words."""

from __future__ import annotations

from typing import Any

from traitlets import Int, Unicode

from widgets.component import Component, text


class Reflection(Component):
    """A box to write in. The question is the Markdown before it; `value` is the text.

    >>> box = Reflection(label={"bn": "আপনার ভাবনা", "en": "Your thoughts"}, rows=4)
    >>> box.value
    ''
    """

    label = text(None, help="the name of the box; 'Your answer' if none")
    hint = text(None, help="a line under the box")
    rows = Int(6, min=2, max=30, help="lines shown at first; the box grows").tag(sync=True)
    value = Unicode("").tag(sync=True)

    def __init__(self, label: Any = None, hint: Any = None, **traits: Any) -> None:
        super().__init__(label=label, hint=hint, **traits)
