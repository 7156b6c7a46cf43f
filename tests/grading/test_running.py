"""What a test cell's outcome is worth, and what the cells can reach while they run."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grading import running
from grading.running import RunCells, doubt, run_confined

from .conftest import cell, notebook


def value(shown: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": {"text/plain": shown}, "metadata": {}}


def error(name: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": "", "traceback": []}


WARNING = {"output_type": "stream", "name": "stderr", "text": "DeprecationWarning"}
PRINTED = {"output_type": "stream", "name": "stdout", "text": "2.0"}


@pytest.mark.parametrize("shown", ["0", "0.0", "2", "1.5", "2.0", "1e-3"])
def test_a_number_from_zero_to_the_points_is_believed(shown: str) -> None:
    assert doubt([value(shown)], 2.0) is None


@pytest.mark.parametrize(
    "shown",
    ["True", "'ok'", "-1", "nan", "inf", "2.01", "np.float64(1.5)", "Fraction(1, 2)", "[1.0]", ""],
)
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
    ],
)
def test_an_outcome_without_a_number(outputs: Any, reason: str | None) -> None:
    assert doubt(outputs, 2.0) == reason


def test_only_what_scoring_needs_comes_back_from_the_cells() -> None:
    shown = {
        "output_type": "execute_result",
        "data": {"text/html": "<script>alert(1)</script>", "text/plain": "1" * 100_000},
        "metadata": {"x": 1},
        "execution_count": 3,
    }
    cells = RunCells(lambda sources: [[shown, {"output_type": "display_data", "data": {}}]])
    made, _ = cells(nbformat.from_dict(notebook(cell("code", "1", "a", solution=True))), {})
    (output,) = made.cells[0].outputs
    assert list(output.data) == ["text/plain"]
    assert len(output.data["text/plain"]) == running.MOST_CHARACTERS


def test_cells_see_neither_our_environment_nor_peoples_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gradebook.sqlite").write_text("secret")
    monkeypatch.setenv("PATHSHALA_SECRET", "কেউ জানে না")
    source = f"import os; (sorted(os.listdir({str(tmp_path)!r})), sorted(os.environ))"
    ((output,),) = run_confined([tmp_path])([source])
    listed, environment = eval(output["data"]["text/plain"])  # noqa: S307 - our own cell's repr
    assert listed == []
    assert "PATHSHALA_SECRET" not in environment


def test_an_endless_test_ends_and_asks_for_a_person() -> None:
    made = json.loads(
        json.dumps(
            notebook(
                cell("code", "answer = 1", "a", solution=True),
                cell("code", "while True: pass", "a-test", grade=True, locked=True, points=2),
                cell("code", "2.0", "b-test", grade=True, locked=True, points=2),
            )
        )
    )
    cells = RunCells(run_confined([], cell_seconds=1))
    scored, _ = cells(nbformat.from_dict(made), {})
    assert cells.reasons == {"a-test": "test-did-not-end", "b-test": "test-did-not-end"}
    assert [each.outputs[-1].output_type for each in scored.cells[1:]] == ["error", "error"]
