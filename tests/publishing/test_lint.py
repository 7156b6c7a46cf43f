"""What is wrong with a course is said before anything runs, with file, cell and fix."""

import re
from pathlib import Path
from typing import Any

import pytest

from publishing.course_files import CourseFile
from publishing.findings import RULES, Finding
from publishing.lint import lint_course, lint_module
from tests.publishing.writing import (
    IMPORT,
    Cell,
    code,
    graded,
    quiz,
    quiz_test,
    reflection,
    whole,
    words,
    write_course,
    write_rubric,
)


def found(folder: Path, *cells: Cell) -> set[tuple[int | None, str]]:
    course = CourseFile.read(write_course(folder, *cells))
    findings = lint_course(course) + lint_module(course, course.modules[0])[2]
    return {(finding.cell, finding.rule) for finding in findings}


def with_metadata(cell: Cell, **grading: Any) -> Cell:
    cell["metadata"]["nbgrader"].update(grading)
    return cell


def with_attachment(cell: Cell) -> Cell:
    cell["attachments"] = {"x.png": {"image/png": "iVBORw0KGgo="}}
    return cell


def test_a_good_module_has_no_findings(tmp_path: Path) -> None:
    assert found(tmp_path / "trial", *whole()) == set()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([reflection("দেখা")], (1, "id-bad")),
        ([reflection("save-state")], (1, "id-bad")),
        ([reflection("a"), reflection("a")], (2, "id-twice")),
        ([with_metadata(reflection(), schema_version=1)], (1, "old-cell")),
        ([with_metadata(reflection(), points=-1)], (1, "points-bad")),
        ([with_metadata(reflection(), points=True)], (1, "points-bad")),
        ([graded(words("x"), "a", 1, grade=True)], (1, "half-an-answer")),
        ([graded(code("def f(): ..."), "a", 1, grade=True, solution=True)], (1, "writes-code")),
        ([quiz(solution="def f(): return 1"), quiz_test()], (1, "writes-code")),
        ([quiz(solution="a = b = 1"), quiz_test()], (1, "writes-code")),
        ([quiz(solution="a = open('x')"), quiz_test()], (1, "writes-code")),
        ([graded(code("a = 'b'\nChoice('?', {})"), "a", solution=True)], (1, "no-solution-marks")),
        ([quiz(solution="a = [1, 2]", shows=""), quiz_test()], (1, "needs-a-widget")),
        ([graded(code("x"), "a", 1, task=True, locked=True)], (1, "task-on-code")),
        ([with_attachment(reflection())], (1, "picture-in-answer")),
        ([reflection(component="Gallery")], (1, "component-unknown")),
        ([quiz(), graded(code("### AUTOTEST f(1)"), "t", 1, grade=True)], (2, "autotest")),
        ([quiz_test()], (1, "test-without-quiz")),
        ([quiz()], (1, "quiz-without-test")),
        ([quiz(), quiz_test(source="x = 1")], (2, "test-without-end")),
        ([quiz(), quiz_test(), code("print(wait_time)")], (3, "used-later")),
        ([quiz(shows="Choice(wait_time, {})"), quiz_test()], (1, "used-later")),
        ([code("if True")], (1, "syntax")),
        ([code("HTML(open('/etc/passwd').read())")], (1, "display-not-literal")),
        ([code("Image(data=x)")], (1, "display-not-literal")),
        ([code("display.Image(url='https://example.org/x.png')")], (1, "display-outside")),
        ([code("SVG('../../secret.svg')")], (1, "display-outside")),
        ([code("Image(*x)")], (1, "display-not-literal")),
        ([code("HTML(f'{name}<b>')")], (1, "display-not-literal")),
        ([code("HTML(folder + '<b>')")], (1, "display-not-literal")),
        ([reflection(rubric="none")], (1, "rubric-unknown")),
        ([reflection(rubric="../course")], (1, "rubric-unknown")),
        ([words("Bonjour", "fr")], (1, "language-unknown")),
    ],
)
def test_a_mistake_is_found_in_its_cell(
    cells: list[Cell], expected: tuple[int, str], tmp_path: Path
) -> None:
    assert expected in found(tmp_path / "trial", *cells)


