"""Reads a notebook's cells as nbgrader means them: which is an exercise, a test, a text.

Decides roles alone; what is wrong with a cell is `lint`'s to say.
"""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from publishing import quick_start  # noqa: F401 - before nbformat

import nbformat  # isort: skip

Role = Literal[
    "plain", "locked", "answer", "task", "quiz", "test", "code-answer", "code-task", "half"
]
MOST_BYTES = 20 << 20
BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"
HIDDEN = (("BEGIN HIDDEN TESTS", "END HIDDEN TESTS"), ("BEGIN MARK SCHEME", "END MARK SCHEME"))


@dataclass(frozen=True)
class Cell:
    """A cell; `number` counts from 1. `settings` is `metadata.pathshala`, `language` its `lang`."""

    number: int
    kind: str
    source: str
    role: Role
    grade_id: str = ""
    points: Any = 0
    schema_version: Any = 3
    language: str | None = None
    settings: dict[str, Any] | None = None
    attachments: tuple[str, ...] = ()

    @property
    def is_exercise(self) -> bool:
        return self.role in ("answer", "task", "quiz")

    def shows_in(self, language: str) -> bool:
        return self.language is None or self.language == language

    def secrets(self) -> list[str]:
        """Return the parts that may never leave the server: solution, hidden tests, mark scheme."""
        if self.role == "answer":
            regions = _between(self.source, BEGIN, END)
            return [part for part in regions or [self.source] if part.strip()]
        pairs = [(BEGIN, END), *HIDDEN]
        return [part for pair in pairs for part in _between(self.source, *pair) if part.strip()]


@dataclass(frozen=True)
class Solution:
    """What a quiz's solution assigns: one literal to one name; `rest` is the code around it."""

    variable: str
    value: Any
    rest: str

    @property
    def literal(self) -> str:
        return type(self.value).__name__


def read_notebook(path: Path) -> Any:
    """Return the notebook as nbformat 4; raise ValueError if it is none."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES >> 20} MB")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return nbformat.reads(path.read_text("utf-8"), as_version=4)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except (ValueError, KeyError, AttributeError, TypeError, nbformat.ValidationError) as error:
        raise ValueError(str(error).splitlines()[0] if str(error) else repr(error)) from error


def read_cells(notebook: Any) -> list[Cell]:
    return list(_cells(notebook))


def find_solution(cell: Cell) -> Solution | None:
    """Return what a quiz's solution assigns, or None if it is not one literal to one name."""
    regions = _between(cell.source, BEGIN, END)
    region = "\n".join(regions) if regions else cell.source
    rest = _without(cell.source, BEGIN, END) if regions else ""
    try:
        body = ast.parse(region).body
        if len(body) != 1 or not isinstance(body[0], ast.Assign):
            return None
        target, value = body[0].targets, ast.literal_eval(body[0].value)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None
    if len(target) != 1 or not isinstance(target[0], ast.Name):
        return None
    return Solution(target[0].id, value, rest)


def has_solution_marks(cell: Cell) -> bool:
    return bool(_between(cell.source, BEGIN, END))


def _cells(notebook: Any) -> Iterator[Cell]:
    for number, cell in enumerate(notebook.cells, 1):
        grading = cell.metadata.get("nbgrader") or {}
        settings = cell.metadata.get("pathshala")
        language = cell.metadata.get("lang")
        yield Cell(
            number,
            cell.cell_type,
            cell.source,
            _role(cell.cell_type, grading),
            str(grading.get("grade_id", "")),
            grading.get("points", 0),
            grading.get("schema_version", 3),
            language if isinstance(language, str) else None,
            settings if isinstance(settings, dict) else {},
            tuple(cell.get("attachments") or ()),
        )


def _role(kind: str, grading: Any) -> Role:
    grade, solution, locked, task = (
        bool(grading.get(flag)) for flag in ("grade", "solution", "locked", "task")
    )
    if task:
        return "task" if kind == "markdown" else "code-task"
    if grade and solution:
        return "answer" if kind == "markdown" else "code-answer"
    if grade or solution:
        if kind != "code":
            return "half"
        return "quiz" if solution else "test"
    return "locked" if locked else "plain"


def _between(source: str, begin: str, end: str) -> list[str]:
    """Return what stands between the marks, as nbgrader finds them: anywhere in a line."""
    found: list[str] = []
    inside: list[str] | None = None
    for line in source.split("\n"):
        if begin in line:
            inside = []
        elif end in line and inside is not None:
            found.append("\n".join(inside))
            inside = None
        elif inside is not None:
            inside.append(line)
    return found


def _without(source: str, begin: str, end: str) -> str:
    kept, inside = [], False
    for line in source.split("\n"):
        if begin in line:
            inside = True
        elif end in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)
