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
LITERALS = ("bool", "int", "float", "str")
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
    A quiz assigns one `literal` ("bool", "int", "float", "str") to `variable`.
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

        Reflection: text. Choice: an option's key, or None. ActionPlan: texts by `PLAN_KEYS`.
        """
        if self.component == "Choice":
            if value is not None and not (isinstance(value, str) and value in self.options):
                raise self._invalid("not one of the options")
            return value
        if self.component == "ActionPlan":
            return self._check_plan(value)
        return self._check_words(value, WORDS)

    def python_value(self, value: JSON) -> bool | int | float | str | None:
        """Return what the quiz's variable holds for a checked answer; None if it is no answer.

        An `int` or `float` is read from the words, in Bangla or Latin digits.
        """
        if not isinstance(value, str) or not value.strip():
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
        return value is None or not str(value).strip()

    def title_in(self, language: str) -> str:
        return in_language(self.title, language)

    def _check_words(self, value: Any, most: int) -> str:
        if not isinstance(value, str):
            raise self._invalid("not a text")
        if len(value) > most:
            raise self._invalid(f"longer than {most} characters")
        if "\x00" in value or any(0xD800 <= ord(letter) <= 0xDFFF for letter in value):
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


def _number(words: str, *, whole: bool) -> int | float | None:
    try:
        number = float(words.strip())
    except ValueError:
        return None
    if not math.isfinite(number) or abs(number) > 1e15:
        return None
    return int(number) if whole and number.is_integer() else number
