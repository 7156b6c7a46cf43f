"""What holds for every course that comes with Pathshala: in both languages, light, honest."""

import ast
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from publishing.course_files import CourseFile
from publishing.lint import lint_course, lint_module
from publishing.rubric import Rubric

COURSES = Path(__file__).parents[2] / "courses"
FOLDERS = sorted(path.parent for path in COURSES.glob("*/course.yml"))
PAIR_TALK = COURSES / "active-learning" / "01-pair-talk.ipynb"
MEDIA = COURSES / "active-learning" / "media"


def cells_of(notebook: Path) -> list[dict[str, Any]]:
    return json.loads(notebook.read_text("utf-8"))["cells"]


def text_of(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def texts_in(value: Any) -> Iterator[dict[str, str]]:
    """Yield every text: a mapping with a language for a key."""
    if isinstance(value, dict):
        if {"bn", "en"} & set(value):
            yield value
        else:
            for item in value.values():
                yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)


def texts_in_code(source: str) -> Iterator[dict[str, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict):
            keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
            if {"bn", "en"} & keys:
                yield ast.literal_eval(node)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_lint_finds_nothing_in_a_bundled_course(folder: Path) -> None:
    course = CourseFile.read(folder)
    findings = lint_course(course)
    for module in course.modules:
        findings += lint_module(course, module)[2]
    assert findings == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_text_of_a_bundled_course_is_in_both_languages(folder: Path) -> None:
    texts = []
    for file in folder.rglob("*.yml"):
        if file.name != "story.yml":
            texts += texts_in(yaml.safe_load(file.read_text("utf-8")))
    for notebook in folder.glob("*.ipynb"):
        for cell in cells_of(notebook):
            texts += texts_in(cell["metadata"].get("pathshala", {}))
            if cell["cell_type"] == "code":
                texts += texts_in_code(text_of(cell))
    assert texts
    for text in texts:
        assert set(text) == {"bn", "en"}, text
        assert re.search("[\u0980-\u09ff]", text["bn"]) or text["bn"].endswith(".vtt"), text
        assert not re.search("[\u0980-\u09ff]", text["en"]), text


@pytest.mark.parametrize("notebook", sorted(COURSES.glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_each_passage_comes_in_bangla_and_then_in_english(notebook: Path) -> None:
    passages = [cell for cell in cells_of(notebook) if "lang" in cell["metadata"]]
    languages = [cell["metadata"]["lang"] for cell in passages]
    assert languages == ["bn", "en"] * (len(passages) // 2)
    for bangla, english in zip(passages[::2], passages[1::2], strict=True):
        for sign in ("\n#", "\n|", "\n- ", "!["):
            found = ("\n" + text_of(bangla)).count(sign), ("\n" + text_of(english)).count(sign)
            assert found[0] == found[1], (sign, text_of(english)[:60])


@pytest.mark.parametrize("notebook", sorted(COURSES.glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_a_bundled_notebook_carries_no_outputs(notebook: Path) -> None:
    for cell in cells_of(notebook):
        assert not cell.get("outputs"), text_of(cell)
        assert cell.get("execution_count") is None


def test_bangla_is_kept_in_one_encoding() -> None:
    for file in COURSES.rglob("*"):
        if file.suffix in (".ipynb", ".yml", ".vtt"):
            words = file.read_text("utf-8")
            assert unicodedata.is_normalized("NFC", words), file


def test_pair_talk_goes_through_the_whole_cycle_in_order() -> None:
    steps = []
    for cell in cells_of(PAIR_TALK):
        component = cell["metadata"].get("pathshala", {}).get("component")
        called = re.search(r"^([A-Z]\w+)\(", text_of(cell), re.MULTILINE)
        if component or (called and cell["cell_type"] == "code"):
            steps.append(component or called[1])
    assert steps == [
        "Clip",
        "Reflection",
        "Choice",
        "Choice",
        "Reflection",
        "ActionPlan",
        "HandIn",
        "Feedback",
        "PeerShare",
        "Gallery",
    ]


def test_a_guide_asks_one_question_before_the_clip_and_one_after() -> None:
    cells = cells_of(PAIR_TALK)
    clip = next(i for i, cell in enumerate(cells) if text_of(cell).startswith("Clip("))
    before, after = text_of(cells[clip - 1]), text_of(cells[clip + 1])
    assert before.count("?") == 1
    assert "আপনার ক্লাসে" in after.splitlines()[0]
    assert "drawn" in before, "the course says that the clip is a stand-in"


def test_levels_of_every_rubric_are_words_from_nothing_to_full() -> None:
    names = {cell["metadata"].get("pathshala", {}).get("rubric") for cell in cells_of(PAIR_TALK)}
    folder = COURSES / "active-learning" / "rubrics"
    assert {path.stem for path in folder.glob("*.yml")} == names - {None}
    for path in folder.glob("*.yml"):
        for criterion in Rubric.read(path).criteria:
            assert 3 <= len(criterion.levels) <= 4
            assert [level.level for level in criterion.levels] == list(range(len(criterion.levels)))
            points = [level.points for level in criterion.levels]
            assert points[0] == 0 and points == sorted(points)


def test_the_clip_is_light_and_can_be_sought_before_it_is_loaded() -> None:
    clip = (MEDIA / "pair-talk.mp4").read_bytes()
    assert len(clip) <= 2_500_000
    assert (MEDIA / "pair-talk.webp").stat().st_size <= 8_192
    assert 0 < clip.find(b"moov") < clip.find(b"mdat"), "the index comes first"


def test_captions_of_both_languages_are_shown_at_the_same_times() -> None:
    times = {}
    for language in ("bn", "en"):
        words = (MEDIA / f"pair-talk.{language}.vtt").read_text("utf-8")
        assert words.startswith("WEBVTT\n\n")
        found = re.findall(r"^(\d\d):([\d.]{6}) --> (\d\d):([\d.]{6})$", words, re.MULTILINE)
        times[language] = [(int(a) * 60 + float(b), int(c) * 60 + float(d)) for a, b, c, d in found]
    assert times["bn"] == times["en"]
    assert len(times["bn"]) == len(yaml.safe_load((MEDIA / "source/story.yml").read_text("utf-8")))
    flat = [second for cue in times["bn"] for second in cue]
    assert flat == sorted(flat)