@pytest.mark.parametrize(
    "cells",
    [
        [code("%matplotlib inline\n!ls")],
        [code("HTML('<b>৬০</b>')"), code("Image('media/x.png')")],
        [code("HTML(f'<b>{name}</b>')"), code("Markdown('\\n- ' + words)")],
        [code("HTML('<b>{}</b>'.format(name))"), code("HTML('<b>%s</b>' % name)")],
        [quiz(), quiz_test(source="assert wait_time == 'b'")],
        [quiz(), quiz_test(source="if wait_time:\n    assert wait_time == 'b'")],
        [quiz(solution="talk = True", shows=""), quiz_test(source="1.0 if talk else 0.0")],
        [graded(words("কী দেখলেন?"), "task", 2, task=True, locked=True)],
        [IMPORT, code("days = [1, 2]"), code("print(days)")],
    ],
)
def test_what_is_allowed_is_not_found(cells: list[Cell], tmp_path: Path) -> None:
    assert found(tmp_path / "trial", *cells) == set()


def test_a_rubric_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "trial"
    write_course(folder)
    write_rubric(folder)
    assert found(folder, reflection(rubric="plan-and-report")) == set()
    endless = "{criterion: a, title: x, levels: [{level: .inf, points: 1, text: x}]}"
    for criteria in ("[]", f"[{endless}]"):
        (folder / "rubrics" / "plan-and-report.yml").write_text(f"title: x\ncriteria: {criteria}\n")
        assert found(folder, reflection(rubric="plan-and-report")) == {(1, "rubric-invalid")}


def test_a_course_file_may_not_be_named_like_a_room(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "trial")
    (folder / "store.py").write_text("")
    (folder / "Widgets").mkdir()
    findings = lint_course(CourseFile.read(folder))
    assert [(each.file, each.rule) for each in findings] == [
        ("Widgets", "named-like-a-room"),
        ("store.py", "named-like-a-room"),
    ]


@pytest.mark.parametrize(
    "course",
    [
        {"course": "Trial Course"},
        {"languages": ["fr"]},
        {"languages": "bn"},
        {"languages": 5},
        {"languages": [["bn"]]},
        {"modules": []},
        {"modules": [{"notebook": "../x.ipynb", "title": "x"}]},
        {
            "modules": [
                {"notebook": "a.ipynb", "title": "x"},
                {"notebook": "1-a.ipynb", "title": "x"},
            ]
        },
        {"title": {"fr": "x"}},
        {"modules": [{"notebook": "a.ipynb", "title": "x", "minutes": "long"}]},
    ],
)
def test_a_wrong_course_file_says_why(course: dict[str, Any], tmp_path: Path) -> None:
    folder = write_course(tmp_path / "trial", **course)
    with pytest.raises(ValueError, match=r"\w"):
        CourseFile.read(folder)


def test_a_file_that_is_no_notebook_is_found(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "trial")
    (folder / "01-spare-time.ipynb").write_text("{]")
    course = CourseFile.read(folder)
    assert [f.rule for f in lint_module(course, course.modules[0])[2]] == ["notebook-unreadable"]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_each_finding_speaks_both_languages(rule: str) -> None:
    names = (
        "reason name version cell points kind path removed shown component language step score"
        " size cure wanted place plain kernel route by names"
    )
    facts = dict.fromkeys(names.split(), "৪২")
    body = Finding("01-x.ipynb", 3, rule, facts).to_json()
    for part in ("message", "fix"):
        assert set(body[part]) == {"bn", "en"}
        assert any("\u0980" <= letter <= "\u09ff" for letter in body[part]["bn"])
        assert not re.search(r"\{\w", body[part]["en"].replace("{portal}", ""))
