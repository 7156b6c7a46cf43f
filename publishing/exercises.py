"""What an exercise is, and which answers it takes.

An answer is data, never code. Here is the one place that says which JSON value an exercise accepts,
and which Python value a quiz's tests see for it; writing it into a notebook is
`grading.assemble`'s.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from publishing.texts import Text, in_language
from store.errors import Invalid

WORDS = 20_000
PLAN_WORDS = 5_000
PLAN_KEYS = ("class", "lesson", "date", "change", "tried_on", "pupils", "decision", "next")
DECISIONS = ("", "keep", "change")
TRUTHS = {"yes": True, "no": False}

JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]


@dataclass(frozen=True)
class QuizTest:
    """An autograded test cell that scores the quiz above it; `exercise` is its own grade_id."""

    exercise: str
    points: float


@dataclass(frozen=True)
class Exercise:
    """A graded cell of a module, as a version's manifest keeps it.

    `kind` is "quiz" (scored by `tests`) or "manual" (marked by people, with `rubric` or without).
    A quiz assigns one `literal` ("bool", "int", "float", "str", "list", "dict") to `variable`;
    `options` are what it offers, of a Match its left things, `right` what they may be matched with.
    `checked_at_once`: the learner may ask whether it is right before handing in.
    """

    exercise: str
    component: str
    kind: str
    points: float
    cell: int
    title: Text
    question: Text = ""
    variable: str | None = None
    options: Mapping[str, Text] = field(default_factory=dict)
    literal: str | None = None
    tests: tuple[QuizTest, ...] = ()
    rubric: str | None = None
    right: Mapping[str, Text] = field(default_factory=dict)
    checked_at_once: bool = False

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "Exercise":
        """Read one entry of a manifest's `exercises`."""
        return cls(
            **{
                **entry,
                "tests": tuple(QuizTest(**test) for test in entry.get("tests") or ()),
            }
        )

    def to_manifest(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "tests": [asdict(test) for test in self.tests],
        }

    def check(self, value: Any) -> JSON:
        """Return the answer as it is kept, or raise `Invalid("answer-invalid")` with the reason.

        Reflection: text. Choice: an option's key, or None. MultiChoice: a list of options' keys,
        kept in the options' order. Order: a list of all keys, or an empty one. Match: an object,
        left key to right key. ActionPlan: texts by `PLAN_KEYS`.
        """
        match self.component:
            case "Choice":
                return None if value is None else self._check_key(value, self.options)
            case "MultiChoice":
                chosen = self._check_keys(value)
                return [key for key in self.options if key in chosen]
            case "Order":
                return self._check_order(value)
            case "Match":
                return self._check_pairs(value)
            case "ActionPlan":
                return self._check_plan(value)
        return self._check_words(value, WORDS)

    def python_value(self, value: JSON) -> JSON:
        """Return what the quiz's variable holds for a checked answer; None if it is no answer.

        An `int` or `float` is read from the words, in Bangla or Latin digits.
        """
        if self.is_empty(value):
            return None
        if self.component in ("MultiChoice", "Order", "Match"):
            return value if isinstance(value, list | dict) else None
        if not isinstance(value, str):
            return None
        if self.literal == "bool":
            return TRUTHS.get(value)
        if self.literal in ("int", "float"):
            return _number(value, whole=self.literal == "int")
        return value

    def is_empty(self, value: JSON) -> bool:
        """Whether a checked answer says nothing yet."""
        if isinstance(value, dict):
            return not any(str(words).strip() for words in value.values())
        return value is None or value == [] or not str(value).strip()

    def title_in(self, language: str) -> str:
        return in_language(self.title, language)

    def _check_key(self, value: Any, keys: Mapping[str, Text]) -> str:
        if not isinstance(value, str) or value not in keys:
            raise self._invalid("not one of the options")
        return value

    def _check_keys(self, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise self._invalid("not a list")
        keys = [self._check_key(key, self.options) for key in value]
        if len(set(keys)) < len(keys):
            raise self._invalid("an option twice")
        return keys

    def _check_order(self, value: Any) -> JSON:
        keys = self._check_keys(value)
        if keys and len(keys) < len(self.options):
            raise self._invalid("not all of the options")
        return [*keys]

    def _check_pairs(self, value: Any) -> JSON:
        if not isinstance(value, dict):
            raise self._invalid("not an object")
        for key in value:
            self._check_key(key, self.options)
        return {
            key: self._check_key(value[key], self.right) for key in self.options if key in value
        }

    def _check_words(self, value: Any, most: int) -> str:
        if not isinstance(value, str):
            raise self._invalid("not a text")
        if len(value) > most:
            raise self._invalid(f"longer than {most} characters")
        if "\x00" in value or not _is_unicode(value):
            raise self._invalid("not a text")
        return value

    def _check_plan(self, value: Any) -> JSON:
        if not isinstance(value, dict) or not set(value) <= set(PLAN_KEYS):
            raise self._invalid("not a plan")
        if value.get("decision", "") not in DECISIONS:
            raise self._invalid("the decision is to keep or to change")
        return {key: self._check_words(words, PLAN_WORDS) for key, words in value.items()}

    def _invalid(self, reason: str) -> Invalid:
        return Invalid(
            "answer-invalid",
            "This answer does not fit the exercise.",
            {"exercise": self.exercise, "reason": reason},
        )


def _is_unicode(value: str) -> bool:
    """Whether a text has no half of a letter, as JSON can write it."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(words: str, *, whole: bool) -> int | float | None:
    try:
        number = float(words.strip())
    except ValueError:
        return None
    if not math.isfinite(number) or abs(number) > 1e15:
        return None
    return int(number) if whole and number.is_integer() else number
