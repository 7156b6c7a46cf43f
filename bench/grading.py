"""Autograding a hand-in of three quizzes and a reflection: ours, nbgrader's command line, its API.

All grade the same notebook with the same answers, in the same run, one hand-in after the other,
each into a SQLite gradebook of its own. CPU seconds count every process that takes part.
"""

import json
import os
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

from bench.processes import cpu_seconds
from bench.rows import Row
from grading import gradebook
from grading.autograde import autograde
from grading.config import Grading
from learning import answers, hand_ins, people
from publishing.runner import Runner
from publishing.versions import Publisher, publish
from store import clock
from store.artifacts import Artifacts
from store.database import Database, Session
from store.schema import upgrade
from store.tables import new_id

ROOT = Path(__file__).parents[1]
HAND_INS = 20
COURSE = """\
course: bench
title: {bn: মাপা, en: Bench}
summary: {bn: মাপা, en: Bench}
languages: [bn]
modules:
  - {notebook: quizzes.ipynb, title: {bn: কুইজ, en: Quizzes}, minutes: 5}
"""
ANSWERS = {"q1": "b", "q2": "b", "q3": "a", "why": "ষাটজনের ক্লাসে জোড়ায় কথা।"}

Seconds = tuple[float, float]  # of CPU, and of the wall clock


def measure() -> list[Row]:
    """Grade the same work three ways."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = Path(folder) / "course" / "quizzes.ipynb"
        notebook.parent.mkdir()
        notebook.write_text(json.dumps(instructors_notebook()), "utf-8")
        ours = _ours(Path(folder))
        stock = [sys.executable, "-m", "bench.stock_nbgrader", str(notebook)]
        done = subprocess.run(stock, cwd=ROOT, capture_output=True, text=True, check=True)
        theirs = json.loads(done.stdout.splitlines()[-1])
    return [
        Row(f"a hand-in, {name}", mine, yours, f"{unit}, nbgrader's {way}")
        for way in ("command line", "API in process")
        for name, unit, mine, yours in zip(
            ("CPU", "wall"), ("CPU s", "s"), ours, theirs[way], strict=True
        )
    ]


def timed(work: Callable[[], Any]) -> Seconds:
    """Do some work; return what it took of CPU, with all processes, and of the wall clock."""
    cpu, wall = cpu_seconds(os.getpid()), time.perf_counter()
    work()
    return cpu_seconds(os.getpid()) - cpu, time.perf_counter() - wall


def typical(runs: list[Seconds]) -> Seconds:
    """Return the medians of many runs."""
    return median(cpu for cpu, _ in runs), median(wall for _, wall in runs)


def instructors_notebook() -> Any:
    """Three quizzes and a reflection, as nbgrader's own toolbar makes them."""
    cells = [nbformat.v4.new_markdown_cell("# কুইজ")]
    for name in ("q1", "q2", "q3"):
        solution = f'### BEGIN SOLUTION\n{name} = "b"\n### END SOLUTION'
        test = f'### BEGIN HIDDEN TESTS\n2.0 if {name} == "b" else 0.0\n### END HIDDEN TESTS'
        cells.append(_graded(nbformat.v4.new_code_cell(solution), name, solution=True))
        tested = nbformat.v4.new_code_cell(test)
        cells.append(_graded(tested, f"{name}-test", grade=True, locked=True, points=2))
    words = nbformat.v4.new_markdown_cell("এখানে লিখুন")
    cells.append(_graded(words, "why", grade=True, solution=True, points=3))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _graded(cell: Any, name: str, **flags: Any) -> Any:
    kinds = {"grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, **kinds, **flags}
    return cell


def _ours(folder: Path) -> Seconds:
    course = folder / "course"
    (course / "course.yml").write_text(COURSE, "utf-8")
    url, data = f"sqlite:///{folder / 'pathshala.sqlite'}", folder / "data"
    gradebook_url = f"sqlite:///{folder / 'gradebook.sqlite'}"
    upgrade(url)
    gradebook.migrate(gradebook_url)
    with Runner([data]).start() as runner:
        database = Database(url)
        artifacts = Artifacts(data / "artifacts")
        properties = ROOT / "widgets" / "properties.json"
        publish(Publisher(database, artifacts, properties, data / "work"), course)
        grading = Grading(database, artifacts, gradebook_url, data / "work", runner)
        numbers = [database.write(_hand_in) for _ in range(HAND_INS + 1)]
        autograde(grading, numbers[0])  # the first makes the gradebook know the module
        runs = [timed(partial(autograde, grading, number)) for number in numbers[1:]]
        points = gradebook.totals(gradebook_url).values()
        assert set(points) == {4.0}, points
        database.close()
    return typical(runs)


def _hand_in(session: Session) -> int:
    """Make a person who answered everything and hands it in; return the hand-in's number."""
    person = people.add_person(
        session,
        name=f"bench-{new_id()[:12]}",
        password_hash="none",
        display_name="রহিমা খাতুন",
        role="teacher",
    )
    for number, (exercise, value) in enumerate(ANSWERS.items()):
        answers.save_answer(
            session,
            person=person,
            module_key="bench/quizzes",
            exercise=exercise,
            device="bench",
            sequence=number,
            edited_at=clock.now(),
            value=value,
        )
    return hand_ins.hand_in(
        session,
        person=person,
        module_key="bench/quizzes",
        key=new_id(),
        handed_at=clock.now(),
        together=[],
    ).number
