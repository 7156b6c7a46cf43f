"""Put a hand-in's answers, as data, into a clean copy of the release.

Decides what an answer looks like inside a notebook: a quiz's cell becomes one assignment of one
literal, a reflection's cell becomes Markdown without HTML, links or maths. Nothing a teacher typed
is ever a name, a call or a tag. What may be answered at all is `publishing.exercises`' to say.
"""

import ast
import copy
import html
import json
import keyword
import math
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from publishing.exercises import Exercise
from store.errors import Invalid

DEEPEST = 4
"""How many lists and objects may stand inside each other in one answer."""

LABELS = {
    "class": "শ্রেণি (Class)",
    "lesson": "পাঠ (Lesson)",
    "date": "তারিখ (Date)",
    "change": "আমি যা বদলাব (What I will change)",
    "tried_on": "ক্লাসে করে দেখেছি (I tried it)",
    "pupils": "শিক্ষার্থীরা যা করেছে (What pupils did)",
    "decision": "সিদ্ধান্ত (Decision)",
    "next": "এরপর (Next)",
}
DECISIONS = {"keep": "এভাবেই রাখব (Keep it)", "change": "বদলাব (Change it)"}


def assemble(
    release: Mapping[str, Any], exercises: Iterable[Exercise], answers: Mapping[str, Any]
) -> NotebookNode:
    """Return a new notebook: the release with these answers, and nothing else, in its answer cells.

    `answers` maps an exercise to its value; a missing one counts as unanswered. Code cells that
    nbgrader does not know (imports, clips) are left out. Raises `Invalid("answer-invalid")`.
    """
    notebook = nbformat.from_dict(copy.deepcopy(dict(release)))
    by_id = {exercise.exercise: exercise for exercise in exercises}
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and not nbgrader:
            continue
        cells.append(cell)
        exercise = by_id.get(nbgrader.get("grade_id", ""))
        if exercise is None:
            continue
        answer = answers.get(exercise.exercise)
        if exercise.kind == "quiz":
            cell.source = assignment(str(exercise.variable), exercise.python_value(answer))
        elif not exercise.is_empty(answer):
            if nbgrader.get("task"):
                # a task has no answer cell, and nbgrader restores its text: answer below it
                cells.append(nbformat.v4.new_markdown_cell(markdown(answer)))
            else:
                cell.source = markdown(answer)
    notebook.cells = cells
    return notebook


def assignment(name: str, value: Any) -> str:
    """Return `name = literal`, one line, checked to be exactly that.

    Raises `Invalid("answer-invalid")` for a value that is no JSON, or nested too deep.
    """
    source = f"{name} = {literal(value)}"
    if not _is_one_assignment(source, name, value):
        raise _invalid()
    return source


def literal(value: Any, depth: int = DEEPEST) -> str:
    """Return a checked JSON value as an ASCII Python literal."""
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, int) and value.bit_length() <= 1024:
        return repr(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    if isinstance(value, str):
        return ascii(value)
    if depth > 0 and isinstance(value, list):
        return "[" + ", ".join(literal(item, depth - 1) for item in value) + "]"
    if depth > 0 and isinstance(value, dict) and all(isinstance(key, str) for key in value):
        pairs = (f"{key!a}: {literal(item, depth - 1)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    raise _invalid()


def markdown(answer: Any) -> str:
    """Return an answer as Markdown that shows its words and can do nothing else."""
    if isinstance(answer, str):
        return _escape(answer)
    if isinstance(answer, Mapping):
        parts = (
            f"**{LABELS.get(key) or _escape(str(key))}:**\n\n{_field(key, value)}"
            for key, value in answer.items()
            if str(value).strip()
        )
        return "\n\n".join(parts)
    return _escape(json.dumps(answer, ensure_ascii=False))


def _field(key: str, value: Any) -> str:
    if key == "decision" and value in DECISIONS:
        return DECISIONS[value]
    return markdown(value)


def _escape(text: str) -> str:
    writable = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    escaped = html.escape(writable, quote=False)
    return "".join("\\" + letter if letter in "\\`[]$" else letter for letter in escaped)


def _is_one_assignment(source: str, name: str, value: Any) -> bool:
    if not name.isidentifier() or keyword.iskeyword(name):
        return False
    try:
        body = ast.parse(source).body
        if len(body) != 1 or not isinstance(statement := body[0], ast.Assign):
            return False
        targets = statement.targets
        if len(targets) != 1 or not isinstance(target := targets[0], ast.Name):
            return False
        # Python reads names as NFKC; repr tells 1 from True and from 1.0, which compare equal
        named = target.id == unicodedata.normalize("NFKC", name)
        return named and repr(ast.literal_eval(statement.value)) == repr(value)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False


def _invalid() -> Invalid:
    return Invalid("answer-invalid", "This answer does not fit its exercise.")
