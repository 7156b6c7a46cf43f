"""Quizzes: questions that a machine can check. The key is in the notebook's tests, never here.

With `check=True` the page offers to check the answer at once; what it then says stands in the
hidden tests, as `why` and `look_again` (docs/reference/exercises-and-cells.md).
"""

from __future__ import annotations

from typing import Any

from traitlets import Bool, Dict, HasTraits, List, Unicode

from widgets.component import Component, text


class _Question(HasTraits):  # type: ignore[misc] # traitlets has no types
    """What all quizzes share."""

    question = text(help="what is asked")
    check = Bool(False, help="whether the answer may be checked at once").tag(sync=True)


class _WithOptions(_Question):
    """A question with options to choose from, or to arrange."""

    options = Dict(help="key of each option -> its text").tag(sync=True)

    def __init__(
        self, question: Any = None, options: dict[str, Any] | None = None, **traits: Any
    ) -> None:
        super().__init__(question=question, options=options, **traits)


class Choice(_WithOptions, Component):
    """One question, one answer out of several; `value` is the key of the chosen option.

    >>> quiz = Choice("কতক্ষণ অপেক্ষা করবেন?", {"a": "১ সেকেন্ড", "b": "৩ সেকেন্ড"})
    >>> quiz.value is None
    True
    """

    value = Unicode(None, allow_none=True).tag(sync=True)


class MultiChoice(_WithOptions, Component):
    """One question, all that apply; `value` lists the keys chosen, in the options' order.

    >>> MultiChoice("কোনগুলো খোলা প্রশ্ন?", {"a": "কেন?", "b": "ঠিক তো?"}, check=True).value
    []
    """

    value = List(Unicode()).tag(sync=True)


class Order(_WithOptions, Component):
    """Steps to put in order; `value` lists all keys as arranged, and is empty until then.

    `options` stand on the page as they are given: give them in another order than the right one.

    >>> Order("কোনটির পরে কোনটি?", {"b": "জোড়ায় বলা", "a": "একা ভাবা"}).value
    []
    """

    options = Dict(help="key of each step -> its text, jumbled").tag(sync=True)
    value = List(Unicode()).tag(sync=True)


class Match(_Question, Component):
    """For each thing on the left one on the right; `value` maps left keys to right keys.

    A right one may fit several left ones, or none.

    >>> Match("কোন প্রশ্নটি কেমন?", {"q": "কেন?"}, {"open": "খোলা", "closed": "বদ্ধ"}).value
    {}
    """

    left = Dict(help="key of each thing -> its text").tag(sync=True)
    right = Dict(help="key of each thing that may fit -> its text").tag(sync=True)
    value = Dict(value_trait=Unicode()).tag(sync=True)

    def __init__(
        self,
        question: Any = None,
        left: dict[str, Any] | None = None,
        right: dict[str, Any] | None = None,
        **traits: Any,
    ) -> None:
        super().__init__(question=question, left=left, right=right, **traits)
