"""Sharing an answer with colleagues, and looking at theirs."""

from __future__ import annotations

from typing import Any

from traitlets import Dict, Unicode

from widgets.component import Component, text


class PeerShare(Component):
    """Shares the answer to one exercise of this module, named by its `grade_id`.

    >>> PeerShare("my-plan").exercise
    'my-plan'
    """

    exercise = Unicode(help="grade_id of the exercise whose answer is shared").tag(sync=True)
    prompt = text(None, help="why share, in a line")
    value = Dict().tag(sync=True)

    def __init__(self, exercise: str | None = None, prompt: Any = None, **traits: Any) -> None:
        super().__init__(exercise=exercise, prompt=prompt, **traits)


class Gallery(Component):
    """What colleagues shared from this module, with ratings by those who looked.

    >>> Gallery().value
    {}
    """

    title = text(None, help="the heading")
    value = Dict().tag(sync=True)

    def __init__(self, title: Any = None, **traits: Any) -> None:
        super().__init__(title=title, **traits)
