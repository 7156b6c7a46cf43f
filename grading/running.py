"""Run a hand-in's cells, confined, and believe nothing they show but a number.

Decides which outcome of a test counts: nbgrader gives full points for almost any output, so
whatever is not a finite number from 0 to the points becomes an error here, worth 0, with a reason
that asks a person to look. How cells are run and shut in is `publishing.runner`'s.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.utils import is_grade, is_solution

from publishing.runner import Outputs, Run, error
from publishing.self_test import CUT_OFF, score


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
            cell.outputs = [nbformat.from_dict(output) for output in outputs]
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
            cell.outputs = [nbformat.from_dict(error("NotAScore"))]


def doubt(outputs: Sequence[Mapping[str, Any]], points: float) -> str | None:
    """Return why a test's outcome cannot be believed, as a code, or None.

    The rule is the one that publishing tries every test with. A failed `assert` or any other
    exception is an outcome, worth 0; so is passing without a word, worth all the points.
    """
    errors = [output["ename"] for output in outputs if output["output_type"] == "error"]
    if errors:
        # a limit was met: the test did not come to its end
        ended = errors[-1] not in CUT_OFF
        return None if ended else "test-did-not-end"
    if any(output.get("name") == "stderr" for output in outputs):
        return "test-wrote-warning"
    return "test-gave-no-score" if isinstance(score(outputs, points), str) else None
