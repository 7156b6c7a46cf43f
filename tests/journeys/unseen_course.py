"""Write a course folder that nobody has seen: its names and its right answers are drawn by lot."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml
from nbformat import NotebookNode, v4
from PIL import Image

Text = dict[str, str]


@dataclass(frozen=True)
class UnseenCourse:
    """Where it lies, and what only its author knows."""

    folder: Path
    course: str
    module: str
    title: Text
    reflection: str
    quiz: str
    right: str
    options: dict[str, Text]
    plan: str

    @property
    def path(self) -> str:
        return f"courses/{self.course}/{self.module}"


def write_unseen_course(parent: Path) -> UnseenCourse:
    """Write `course.yml`, one notebook and a picture below `parent`."""
    lot = random.randrange(10**6, 10**7)
    keys = random.sample("pqrstuvw", 4)
    course = UnseenCourse(
        folder=parent / f"course-{lot}",
        course=f"course-{lot}",
        module=f"lesson-{lot % 997}",
        title={"bn": f"দলে কাজ, পাঠ {lot}", "en": f"Work in groups, lesson {lot}"},
        reflection=f"noticed-{lot % 89}",
        quiz=f"choice_{lot % 83}",
        right=random.choice(keys),
        options={key: {"bn": f"উপায় {key}{lot}", "en": f"Way {key}{lot}"} for key in keys},
        plan=f"plan-{lot % 79}",
    )
    media = course.folder / "media"
    media.mkdir(parents=True)
    Image.new("RGB", (320, 180), "#0B5A6B").save(media / "bench.png")
    (course.folder / "course.yml").write_text(
        yaml.safe_dump(
            {
                "course": course.course,
                "title": course.title,
                "summary": {"bn": "একটি নতুন কোর্স।", "en": "A new course."},
                "languages": ["bn", "en"],
                "modules": [
                    {
                        "notebook": f"01-{course.module}.ipynb",
                        "title": course.title,
                        "minutes": 20,
                    }
                ],
            },
            allow_unicode=True,
        ),
        encoding="utf-8",
    )
    nbformat.write(_notebook(course), course.folder / f"01-{course.module}.ipynb")
    return course


def _notebook(course: UnseenCourse) -> NotebookNode:
    quiz_id = course.quiz.replace("_", "-")
    notebook = v4.new_notebook()
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    notebook.cells = [
        v4.new_code_cell("from pathshala import Choice, Feedback, Gallery, HandIn, PeerShare"),
        *_words(
            f"# {course.title['bn']}\n\nউদ্বৃত্ত, র‍্যাঙ্ক, দুঃখ। مرحبا بالمعلمين।\n\n"
            "| ধাপ | সময় |\n|---|---|\n| দেখা | ৫ মিনিট |",
            f"# {course.title['en']}\n\nMixed: শ্রেণি, مرحبا.\n\n"
            "| Step | Time |\n|---|---|\n| Watch | 5 minutes |",
        ),
        *_words(
            "## কী দেখলেন\n\n![একটি বেঞ্চ](media/bench.png)\n\n$a^2 + b^2$ কত? কী দেখলেন?",
            "## What you saw\n\n![A bench](media/bench.png)\n\nHow much is $a^2 + b^2$?",
        ),
        _cell("markdown", "An answer of the author's.", course.reflection, 4, "Reflection"),
        *_words("## একটি প্রশ্ন", "## One question"),
        _cell(
            "code",
            f"### BEGIN SOLUTION\n{course.quiz} = {course.right!r}\n### END SOLUTION\n"
            f"Choice({ {'bn': 'কোন উপায়?', 'en': 'Which way?'}!r}, {course.options!r})",
            quiz_id,
            None,
        ),
        _tests(course, f"{quiz_id}-test"),
        *_words("## আপনার পরিকল্পনা", "## Your plan"),
        _cell("markdown", "A plan of the author's.", course.plan, 6, "ActionPlan"),
        *_words("## জমা", "## Hand in"),
        v4.new_code_cell("HandIn()"),
        v4.new_code_cell("Feedback()"),
        v4.new_code_cell(f'PeerShare(exercise="{course.plan}")'),
        v4.new_code_cell("Gallery()"),
    ]
    return notebook


def _words(bangla: str, english: str) -> list[NotebookNode]:
    return [
        v4.new_markdown_cell(bangla, metadata={"lang": "bn"}),
        v4.new_markdown_cell(english, metadata={"lang": "en"}),
    ]


def _cell(
    kind: str, source: str, grade_id: str, points: int | None, component: str | None = None
) -> NotebookNode:
    graded: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "solution": True,
        "grade": points is not None,
        "locked": False,
        "task": False,
    }
    if points is not None:
        graded["points"] = points
    metadata: dict[str, Any] = {"nbgrader": graded}
    if component:
        metadata["pathshala"] = {"component": component}
    make = v4.new_markdown_cell if kind == "markdown" else v4.new_code_cell
    return make(source, metadata=metadata)


def _tests(course: UnseenCourse, grade_id: str) -> NotebookNode:
    return v4.new_code_cell(
        f"### BEGIN HIDDEN TESTS\n3.0 if {course.quiz} == {course.right!r} else 0.0\n"
        "### END HIDDEN TESTS",
        metadata={
            "nbgrader": {
                "schema_version": 3,
                "grade_id": grade_id,
                "solution": False,
                "grade": True,
                "locked": True,
                "task": False,
                "points": 3,
            }
        },
    )
