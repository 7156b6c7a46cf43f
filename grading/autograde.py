"""Score a hand-in with nbgrader: a submission for each of its people, quizzes run confined.

Decides the order of the steps and what a crash leaves behind: the hand-in's row is the truth, every
step can be repeated, and a job for a hand-in that needs none does nothing. How answers become a
notebook is `assemble`'s, what the tests' outcome is worth is `running`'s.
"""

import logging
import shutil
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import publishing.quick_start  # noqa: F401 - before nbformat

# isort: split
import nbformat

from grading import config, marking
from grading.assemble import assemble
from grading.config import Grading
from grading.converters import Autograder, convert, staging
from grading.feedback import answers_of
from grading.gradebook import Gradebook, auto_scores, clear, ensure_registered, settle
from grading.running import RunCells
from learning import hand_ins
from learning.hand_ins import AutoScore
from publishing.exercises import Exercise
from publishing.manifest import Manifest
from store import audit
from store.database import Session
from store.errors import PathshalaError, Unavailable
from store.queries import hand_ins as kept
from store.queries import marking as rows
from store.tables import HandIn, Version

MOST_ATTEMPTS = 5

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Work:
    """A hand-in as it is graded: what was published, what was answered, whose it is."""

    hand_in: HandIn
    version: Version
    manifest: Manifest
    answers: Mapping[str, Any]
    people: list[str]


def autograde(grading: Grading, number: int) -> None:
    """Score a hand-in that waits; then it is "to-mark", or "returned" if nobody has to look.

    Harmless to repeat, after a crash too. When it cannot be scored the hand-in is "failed" with a
    code, and `Unavailable` asks the queue for another try, up to `MOST_ATTEMPTS`.
    """
    work = _find_work(grading, number)
    if work is None:
        return
    try:
        scores = _score(grading, work)
        grading.database.write(lambda session: _keep(session, number, scores))
        # a crash before this line leaves the gradebook behind until the return copies marks into it
        for person in work.people:
            settle(grading, person, work.version)
    except Exception as error:  # an edge: whatever it is, the hand-in says that it failed
        code = error.code if isinstance(error, PathshalaError) else "grading-failed"
        # not the error's own words: they may quote what people wrote
        steps = "".join(traceback.format_tb(error.__traceback__))
        log.error("hand-in %d: %s, %s\n%s", number, code, type(error).__name__, steps)
        failed = grading.database.write(lambda session: hand_ins.mark_failed(session, number, code))
        if failed.state == "failed" and failed.attempts < MOST_ATTEMPTS:
            raise Unavailable(code, "The work could not be scored just now.") from None


def _find_work(grading: Grading, number: int) -> _Work | None:
    with grading.database.read() as session:
        hand_in = rows.find_hand_in(session, number)
        if hand_in is None or not _needs_scoring(hand_in):
            return None
        version = session.get_one(Version, hand_in.version_id)
        return _Work(
            hand_in,
            version,
            Manifest.from_json(version.manifest),
            answers_of(session, hand_in),
            [person.id for person in kept.people_of(session, [number])[number]],
        )


def _needs_scoring(hand_in: HandIn) -> bool:
    return hand_in.state == "waiting" or (
        hand_in.state == "failed" and hand_in.attempts < MOST_ATTEMPTS
    )


def _score(grading: Grading, work: _Work) -> list[AutoScore]:
    """Run nbgrader over the hand-in and return what each exercise got."""
    assignment = work.manifest.assignment
    ensure_registered(grading, work.version)
    release = nbformat.reads(grading.artifacts.read(work.version.release_sha).decode(), 4)
    notebook = nbformat.writes(assemble(release, work.manifest.exercises, work.answers))
    with Gradebook(grading.gradebook_url) as gradebook:
        for person in work.people:
            clear(gradebook, assignment, person)
    run = RunCells(grading.runner.of(work.manifest.runner))
    for leftover in grading.work.glob(f"hand-in-{work.hand_in.number}-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with staging(grading.work, f"hand-in-{work.hand_in.number}") as root:
        for person in work.people:
            folder = root / "submitted" / person / assignment
            folder.mkdir(parents=True)
            (folder / f"{work.manifest.module}.ipynb").write_text(notebook, "utf-8")
            when = work.hand_in.received_at.strftime("%Y-%m-%d %H:%M:%S UTC")
            (folder / "timestamp.txt").write_text(when)
        traits = config.autograding(root, grading.gradebook_url, assignment)
        convert(Autograder, traits, autograde_preprocessors=config.autograding_steps(run))
    with Gradebook(grading.gradebook_url) as gradebook:
        by_cell = auto_scores(gradebook, assignment, work.people[0])
    tasks = {
        cell.metadata.nbgrader.grade_id
        for cell in release.cells
        if cell.metadata.get("nbgrader", {}).get("task")
    }
    return [
        _auto_score(exercise, work.answers, by_cell, run.reasons, exercise.exercise in tasks)
        for exercise in work.manifest.exercises
    ]


def _auto_score(
    exercise: Exercise,
    answers: Mapping[str, Any],
    by_cell: Mapping[str, float | None],
    reasons: Mapping[str, str],
    is_task: bool,
) -> AutoScore:
    name, points = exercise.exercise, exercise.points
    if exercise.kind == "quiz":
        cells = [test.exercise for test in exercise.tests]
        doubts = [reasons[cell] for cell in cells if cell in reasons]
        earned = sum(by_cell[cell] or 0.0 for cell in cells)
        reason = doubts[0] if doubts else None
        return AutoScore(name, earned, points, needs_mark=bool(doubts), reason=reason)
    if exercise.is_empty(answers.get(name)) and not is_task:
        return AutoScore(name, 0.0, points, reason="no-answer")
    return AutoScore(name, 0.0, points, needs_mark=True)


def _keep(session: Session, number: int, scores: list[AutoScore]) -> None:
    """Keep the scores; where nobody has to look, return the hand-in at once."""
    hand_in = hand_ins.mark_autograded(session, number, scores)
    if hand_in.state == "to-mark" and not any(score.needs_mark for score in scores):
        marking.release(session, hand_in)
        audit.record(session, "autograder", "return", f"hand-in/{number}")
