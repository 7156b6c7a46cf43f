"""A finding: what a trainer should know about a course, with the fix, in both languages.

The words stand in `findings.yml`; which rule applies where is decided by the steps.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from publishing.texts import LANGUAGES, in_language

_RULES: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_suffix(".yml").read_text("utf-8")
)
RULES = frozenset(_RULES)


@dataclass(frozen=True)
class Finding:
    """One thing a trainer should know: in which file and cell (from 1; None: the whole file).

    A fact is a value, or a text in both languages.
    """

    file: str
    cell: int | None
    rule: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.to_json()  # a rule without words, or words without their fact, must show in tests

    @property
    def is_error(self) -> bool:
        return bool(_RULES[self.rule]["level"] == "error")

    def to_json(self) -> dict[str, Any]:
        """Return `{"file", "cell", "rule", "level", "message", "fix"}`; the last two are texts."""
        rule = _RULES[self.rule]
        return {
            "file": self.file,
            "cell": self.cell,
            "rule": self.rule,
            "level": rule["level"],
            "message": self._worded(rule["message"]),
            "fix": self._worded(rule["fix"]),
        }

    def in_words(self, language: str) -> str:
        """Return one line for a terminal."""
        body = self.to_json()
        place = f"{self.file}:{self.cell}" if self.cell else self.file
        message, fix = (in_language(body[part], language) for part in ("message", "fix"))
        return f"{place}: {body['level']} [{self.rule}] {message} {fix}"

    def _worded(self, texts: dict[str, str]) -> dict[str, str]:
        return {
            language: texts[language].format_map(
                {name: _short(value, language) for name, value in self.facts.items()}
            )
            for language in LANGUAGES
        }


def has_errors(findings: list[Finding]) -> bool:
    return any(finding.is_error for finding in findings)


def _short(value: Any, language: str) -> str:
    text = in_language(value, language) if isinstance(value, dict) else str(value)
    words = " ".join(text.split())
    return words if len(words) <= 200 else words[:199] + "…"
