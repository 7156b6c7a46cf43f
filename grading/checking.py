"""Say of a saved answer, before it is handed in, whether it is right.

Only where the trainer allows it, and of one exercise at a time. Runs what a hand-in would run of
it, and keeps nothing: no score, no gradebook. Nothing is said of options that were not chosen.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import publishing.quick_start  # noqa: F401 - before nbformat

# isort: split
import nbformat

from grading.assemble import assignment
from learning.answers import is_answered, newest_answers
from publishing.exercises import JSON, Exercise
from publishing.explanations import Explanation, Place, Unreadable, read_explanation
from publishing.manifest import Manifest
from publishing.outline import Cell, read_cells
from publishing.runner import Runner
from publishing.scoring import doubt, score
from publishing.texts import Text
from store.artifacts import Artifacts
from store.database import Database
from store.errors import NotAllowed, NotFound
from store.queries import modules

Result = Literal["right", "partly", "not-yet", "unknown"]


@dataclass(frozen=True)
class Reason:
    """A trainer's words, and the text of the option that they are about, or ""."""

    about: Text
    text: Text


@dataclass(frozen=True)
class Checked:
    """What may be said of an answer; `pages` are the module's pages, in which `look_again` lies."""

    result: Result
    why: list[Reason]
    look_again: Place | None
    pages: Mapping[str, str]


def check(
    database: Database,
    artifacts: Artifacts,
    runner: Runner,
    *,
    person_id: str,
    module_key: str,
    exercise: str,
) -> Checked:
    """Check a person's newest saved answer to an exercise.

    Raises `NotFound("exercise-not-found")`, `NotAllowed("not-checkable")` where the trainer does
    not allow it, `NotAllowed("nothing-to-check")` without an answer, and what `Runner.run` raises.
    """
    with database.read() as session:
        version = modules.get_current(session, module_key)
        kept = newest_answers(session, person_id, module_key)
    manifest = Manifest.from_json(version.manifest)
    asked = manifest.find_exercise(exercise)
    if asked is None:
        raise NotFound("exercise-not-found", "There is no such exercise.")
    if not asked.checked_at_once:
        raise NotAllowed("not-checkable", "This exercise cannot be checked before it is handed in.")
    answers = {
        each.exercise: kept[each.exercise].value
        for each in manifest.exercises
        if each.exercise in kept and is_answered(each, kept[each.exercise].value)
    }
    if exercise not in answers:
        raise NotAllowed("nothing-to-check", "Answer first; then it can be checked.")
    cells = _cells(artifacts, version.source_sha)
    tests = [cell for cell in cells if cell.grade_id in {test.exercise for test in asked.tests}]
    sources = [*_before(cells, manifest, answers), *(test.source for test in tests)]
    shown = runner.of(manifest.runner)(sources)[len(sources) - len(tests) :]
    explanation = _explanation(tests)
    return Checked(
        _result(tests, shown),
        _reasons(asked, answers[exercise], explanation),
        explanation.look_again,
        version.pages,
    )


@lru_cache(maxsize=64)
def _cells(artifacts: Artifacts, source_sha: str) -> list[Cell]:
    return read_cells(nbformat.from_dict(json.loads(artifacts.read(source_sha))))


def _before(cells: Sequence[Cell], manifest: Manifest, answers: Mapping[str, Any]) -> list[str]:
    """What a hand-in runs beside the tests: the answers as literals, and what tests need."""
    sources = []
    for cell in cells:
        exercise = manifest.find_exercise(cell.grade_id) if cell.role == "quiz" else None
        if exercise is not None:
            value = exercise.python_value(answers.get(exercise.exercise))
            sources.append(assignment(str(exercise.variable), value))
        elif cell.role == "locked" and cell.kind == "code":
            sources.append(cell.source)
    return sources


def _result(tests: Sequence[Cell], shown: Sequence[Any]) -> Result:
    points = [float(test.points) for test in tests]
    if any(doubt(outputs, most) for outputs, most in zip(shown, points, strict=True)):
        return "unknown"
    earned = [score(outputs, most) for outputs, most in zip(shown, points, strict=True)]
    if earned == points:
        return "right"
    return "partly" if any(earned) else "not-yet"


def _explanation(tests: Sequence[Cell]) -> Explanation:
    try:
        return read_explanation(tests)
    except Unreadable:  # publishing has told the trainer
        return Explanation()


def _reasons(exercise: Exercise, answer: JSON, explanation: Explanation) -> list[Reason]:
    """The words for everybody, and those about what was chosen, in the answer's order."""
    chosen = [str(key) for key in answer] if isinstance(answer, list | dict) else [str(answer)]
    texts = [(key, explanation.why.get(key)) for key in ("", *chosen)]
    is_one = exercise.component == "Choice"
    return [
        Reason("" if is_one else exercise.options.get(key, ""), text) for key, text in texts if text
    ]
