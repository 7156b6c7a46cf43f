"""Run a hand-in's cells, confined, and believe nothing they show but a number.

Decides which outcome of a test counts: nbgrader gives full points for almost any output, so
whatever is not a finite number from 0 to the points becomes an error here, worth 0, with a reason
that asks a person to look. How code is shut in is `publishing.confine`'s.
"""

import json
import logging
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.utils import is_grade, is_solution

from publishing import confine, run_cells
from publishing.self_test import score
from store.errors import Unavailable

MOST_CHARACTERS = 64 * 1024
LIMITS = confine.Limits(cpu_seconds=15, wall_seconds=60, memory_bytes=1 << 30, output_bytes=4 << 20)
"""A kernel needs about one CPU-second to start; what is left is for the tests."""
CELL_SECONDS = 10

log = logging.getLogger(__name__)

Outputs = list[dict[str, Any]]
Run = Callable[[list[str]], list[Outputs]]


class RunCells:
    """nbgrader's running step, without a kernel in this process.

    `reasons` maps the `grade_id` of each test that could not be believed to a code. The same cells
    are run once: people who handed in together have the same notebook.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._seen: tuple[list[str], list[Outputs]] | None = None
        self.reasons: dict[str, str] = {}

    def __call__(
        self, notebook: NotebookNode, resources: Mapping[str, Any]
    ) -> tuple[NotebookNode, Mapping[str, Any]]:
        """Give every code cell its outputs, as nbconvert asks of a preprocessor."""
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell, outputs in zip(
            cells, self._outputs([cell.source for cell in cells]), strict=True
        ):
            cell.outputs = [nbformat.from_dict(output) for output in _plain(outputs)]
            if is_grade(cell) and not is_solution(cell):
                self._check(cell)
        return notebook, resources

    def _outputs(self, sources: list[str]) -> list[Outputs]:
        if not sources:
            return []
        if self._seen is None or self._seen[0] != sources:
            self._seen = sources, self._run(sources)
        return self._seen[1]

    def _check(self, cell: NotebookNode) -> None:
        reason = doubt(cell.outputs, float(cell.metadata.nbgrader["points"]))
        if reason is None:
            return
        self.reasons[cell.metadata.nbgrader["grade_id"]] = reason
        if not any(output.output_type == "error" for output in cell.outputs):
            cell.outputs = [nbformat.from_dict(_error("NotAScore"))]


def doubt(outputs: Sequence[Mapping[str, Any]], points: float) -> str | None:
    """Return why a test's outcome cannot be believed, as a code, or None.

    The rule is the one that publishing tries every test with. A failed `assert` or any other
    exception is an outcome, worth 0; so is passing without a word, worth all the points.
    """
    errors = [output["ename"] for output in outputs if output["output_type"] == "error"]
    if errors:
        # these two are of our making: the test did not come to its end
        ended = errors[-1] not in ("TimeoutError", "DeadKernelError")
        return None if ended else "test-did-not-end"
    if any(output.get("name") == "stderr" for output in outputs):
        return "test-wrote-warning"
    return "test-gave-no-score" if isinstance(score(outputs, points), str) else None


def run_confined(hidden: Sequence[Path], cell_seconds: int = CELL_SECONDS) -> Run:
    """Return a `Run` that starts a fresh plain kernel in a confined process for every call.

    Folders in `hidden` look empty to the cells. When a limit is met every cell ends in an error;
    when no kernel came up at all it raises `Unavailable("runner-failed")`.
    """

    def run(sources: list[str]) -> list[Outputs]:
        order = json.dumps({"cells": sources, "cell_seconds": cell_seconds}).encode()
        command = [sys.executable, "-I", str(run_cells.__file__)]
        with tempfile.TemporaryDirectory(prefix="pathshala-run-") as folder:
            finished = confine.run(
                command, folder=Path(folder), limits=LIMITS, stdin=order, hidden=hidden
            )
        if finished.reason is not None:
            return [[_error("TimeoutError")] for _ in sources]
        try:
            results = [result["outputs"] for result in json.loads(finished.stdout)]
        except (ValueError, TypeError, KeyError):
            results = []
        if finished.code != 0 or len(results) != len(sources):
            why = finished.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            log.error("the runner ended with %d: %s", finished.code, *(why or ["no word"]))
            raise Unavailable("runner-failed", "The tests could not be run just now.")
        return results

    return run


def _plain(outputs: Outputs) -> Outputs:
    """Rebuild the four kinds of output that scoring needs, and nothing else."""
    kept: Outputs = []
    for output in outputs:
        kind = output.get("output_type")
        if kind == "stream" and output.get("name") in ("stdout", "stderr"):
            words = _text(output.get("text"))
            kept.append({"output_type": "stream", "name": output["name"], "text": words})
        elif kind == "error":
            kept.append(_error(_text(output.get("ename"))[:100]))
        elif kind == "execute_result":
            data = {"text/plain": _text(output.get("data", {}).get("text/plain"))}
            kept.append(
                {"output_type": kind, "data": data, "metadata": {}, "execution_count": None}
            )
    return kept


def _text(value: Any) -> str:
    joined = "".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return joined[:MOST_CHARACTERS]


def _error(name: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": "", "traceback": []}
