"""Run a hand-in's cells, confined, and believe nothing they show but a number.

A test whose outcome is doubted (`publishing.scoring`) becomes an error here, worth 0, with a reason
that asks a person to look. How cells are run and shut in is `publishing.runner`'s.
"""

from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.utils import is_grade, is_solution

from publishing.runner import Outputs, Run, error
from publishing.scoring import doubt


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
