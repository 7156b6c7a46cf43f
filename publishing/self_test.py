"""Tries a module's quizzes before teachers do: the model answers score full, no answer scores 0.

Runs what a hand-in will run, each quiz as one assignment and its tests, both plainly and in a real
kernel; where the two score differently, the kernel is right, and has to score the hand-ins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from publishing.findings import Finding
from publishing.outline import Cell, find_solution
from publishing.runner import Kind, Outputs, Runner
from publishing.scoring import CUT_OFF, score

RESET = "%reset -f"


@dataclass(frozen=True)
class Tested:
    """What came of it; `runner` is what has to score this module's hand-ins."""

    findings: list[Finding]
    runner: Kind = "plain"


@dataclass(frozen=True)
class _Outcome:
    """What one test cell showed, with the model answers or without any answer."""

    cell: Cell
    with_answers: bool
    outputs: Outputs

    @property
    def score(self) -> float | str:
        return score(self.outputs, float(self.cell.points))

    @property
    def was_cut_off(self) -> bool:
        return any(output.get("ename") in CUT_OFF for output in self.outputs)


def self_test(file: str, cells: Sequence[Cell], runner: Runner) -> Tested:
    """Say what is wrong with the tests of a notebook (its source, not its release)."""
    if not any(cell.role == "test" for cell in cells):
        return Tested([])
    answered, empty = (_as_handed_in(cells, with_answers) for with_answers in (True, False))
    plain = _tests(answered, empty, runner.run(_sources(answered)), runner.run(_sources(empty)))
    # one kernel for both, emptied between: to start one takes the most time
    shown = runner.run_in_kernel([*_sources(answered), RESET, *_sources(empty)])
    kernel = _tests(answered, empty, shown[: len(answered)], shown[len(answered) + 1 :])
    differing = [
        Finding(file, one.cell.number, "needs-kernel", {"plain": one.score, "kernel": other.score})
        for one, other in zip(plain, kernel, strict=True)
        if one.score != other.score
    ]
    judged = [finding for each in kernel if (finding := _judge(file, each))]
    return Tested(differing[:1] + judged, "kernel" if differing else "plain")


def _as_handed_in(cells: Sequence[Cell], with_answers: bool) -> list[tuple[Cell, str]]:
    """Return the cells that a hand-in runs, each with its source."""
    found = []
    for cell in cells:
        solution = find_solution(cell) if cell.role == "quiz" else None
        if solution is not None:
            value = solution.value if with_answers else None
            found.append((cell, f"{solution.variable} = {value!r}"))
        elif cell.kind == "code" and cell.role in ("test", "locked"):
            found.append((cell, cell.source))
    return found


def _sources(cells: Sequence[tuple[Cell, str]]) -> list[str]:
    return [source for _, source in cells]


def _tests(
    answered: Sequence[tuple[Cell, str]],
    empty: Sequence[tuple[Cell, str]],
    shown_answered: Sequence[Outputs],
    shown_empty: Sequence[Outputs],
) -> list[_Outcome]:
    runs = ((True, answered, shown_answered), (False, empty, shown_empty))
    return [
        _Outcome(cell, with_answers, outputs)
        for with_answers, cells, shown in runs
        for (cell, _), outputs in zip(cells, shown, strict=True)
        if cell.role == "test"
    ]


def _judge(file: str, outcome: _Outcome) -> Finding | None:
    number, points, result = outcome.cell.number, float(outcome.cell.points), outcome.score
    if outcome.was_cut_off:
        return Finding(file, number, "test-without-stop", {})
    if isinstance(result, str):
        return Finding(file, number, "score-not-a-number", {"shown": result or "—"})
    if outcome.with_answers and result < points:
        return Finding(file, number, "model-answer-fails", {"score": result, "points": points})
    if not outcome.with_answers and result > 0:
        return Finding(file, number, "empty-answer-scores", {"score": result})
    return None
