"""What a rubric is, and how its levels become points.

A rubric is frozen by its hash: a mark names the hash, so that later wording changes nothing that
was marked. Reading the file is here; who marks, and when, is `grading`'s.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from publishing.plain_yaml import read_yaml
from publishing.texts import Text, is_text
from store.errors import Invalid


@dataclass(frozen=True)
class Level:
    """One step of a criterion: `level` 0..n, the points it earns, its words."""

    level: int
    points: float
    text: Text


@dataclass(frozen=True)
class Criterion:
    """One thing an evaluator looks at; `criterion` is its slug."""

    criterion: str
    title: Text
    levels: tuple[Level, ...]

    @property
    def points(self) -> float:
        return max(level.points for level in self.levels)


@dataclass(frozen=True)
class Rubric:
    """Criteria with levels; JSON `{"title", "criteria": [{"criterion", "title", "levels"}]}`."""

    title: Text
    criteria: tuple[Criterion, ...]

    @classmethod
    def from_json(cls, body: Any) -> "Rubric":
        """Read a rubric; `Invalid("rubric-invalid")` names what is wrong."""
        try:
            rubric = cls(
                body["title"],
                tuple(
                    Criterion(
                        str(criterion["criterion"]),
                        criterion["title"],
                        tuple(
                            Level(int(level["level"]), float(level["points"]), level["text"])
                            for level in criterion["levels"]
                        ),
                    )
                    for criterion in body["criteria"]
                ),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise _invalid(f"{type(error).__name__}: {error}") from error
        rubric._refuse_nonsense()
        return rubric

    @classmethod
    def read(cls, path: Path) -> "Rubric":
        """Read `rubrics/<name>.yml`."""
        try:
            return cls.from_json(read_yaml(path))
        except ValueError as error:
            raise _invalid(str(error)) from error

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "criteria": [
                {
                    "criterion": criterion.criterion,
                    "title": criterion.title,
                    "levels": [
                        {"level": level.level, "points": level.points, "text": level.text}
                        for level in criterion.levels
                    ],
                }
                for criterion in self.criteria
            ],
        }

    @cached_property
    def hash(self) -> str:
        """Sixty-four hex digits that change when any word or point does."""
        body = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(body.encode()).hexdigest()

    @property
    def points(self) -> float:
        """What the best levels earn together."""
        return sum(criterion.points for criterion in self.criteria)

    def score(self, levels: Mapping[str, int], maximum: float) -> float:
        """Turn one level for every criterion into a score from 0 to `maximum`.

        `Invalid("levels-missing")` names criteria without a level, `Invalid("level-unknown")` a
        level or criterion that the rubric does not have.
        """
        missing = [c.criterion for c in self.criteria if c.criterion not in levels]
        if missing:
            raise Invalid(
                "levels-missing",
                "Choose a level for: {criteria}.",
                {"criteria": ", ".join(missing)},
            )
        unknown = set(levels) - {c.criterion for c in self.criteria}
        if unknown:
            raise _level_unknown(sorted(unknown)[0])
        earned = 0.0
        for criterion in self.criteria:
            points = {level.level: level.points for level in criterion.levels}
            if levels[criterion.criterion] not in points:
                raise _level_unknown(criterion.criterion)
            earned += points[levels[criterion.criterion]]
        return round(earned / self.points * maximum, 2)

    def _refuse_nonsense(self) -> None:
        slugs = [criterion.criterion for criterion in self.criteria]
        if not slugs or len(set(slugs)) < len(slugs):
            raise _invalid("criteria: at least one, each with its own name")
        for criterion in self.criteria:
            numbers = [level.level for level in criterion.levels]
            if len(numbers) < 2 or len(set(numbers)) < len(numbers):
                raise _invalid(
                    f"{criterion.criterion}: at least two levels, each with its own number"
                )
            if (
                not all(0 <= level.points < 1e6 for level in criterion.levels)
                or not criterion.points
            ):
                raise _invalid(f"{criterion.criterion}: points from 0, and more than 0 at the top")
        texts = [self.title, *(c.title for c in self.criteria)]
        texts += [level.text for c in self.criteria for level in c.levels]
        if not all(is_text(text) for text in texts):
            raise _invalid("a text is a string, or {bn: ..., en: ...}")


def _invalid(reason: str) -> Invalid:
    return Invalid("rubric-invalid", "The rubric cannot be read: {reason}", {"reason": reason})


def _level_unknown(criterion: str) -> Invalid:
    return Invalid(
        "level-unknown", "The rubric has no such level: {criterion}.", {"criterion": criterion}
    )
