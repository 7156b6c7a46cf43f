"""nbgrader's own example assignments, unchanged, as they lie in its package."""

from pathlib import Path

import nbgrader
import pytest
import yaml

from publishing.manifest import Manifest
from publishing.versions import Publisher, publish
from store.errors import Invalid
from store.queries.modules import get_current

SOURCE = Path(nbgrader.__file__).parent / "docs/source/user_guide/source"


def course_of(folder: Path, assignment: str, notebook: str) -> Path:
    """Make a course of one example notebook, with the picture that it shows."""
    folder.mkdir()
    for name in (notebook, "jupyter.png"):
        (folder / name).write_bytes((SOURCE / assignment / name).read_bytes())
    modules = [{"notebook": notebook, "title": "Problem"}]
    body = {"course": "trial", "title": "Problems", "languages": ["en"], "modules": modules}
    (folder / "course.yml").write_text(yaml.safe_dump(body), "utf-8")
    return folder


def test_an_assignment_of_text_answers_is_published(publisher: Publisher, tmp_path: Path) -> None:
    [published] = publish(publisher, course_of(tmp_path / "trial", "ps1", "problem2.ipynb"))
    assert published.verdict == "instant"
    with publisher.database.read() as session:
        version = get_current(session, "trial/problem2")
    exercises = Manifest.from_json(version.manifest).exercises
    assert [(each.exercise, each.component, each.points) for each in exercises] == [
        ("part-a", "Reflection", 1),
        ("part-b", "Reflection", 2),
    ]
    page = publisher.artifacts.read(version.pages["en"]).decode()
    assert "Describe, in words, what this code does" in page
    assert "fibonnaci" not in page, "the model answer stays with the trainer"


CODE = {3: "writes-code", 9: "writes-code", 17: "writes-code"}
AUTOTESTS = {cell: "autotest" for cell in (6, 7, 12, 13, 21)}


@pytest.mark.parametrize(
    ("assignment", "reasons"),
    [("ps1", CODE), ("ps1_autotest", CODE | AUTOTESTS | {20: "needs-a-widget"})],
)
def test_an_assignment_that_asks_for_code_is_refused_by_cell_and_reason(
    publisher: Publisher, tmp_path: Path, assignment: str, reasons: dict[int, str]
) -> None:
    course = course_of(tmp_path / "trial", assignment, "problem1.ipynb")
    with pytest.raises(Invalid) as raised:
        publish(publisher, course)
    errors = [each for each in raised.value.facts["findings"] if each["level"] == "error"]
    found = {each["cell"]: each["rule"] for each in errors if each["rule"] != "test-without-end"}
    assert found == reasons
    words = next(each["message"]["en"] for each in errors if each["cell"] == 3)
    assert words.startswith("This exercise asks the learner to write code.")
