"""Writes course folders as a trainer would: notebooks with nbgrader's own cell metadata."""

import io
import json
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

Cell = dict[str, Any]
TITLE = {"bn": "উদ্বৃত্ত সময়, ৬০ জন শিক্ষার্থী", "en": "Spare time, 60 pupils"}


def words(source: str, lang: str | None = None, **metadata: Any) -> Cell:
    """A Markdown cell, in one language or for both."""
    if lang:
        metadata["lang"] = lang
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def code(source: str, **metadata: Any) -> Cell:
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def graded(cell: Cell, grade_id: str, points: float | None = None, **flags: bool) -> Cell:
    """Give a cell what Create Assignment writes into it."""
    kinds = {"grade": False, "solution": False, "locked": False, "task": False, **flags}
    facts = {"schema_version": 3, "grade_id": grade_id, **kinds}
    if points is not None:
        facts["points"] = points
    cell["metadata"]["nbgrader"] = facts
    return cell


def reflection(grade_id: str = "use-it", points: float = 4, **settings: Any) -> Cell:
    cell = words("আমার নিজের নমুনা উত্তর: পেছনের বেঞ্চে গিয়ে দাঁড়াব।")
    if settings:
        cell["metadata"]["pathshala"] = settings
    return graded(cell, grade_id, points, grade=True, solution=True)


def plan(grade_id: str = "my-plan", **settings: Any) -> Cell:
    return reflection(grade_id, 8, component="ActionPlan", **settings)


CHOICE = 'Choice("কতক্ষণ?", {"a": {"bn": "০.৫ সেকেন্ড", "en": "0.5 s"}, "b": "৩ সেকেন্ড"})'


def quiz(
    grade_id: str = "wait-time", solution: str = 'wait_time = "b"', shows: str = CHOICE
) -> Cell:
    source = f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION\n{shows}"
    return graded(code(source), grade_id, solution=True)


def quiz_test(
    grade_id: str = "wait-time-test",
    source: str = '2.0 if wait_time == "b" else 0.0',
    points: float = 2,
) -> Cell:
    hidden = f"### BEGIN HIDDEN TESTS\n{source}\n### END HIDDEN TESTS"
    return graded(code(hidden), grade_id, points, grade=True, locked=True)


IMPORT = code("from pathshala import *")


def whole() -> list[Cell]:
    """A small module with one of each exercise."""
    return [
        code("from pathshala import ActionPlan, Choice, Gallery, HandIn, PeerShare, Reflection"),
        words("# উদ্বৃত্ত সময়\n\nপ্রিয় সহকর্মী।", "bn"),
        words("# Spare time\n\nDear colleague.", "en"),
        words("## ভাবুন\n\nআপনি কী দেখলেন?", "bn"),
        words("## Reflect\n\nWhat did you see?", "en"),
        reflection(),
        words("## কুইজ"),
        quiz(),
        quiz_test(),
        words("## পরিকল্পনা\n\nকী বদলাবেন?"),
        plan(),
        code("HandIn()"),
        code('PeerShare(exercise="my-plan")'),
    ]


def notebook(*cells: Cell) -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    with_ids = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells, 1)]
    return {
        "cells": json.loads(json.dumps(with_ids)),
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write_course(folder: Path, *cells: Cell, **course: Any) -> Path:
    """Write a course of one module, `trial/spare-time`; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    body = {
        "course": "trial",
        "title": TITLE,
        "summary": TITLE,
        "languages": ["bn", "en"],
        "modules": [{"notebook": "01-spare-time.ipynb", "title": TITLE, "minutes": 20}],
        **course,
    }
    (folder / "course.yml").write_text(yaml.safe_dump(body, allow_unicode=True), "utf-8")
    write_notebook(folder / "01-spare-time.ipynb", *cells)
    return folder


def write_notebook(path: Path, *cells: Cell) -> None:
    path.write_text(json.dumps(notebook(*cells), ensure_ascii=False), "utf-8")


def picture(width: int = 40, height: int = 30, kind: str = "PNG") -> bytes:
    aside = io.BytesIO()
    Image.new("RGB", (width, height), (11, 90, 107)).save(aside, kind)
    return aside.getvalue()


RUBRIC = {
    "title": {"bn": "পরিকল্পনা ও প্রতিবেদন", "en": "Plan and report"},
    "criteria": [
        {
            "criterion": "change",
            "title": {"bn": "বদল", "en": "Change"},
            "levels": [
                {"level": 0, "points": 0, "text": {"bn": "নেই", "en": "none"}},
                {"level": 1, "points": 1, "text": {"bn": "আছে", "en": "named"}},
                {"level": 2, "points": 3, "text": {"bn": "স্পষ্ট", "en": "clear"}},
            ],
        },
        {
            "criterion": "pupils",
            "title": {"bn": "শিক্ষার্থী", "en": "Pupils"},
            "levels": [
                {"level": 0, "points": 0, "text": {"bn": "নেই", "en": "none"}},
                {"level": 1, "points": 1, "text": {"bn": "আছে", "en": "seen"}},
            ],
        },
    ],
}


def write_rubric(course: Path, name: str = "plan-and-report") -> None:
    (course / "rubrics").mkdir(exist_ok=True)
    text = yaml.safe_dump(RUBRIC, allow_unicode=True)
    (course / "rubrics" / f"{name}.yml").write_text(text, "utf-8")
