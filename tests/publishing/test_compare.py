"""What changed between two versions of a notebook, in words a trainer can check."""

import json

import nbformat
import pytest

from publishing.compare import Change, compare
from tests.publishing.writing import Cell, graded, notebook, reflection, whole, words


def changes(before: list[Cell], now: list[Cell]) -> list[Change]:
    read = [nbformat.reads(_text(cells), as_version=4) for cells in (before, now)]
    return compare(*read)


def _text(cells: list[Cell]) -> str:
    return json.dumps(notebook(*cells))


def kept(cells: list[Cell]) -> list[Cell]:
    """The same cells, each with the id that it keeps wherever it goes."""
    return [{"id": f"kept-{number}", **cell} for number, cell in enumerate(cells)]


def test_the_same_notebook_has_no_change() -> None:
    assert changes(whole(), whole()) == []


def test_a_new_a_lost_and_a_reworded_cell_are_told_apart() -> None:
    before = kept(whole())
    now = [*before[:1], {**words("## নতুন"), "id": "fresh"}, *before[2:]]
    now[3] = {**now[3], "source": "## ভাবুন\n\nআপনি কী শুনলেন?"}
    found = {each.kind: each for each in changes(before, now)}
    assert set(found) == {"added", "removed", "changed"}
    assert (found["added"].now, found["removed"].before) == (2, 2)
    assert (found["changed"].before, found["changed"].now) == (4, 4)
    assert "শুনলেন" in found["changed"].text and "দেখলেন" in found["changed"].was


def test_a_cell_that_went_elsewhere_is_moved_and_the_others_are_not() -> None:
    before = kept([words(f"কথা {number}") for number in range(5)])
    now = [*before[1:], before[0]]
    assert [(each.kind, each.before, each.now) for each in changes(before, now)] == [
        ("moved", 1, 5)
    ]


@pytest.mark.parametrize("points", [2, 6])
def test_an_exercise_is_the_same_one_by_its_name_and_its_points_are_told(points: float) -> None:
    before = kept([reflection("saw", 4)])
    moved = {**graded(words("অন্য কথা"), "saw", points, grade=True, solution=True), "id": "other"}
    (change,) = changes(before, [moved])
    assert (change.kind, change.exercise, change.points) == ("changed", "saw", (4.0, points))


def test_another_rubric_is_a_change_of_settings() -> None:
    (change,) = changes(kept([reflection(rubric="a")]), kept([reflection(rubric="b")]))
    assert change.settings and change.was == change.text
