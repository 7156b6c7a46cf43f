"""Set nbgrader's traits, all of them, here.

Decides where nbgrader reads and writes (a folder of its own for every job) and which of its steps
run. No `nbgrader_config.py` is ever read: the converters are called in this process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traitlets.config import Config

from publishing.release import PREPROCESSORS, STUB
from publishing.runner import Runner
from store.artifacts import Artifacts
from store.database import Database

STEPS = "nbgrader.preprocessors."


@dataclass(frozen=True)
class Grading:
    """What the grading room needs to work: the store, nbgrader's own database, a folder, a runner.

    `gradebook_url` is a database that nothing else uses; `work` holds one short-lived folder a job.
    """

    database: Database
    artifacts: Artifacts
    gradebook_url: str
    work: Path
    runner: Runner


def autograding(root: Path, gradebook_url: str, assignment: str) -> Config:
    """Traits for `Autograde`; its running step is given by `autograde`, and no penalty is taken."""
    config = Config()
    config.CourseDirectory.root = str(root.resolve())
    config.CourseDirectory.db_url = gradebook_url
    config.CourseDirectory.assignment_id = assignment
    return config


def registering(root: Path, gradebook_url: str, course: str, assignment: str) -> Config:
    """Traits for `GenerateAssignment`: the release's steps, and cells saved in the gradebook."""
    config = autograding(root, gradebook_url, assignment)
    config.CourseDirectory.course_id = course
    steps = list(PREPROCESSORS)
    steps.insert(steps.index("ComputeChecksums") + 1, "SaveCells")
    config.GenerateAssignment.preprocessors = [STEPS + step for step in steps]
    config.ClearSolutions.code_stub = STUB
    return config


def autograding_steps(run_cells: Callable[..., Any]) -> list[Any]:
    """What follows nbgrader's cleaning: ours runs the cells, nbgrader keeps what they scored.

    Its other steps tidy a notebook that nobody keeps, or fine people for being late.
    """
    return [run_cells, f"{STEPS}SaveAutoGrades"]
