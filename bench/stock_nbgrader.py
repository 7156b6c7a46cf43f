"""Grade a notebook with nbgrader as it comes: `python -m bench.stock_nbgrader NOTEBOOK`.

A process of its own, which nothing of Pathshala's grading has touched. Prints one line of JSON:
`{"command line": [CPU seconds, seconds], "API in process": [...]}`, both of one hand-in.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import nbformat
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

ASSIGNMENT = "bench"
RUNS = 5
ANSWERS = {"q1": 'q1 = "b"', "q2": 'q2 = "b"', "q3": 'q3 = "a"', "why": "ষাটজনের ক্লাসে জোড়ায় কথা।"}
NBGRADER = Path(sys.executable).with_name("nbgrader")


def main() -> None:
    """Hand in twice for each run, and grade one half by command, the other by the API."""
    os.environ["PATH"] = f"{NBGRADER.parent}{os.pathsep}{os.environ['PATH']}"  # it runs alembic
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source = root / "source" / ASSIGNMENT / "quizzes.ipynb"
        source.parent.mkdir(parents=True)
        source.write_bytes(Path(sys.argv[1]).read_bytes())
        (root / "nbgrader_config.py").write_text(
            "c = get_config()\n"
            f"c.CourseDirectory.root = {folder!r}\n"
            'c.ClearSolutions.code_stub = {"python": "# answer"}\n'
        )
        _command(root, "generate_assignment", ASSIGNMENT)
        for number in range(2 * RUNS + 1):
            _hand_in(root, f"person-{number}")
        by_command = [
            _timed(partial(_autograde, root, f"person-{number}")) for number in range(RUNS)
        ]
        config = Config()
        config.CourseDirectory.root = folder
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        api.autograde(ASSIGNMENT, f"person-{2 * RUNS}")  # imports and the gradebook are warm now
        by_api = [
            _timed(partial(api.autograde, ASSIGNMENT, f"person-{number}"))
            for number in range(RUNS, 2 * RUNS)
        ]
        scores = {each["score"] for each in api.gradebook.submission_dicts(ASSIGNMENT)}
        assert scores == {4.0}, scores
    print(json.dumps({"command line": _typical(by_command), "API in process": _typical(by_api)}))


def _command(root: Path, *words: str) -> None:
    subprocess.run([NBGRADER, *words], cwd=root, capture_output=True, check=True)


def _autograde(root: Path, person: str) -> None:
    _command(root, "autograde", ASSIGNMENT, "--student", person)


def _hand_in(root: Path, person: str) -> None:
    notebook = nbformat.read(root / "release" / ASSIGNMENT / "quizzes.ipynb", as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = ANSWERS.get(name, cell.source)
    folder = root / "submitted" / person / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "quizzes.ipynb")


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    cpu, wall = _cpu_seconds(), time.perf_counter()
    work()
    return _cpu_seconds() - cpu, time.perf_counter() - wall


def _cpu_seconds() -> float:
    """Of this process and all that it has waited for: commands and kernels."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _typical(runs: list[tuple[float, float]]) -> tuple[float, float]:
    return median(cpu for cpu, _ in runs), median(wall for _, wall in runs)


if __name__ == "__main__":
    main()
