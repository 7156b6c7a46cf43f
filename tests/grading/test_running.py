"""What a test cell's outcome is worth."""

import ast
from collections.abc import Sequence
from typing import Any

import nbformat
import pytest
from nbgrader.utils import determine_grade

from grading.running import RunCells
from publishing.runner import Outputs
from publishing.scoring import doubt

from .conftest import cell, notebook


def value(shown: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": {"text/plain": shown}, "metadata": {}}


def error(name: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": "", "traceback": []}


WARNING = {"output_type": "stream", "name": "stderr", "text": "DeprecationWarning"}
PRINTED = {"output_type": "stream", "name": "stdout", "text": "2.0"}


BELIEVED = ["0", "0.0", "2", "1.5", "2.0", "1e-3"]
DOUBTED = ["True", "'ok'", "-1", "nan", "inf", "2.01", "np.float64(1.5)", "Fraction(1, 2)", "[1.0]"]


@pytest.mark.parametrize("shown", BELIEVED)
def test_a_number_from_zero_to_the_points_is_believed(shown: str) -> None:
    assert doubt([value(shown)], 2.0) is None


@pytest.mark.parametrize("shown", [*DOUBTED, ""])
def test_what_nbgrader_would_give_full_points_for_is_doubted(shown: str) -> None:
    assert doubt([value(shown)], 2.0) == "test-gave-no-score"


@pytest.mark.parametrize(
    ("outputs", "reason"),
    [
        ([], None),
        ([error("AssertionError")], None),
        ([error("TypeError")], None),
        ([PRINTED], "test-gave-no-score"),
        ([WARNING, value("2.0")], "test-wrote-warning"),
        ([WARNING, error("AssertionError")], None),
        ([error("TimeoutError")], "test-did-not-end"),
        ([error("DeadKernelError")], "test-did-not-end"),
        ([error("MemoryError")], "test-did-not-end"),
    ],
)
def test_an_outcome_without_a_number(outputs: Any, reason: str | None) -> None:
    assert doubt(outputs, 2.0) == reason


def test_people_who_handed_in_together_have_their_cells_run_once() -> None:
    ran: list[list[str]] = []

    def run(sources: Sequence[str]) -> list[Outputs]:
        ran.append(list(sources))
        return [[value("2.0")] for _ in sources]

    cells = RunCells(run)
    for _ in range(2):
        cells(nbformat.from_dict(notebook(cell("code", "2.0", "a", grade=True, points=2))), {})
    assert ran == [["2.0"]]


@pytest.mark.parametrize("shown", [*BELIEVED, *DOUBTED])
def test_what_is_believed_is_worth_what_nbgrader_gives_for_it(shown: str) -> None:
    cells = RunCells(lambda sources: [[value(shown)] for _ in sources])
    made = nbformat.from_dict(notebook(cell("code", "…", "a", grade=True, points=2)))
    scored, _ = cells(made, {})
    expected = ast.literal_eval(shown) if shown in BELIEVED else 0
    assert determine_grade(scored.cells[0]) == (expected, 2)
