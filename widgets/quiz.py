"""Quizzes: questions that a machine can check. The key is in the notebook's tests, never here."""

from __future__ import annotations

from typing import Any

from traitlets import Dict, Unicode

from widgets.component import Component, text


class Choice(Component):
    """One question, one answer out of several; `value` is the key of the chosen option.

    >>> quiz = Choice("কতক্ষণ অপেক্ষা করবেন?", {"a": "১ সেকেন্ড", "b": "৩ সেকেন্ড"})
    >>> quiz.value is None
    True
    """

    question = text(help="what is asked")
    options = Dict(help="key of each option -> its text").tag(sync=True)
    value = Unicode(None, allow_none=True).tag(sync=True)

    def __init__(
        self, question: Any = None, options: dict[str, Any] | None = None, **traits: Any
    ) -> None:
        super().__init__(question=question, options=options, **traits)
