"""How answers stand in the notebook that nbgrader gets."""

import copy
from typing import Any

import pytest

from grading.assemble import assemble, assignment, markdown
from publishing.exercises import Exercise
from store.errors import Invalid

from .conftest import PLAN, RIGHT, cell, manifest, notebook, pair_talk


def exercises() -> list[Exercise]:
    return [Exercise.from_manifest(entry) for entry in manifest()["exercises"]]


def sources(answers: dict[str, Any], release: dict[str, Any] | None = None) -> dict[str, str]:
    made = assemble(release or pair_talk(), exercises(), answers)
    return {
        each.metadata.nbgrader.grade_id: each.source
        for each in made.cells
        if "nbgrader" in each.metadata
    }


def test_a_quiz_cell_becomes_one_assignment() -> None:
    assert sources(RIGHT)["wait-time"] == "wait_time = 'b'"


def test_an_unanswered_quiz_is_none_so_that_no_older_value_is_scored() -> None:
    assert sources({})["groups"] == "groups = None"


def test_only_answer_cells_change_and_the_release_stays_as_it_was() -> None:
    release = pair_talk()
    before = copy.deepcopy(release)
    made = sources(RIGHT, release)
    assert release == before
    kept = {
        each["metadata"]["nbgrader"]["grade_id"]: each
        for each in release["cells"]
        if "nbgrader" in each["metadata"]
    }
    assert made["wait-time-test"] == kept["wait-time-test"]["source"]


def test_code_that_nbgrader_does_not_know_is_left_out() -> None:
    made = assemble(pair_talk(), exercises(), RIGHT)
    assert not any("import" in each.source for each in made.cells if each.cell_type == "code")
    assert made.cells[0].source == "# জোড়ায় কথা"


def test_a_blank_answer_leaves_the_stub() -> None:
    assert sources({"why": " \n ", "plan": {"class": ""}})["why"] == "এখানে লিখুন"
    assert sources({"plan": {"class": " "}})["plan"] == "এখানে লিখুন"


def test_an_answer_to_a_task_stands_below_it() -> None:
    release = notebook(cell("markdown", "করে দেখুন", "why", task=True, locked=True, points=3))
    task, answer = assemble(release, exercises(), {"why": "করেছি"}).cells
    assert (task.source, answer.source) == ("করে দেখুন", "করেছি")
    assert "nbgrader" not in answer.metadata


def test_a_plan_reads_as_a_page_in_bangla_with_english_beside() -> None:
    written = markdown({**PLAN, "decision": "keep", "next": ""})
    assert "**শ্রেণি (Class):**\n\nচতুর্থ" in written
    assert "**সিদ্ধান্ত (Decision):**\n\nএভাবেই রাখব (Keep it)" in written
    assert "Next" not in written


def test_words_arrive_as_words() -> None:
    typed = "<b>৬০</b> & `x` [a](http://b) $y$ \\ \0"
    assert markdown(typed) == "&lt;b&gt;৬০&lt;/b&gt; &amp; \\`x\\` \\[a\\](http://b) \\$y\\$ \\\\ "


@pytest.mark.parametrize("name", ["class", "a b", "a;import os", "", "a.b", "a,b"])
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        assignment(name, "b")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [[[[[1]]]]], {1: 2}, object()])
def test_a_value_that_is_no_answer_is_refused(value: Any) -> None:
    with pytest.raises(Invalid):
        assignment("answer", value)
