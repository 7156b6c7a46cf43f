"""A plan for one small change in the next lesson, and the report of what came of it."""

from __future__ import annotations

from typing import Any

from traitlets import Dict, List

from widgets.component import Component, text


class ActionPlan(Component):
    """First a plan, later the report. `value` holds strings.

    Keys of the plan: `class lesson date change`; of the report:
    `tried_on pupils decision next`, where decision is "keep" or "change".

    >>> ActionPlan(classes=["তৃতীয়", "চতুর্থ"]).value
    {}
    """

    label = text(None, help="a line above the plan")
    classes = List(None, allow_none=True, help="classes to choose from; free text if none").tag(
        sync=True
    )
    value = Dict().tag(sync=True)

    def __init__(self, label: Any = None, classes: list[Any] | None = None, **traits: Any) -> None:
        super().__init__(label=label, classes=classes, **traits)
