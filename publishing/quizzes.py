"""Whether a quiz's widget and its solution fit each other: the literal's type, and its keys."""

from collections.abc import Mapping
from typing import Any

from publishing.components import Shown
from publishing.outline import Solution

LITERALS = {
    "Choice": ("str", "bool"),
    "MultiChoice": ("list",),
    "Order": ("list",),
    "Match": ("dict",),
    "Reflection": ("bool", "int", "float", "str"),
}
"""The components that can be a quiz's, and the literals that each can take."""

TRUTHS = {True: "yes", False: "no"}

Problem = tuple[str, dict[str, Any]]


def find_problem(shown: Shown, solution: Solution) -> Problem | None:
    """Return what does not fit, as the rule of a finding and its facts, or None."""
    name = shown.component
    if solution.literal not in LITERALS[name]:
        facts = {"component": name, "kind": solution.literal, "wanted": " / ".join(LITERALS[name])}
        return "literal-unfit", facts
    if name != "Reflection" and not _has_keys(shown, solution.value):
        return "key-not-an-option", {"component": name}
    if name == "Order" and solution.value == list(shown.props["options"]):
        return "order-given-away", {}
    return None


def options_of(shown: Shown) -> Mapping[str, Any]:
    """Return what a quiz offers, by key; of a Match, its left things."""
    options: Mapping[str, Any] = shown.props.get(
        "left" if shown.component == "Match" else "options", {}
    )
    return options


def _has_keys(shown: Shown, value: Any) -> bool:
    """Whether a model answer is one that a learner could give."""
    options = options_of(shown)
    match shown.component:
        case "MultiChoice":
            return bool(value) and _are_some(value, options)
        case "Order":
            return len(value) == len(options) and _are_some(value, options)
        case "Match":
            right = shown.props["right"]
            return set(value) == set(options) and all(
                isinstance(key, str) and key in right for key in value.values()
            )
    key = TRUTHS[value] if isinstance(value, bool) else value
    return key in options


def _are_some(keys: list[Any], options: Mapping[str, Any]) -> bool:
    return all(isinstance(key, str) and key in options for key in keys) and len(set(keys)) == len(
        keys
    )
