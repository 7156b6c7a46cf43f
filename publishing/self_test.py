"""Tries a module's quizzes before teachers do: the model answers score full, no answer scores 0.

Runs in a confined kernel what a hand-in will run: each quiz as one assignment, and its tests.
"""

import ast
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from publishing import confine, run_cells
from publishing.findings import Finding
from publishing.outline import Cell, find_solution

RUN_CELLS = [sys.executable, "-I", str(run_cells.__file__)]
RESET = "%reset -f"


def self_test(
    file: str, cells: Sequence[Cell], work: Path, hidden: Sequence[Path] = ()
) -> list[Finding]:
    """Return what is wrong with the tests of a notebook (its source, not its release)."""
    tests = [cell for cell in cells if cell.role == "test"]
    if not tests:
        return []
    sources: list[str] = []
    places: list[tuple[Cell, bool, int]] = []
    for with_answers in (True, False):
        for cell in cells:
            source = _as_handed_in(cell, with_answers)
            if source is None:
                continue
            if cell.role == "test":
                places.append((cell, with_answers, len(sources)))
            sources.append(source)
        sources.append(RESET)
    with tempfile.TemporaryDirectory(prefix="try-", dir=work) as folder:
        finished = confine.run(
            RUN_CELLS,
            folder=Path(folder),
            stdin=json.dumps({"cells": sources}).encode(),
            hidden=hidden,
        )
    if finished.reason or finished.code:
        reason = {"reason": finished.reason or finished.code}
        return [Finding(file, tests[0].number, "ran-too-long", reason)]
    results = json.loads(finished.stdout)
    judged = (
        _judge(file, cell, with_answers, results[place]["outputs"])
        for cell, with_answers, place in places
    )
    return [finding for finding in judged if finding]


def score(outputs: Sequence[Any], points: float) -> float | str:
    """Return what a test cell's outputs score, or in words why they score nothing that counts.

    A test that ends without a value and without an error has asserted, and scores full points.
    """
    if any(output["output_type"] == "error" for output in outputs):
        return 0.0
    if any(output["output_type"] == "stream" and output["name"] == "stderr" for output in outputs):
        return "stderr"
    results = [output for output in outputs if output["output_type"] == "execute_result"]
    if not results:
        shown = [output for output in outputs if output["output_type"] == "stream"]
        return str(shown[0].get("text", ""))[:60] if shown else points
    words = str(results[-1].get("data", {}).get("text/plain", ""))
    try:
        value = ast.literal_eval(words)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return words[:60]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return words[:60]
    return float(value) if math.isfinite(value) and 0 <= value <= points else words[:60]


def _as_handed_in(cell: Cell, with_answers: bool) -> str | None:
    if cell.kind != "code" or cell.role not in ("quiz", "test", "locked"):
        return None
    solution = find_solution(cell) if cell.role == "quiz" else None
    if solution is None:
        return cell.source if cell.role != "quiz" else None
    return (
        f"{solution.variable} = {solution.value!r}"
        if with_answers
        else f"{solution.variable} = None"
    )


def _judge(file: str, cell: Cell, with_answers: bool, outputs: Sequence[Any]) -> Finding | None:
    points = float(cell.points)
    result = score(outputs, points)
    if isinstance(result, str):
        return Finding(file, cell.number, "score-not-a-number", {"shown": result or "—"})
    if with_answers and result < points:
        facts = {"score": result, "points": points}
        return Finding(file, cell.number, "model-answer-fails", facts)
    if not with_answers and result > 0:
        return Finding(file, cell.number, "empty-answer-scores", {"score": result})
    return None
