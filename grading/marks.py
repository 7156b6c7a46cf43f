"""Turn an evaluator's levels into a score, and say which points of an exercise count.

A mark counts before a machine's score. An exercise without a rubric has one of a single criterion,
with a level for each point.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from publishing.exercises import Exercise
from publishing.manifest import Manifest
from publishing.rubric import Criterion, Level, Rubric
from publishing.texts import in_digits
from store import tables
from store.database import Session
from store.queries import hand_ins as kept
from store.queries import marking as rows
from store.tables import HandIn, Mark, Score

MOST_LEVELS = 10

REASONS = {
    "no-answer": "No answer was given.",
    "test-gave-no-score": "The check of this question gave no score. A person will look at it.",
    "test-wrote-warning": "The check of this question gave a warning. A person will look at it.",
    "test-did-not-end": "The check of this question did not end. A person will look at it.",
}
"""What a score's reason says to people, as msgids."""


@dataclass(frozen=True)
class Standing:
    """How an exercise of a hand-in stands: its score by machine, its mark by a person."""

    exercise: Exercise
    score: Score | None
    mark: Mark | None

    @property
    def points(self) -> float | None:
        """The points that count, or None while nobody has said."""
        if self.mark is not None:
            return self.mark.score
        if self.score is None or self.score.needs_mark:
            return None
        return self.score.score

    @property
    def needs_mark(self) -> bool:
        """Whether a person has to look at it before it can be returned."""
        return self.mark is None and (self.score is None or self.score.needs_mark)

    @property
    def reason(self) -> str | None:
        """Why the machine gave what it gave, as a msgid."""
        code = self.score.reason if self.score else None
        return REASONS.get(code or "", code)


def standings(session: Session, hand_in: HandIn, *, released: bool = False) -> list[Standing]:
    """How each exercise of a hand-in stands; `released` leaves out the marks still held.

    Where an open hand-in has no mark of its own, the released mark of an unchanged answer stands.
    """
    scores = kept.scores_of(session, [hand_in.number])[hand_in.number]
    marks = _standing_marks(session, hand_in)
    marks |= rows.marks_of(session, hand_in.number, released=released)
    return [
        Standing(exercise, scores.get(exercise.exercise), marks.get(exercise.exercise))
        for exercise in manifest_of(session, hand_in).exercises
    ]


def _standing_marks(session: Session, hand_in: HandIn) -> dict[str, Mark]:
    """The marks of the last returned round whose answers, rubric and points are still the same."""
    if hand_in.state == "returned":
        return {}
    rounds = rows.rounds_of(session, hand_in.handed_by, hand_in.module)
    returned = [each for each in rounds if each.state == "returned"]
    if not returned:
        return {}
    last = returned[-1]
    answers = kept.answers_of(session, [last.number, hand_in.number])
    before, now = answers[last.number], answers[hand_in.number]
    exercises = {each.exercise: each for each in manifest_of(session, hand_in).exercises}
    return {
        name: mark
        for name, mark in rows.marks_of(session, last.number, released=True).items()
        if name in before
        and name in now
        and before[name].value == now[name].value
        and mark.maximum == exercises[name].points
        and mark.rubric_hash == rubric_of(session, exercises[name]).hash
    }


def manifest_of(session: Session, hand_in: HandIn) -> Manifest:
    """The manifest of the version that was handed in."""
    version = session.get_one(tables.Version, hand_in.version_id)
    return Manifest.from_json(version.manifest)


def rubric_of(session: Session, exercise: Exercise) -> Rubric:
    """The rubric of an exercise; where it names none, the plain one for its points."""
    row = session.get(tables.Rubric, exercise.rubric) if exercise.rubric else None
    return Rubric.from_json(row.body) if row else plain_rubric(exercise.points)


def ensure_rubric(session: Session, rubric: Rubric) -> None:
    """Keep a rubric's wording under its hash, if it is not kept yet."""
    if session.get(tables.Rubric, rubric.hash) is None:
        session.add(tables.Rubric(hash=rubric.hash, body=rubric.to_json()))
        session.flush()


def score(rubric: Rubric, levels: Mapping[str, int], maximum: float) -> float:
    """The points of a level for every criterion, from 0 to the exercise's maximum."""
    return min(max(rubric.score(levels, maximum), 0.0), maximum)


def plain_rubric(points: float) -> Rubric:
    """One criterion with levels from 0 to the points, a level a point, at most ten steps."""
    top = max(1, min(MOST_LEVELS, round(points)))
    steps = [(level, level * (points or 1.0) / top) for level in range(top + 1)]
    return Rubric(
        title={"bn": "পুরো উত্তর", "en": "The whole answer"},
        criteria=(
            Criterion(
                "whole",
                {"bn": "পুরো উত্তর", "en": "The whole answer"},
                tuple(Level(level, earned, _of(earned, points)) for level, earned in steps),
            ),
        ),
    )


def _of(earned: float, points: float) -> dict[str, str]:
    if not points:
        done = {"bn": "করা হয়েছে", "en": "Done"}
        return done if earned else {"bn": "করা হয়নি", "en": "Not done"}
    bangla = in_digits(f"{points:g} নম্বরের মধ্যে {earned:g}", "bn")
    return {"bn": bangla, "en": f"{earned:g} of {points:g} points"}
