"""What holds for every course that comes with Pathshala: in both languages, light, honest."""

import ast
import itertools
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
import yaml

from publishing.course_files import CourseFile
from publishing.lint import lint_course, lint_module
from publishing.rubric import Rubric

COURSES = Path(__file__).parents[2] / "courses"
FOLDERS = sorted(path.parent for path in COURSES.glob("*/course.yml"))
ACTIVE = COURSES / "active-learning"
MEDIA = ACTIVE / "media"
MODULES = sorted(ACTIVE.glob("*.ipynb"))
CLIPS = sorted(MEDIA.glob("*.mp4"))
WRITTEN = {"Reflection", "ActionPlan"}
QUIZZES = {"Choice", "MultiChoice", "Order", "Match"}
CAPTION = 110  # characters, at most: two lines under a clip, three on a narrow phone
SPEED = 21  # characters of a caption that can be read in a second
# addresses, the titles of sources, and the numbers of a list, which the page shows in Bangla
UNSHOWN = re.compile(r"\]\(.*?\)|^সূত্র: .*|^\d\.", re.MULTILINE)


def stem(path: Path) -> str:
    return path.stem


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
        if file.parent.name != "source":
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


@pytest.mark.parametrize("notebook", sorted(COURSES.glob("*/*.ipynb")), ids=stem)
def test_each_passage_comes_in_bangla_and_then_in_english(notebook: Path) -> None:
    passages = [cell for cell in cells_of(notebook) if "lang" in cell["metadata"]]
    languages = [cell["metadata"]["lang"] for cell in passages]
    assert languages == ["bn", "en"] * (len(passages) // 2)
    for bangla, english in zip(passages[::2], passages[1::2], strict=True):
        for sign in ("\n#", "\n|", "\n- ", "!["):
            found = ("\n" + text_of(bangla)).count(sign), ("\n" + text_of(english)).count(sign)
            assert found[0] == found[1], (sign, text_of(english)[:60])


@pytest.mark.parametrize("notebook", sorted(COURSES.glob("*/*.ipynb")), ids=stem)
def test_a_bundled_notebook_carries_no_outputs(notebook: Path) -> None:
    for cell in cells_of(notebook):
        assert not cell.get("outputs"), text_of(cell)
        assert cell.get("execution_count") is None


def test_bangla_is_kept_in_one_encoding() -> None:
    for file in COURSES.rglob("*"):
        if file.suffix in (".ipynb", ".yml", ".vtt"):
            words = file.read_text("utf-8")
            assert unicodedata.is_normalized("NFC", words), file


def components_of(notebook: Path) -> list[str]:
    """Name what a module shows, in order."""
    found = []
    for cell in cells_of(notebook):
        component = cell["metadata"].get("pathshala", {}).get("component")
        called = re.search(r"^([A-Z]\w+)\(", text_of(cell), re.MULTILINE)
        if component or (called and cell["cell_type"] == "code"):
            found.append(component or called[1])
    return found


@pytest.mark.parametrize("notebook", MODULES, ids=stem)
def test_a_module_goes_through_the_whole_cycle_in_order(notebook: Path) -> None:
    shown = components_of(notebook)
    assert shown[:2] == ["Clip", "Reflection"]
    assert shown[-5:] == ["ActionPlan", "HandIn", "Feedback", "PeerShare", "Gallery"]
    between = set(shown[1:-5])
    assert between <= QUIZZES | {"Reflection"} and between & QUIZZES


def test_the_course_uses_every_kind_of_exercise() -> None:
    shown = {name for notebook in MODULES for name in components_of(notebook)}
    assert shown >= WRITTEN | QUIZZES


@pytest.mark.parametrize("notebook", MODULES, ids=stem)
def test_a_guide_asks_one_question_before_the_clip_and_one_after(notebook: Path) -> None:
    cells = cells_of(notebook)
    clip = next(i for i, cell in enumerate(cells) if text_of(cell).startswith("Clip("))
    before, after = text_of(cells[clip - 1]), text_of(cells[clip + 1])
    asked = [line for line in before.splitlines() if line.startswith(">")]
    assert len(asked) == 1 and asked[0].endswith("?**")
    assert "আপনার ক্লাসে" in after.splitlines()[0]
    assert "drawn" in before, "the course says that the clip is a stand-in"


@pytest.mark.parametrize("notebook", MODULES, ids=stem)
def test_a_module_teaches_with_a_table_and_a_picture_that_has_words(notebook: Path) -> None:
    words = [text_of(cell) for cell in cells_of(notebook) if cell["cell_type"] == "markdown"]
    assert any("\n|---|" in text for text in words)
    pictures = [found for text in words for found in re.findall(r"!\[(.*)\]\((.+)\)", text)]
    assert len(pictures) == 2, "one picture, described in both languages"
    for described, file in pictures:
        assert len(described) > 60
        assert (ACTIVE / file).stat().st_size <= 15_000


@pytest.mark.parametrize("notebook", MODULES, ids=stem)
def test_bangla_that_is_shown_has_bangla_digits(notebook: Path) -> None:
    for cell in cells_of(notebook):
        texts = texts_in(cell["metadata"].get("pathshala", {}))
        if cell["cell_type"] == "code":
            texts = texts_in_code(text_of(cell))
        shown = [text["bn"] for text in texts if not text["bn"].endswith(".vtt")]
        if cell["metadata"].get("lang") == "bn":
            shown.append(UNSHOWN.sub("", text_of(cell)))
        for text in shown:
            assert not re.search("[0-9]", text), text


def hidden_tests(notebook: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each quiz of a module, and its tests."""
    cells = cells_of(notebook)
    for quiz, test in itertools.pairwise(cells):
        if test["metadata"].get("nbgrader", {}).get("points") and test["cell_type"] == "code":
            yield quiz, text_of(test)


@pytest.mark.parametrize("notebook", MODULES, ids=stem)
def test_a_check_at_once_has_a_reason_for_each_option_and_a_place_to_look(notebook: Path) -> None:
    headings = {
        line.lstrip("# ")
        for cell in cells_of(notebook)
        if cell["cell_type"] == "markdown"
        for line in text_of(cell).splitlines()
        if line.startswith("#")
    }
    for quiz, tests in hidden_tests(notebook):
        assert "check=True" in text_of(quiz)
        given = {
            node.targets[0].id: ast.literal_eval(node.value)
            for node in ast.parse(tests).body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id in ("why", "look_again")
        }
        offered = {
            key: ast.literal_eval(value)
            for call in ast.walk(ast.parse(text_of(quiz)))
            if isinstance(call, ast.Call)
            for key, value in ((word.arg, word.value) for word in call.keywords)
        }
        options = offered.get("options") or offered["left"]
        assert set(given["why"]) in ({"bn", "en"}, set(options)), text_of(quiz)
        place = given["look_again"]
        assert isinstance(place, int) or set(place.values()) <= headings


def test_levels_of_every_rubric_are_words_from_nothing_to_full() -> None:
    cells = [cell for notebook in MODULES for cell in cells_of(notebook)]
    names = {cell["metadata"].get("pathshala", {}).get("rubric") for cell in cells}
    folder = ACTIVE / "rubrics"
    assert {path.stem for path in folder.glob("*.yml")} == names - {None}
    for path in folder.glob("*.yml"):
        for criterion in Rubric.read(path).criteria:
            assert 3 <= len(criterion.levels) <= 4
            assert [level.level for level in criterion.levels] == list(range(len(criterion.levels)))
            points = [level.points for level in criterion.levels]
            assert points[0] == 0 and points == sorted(points)


@pytest.mark.parametrize("clip", CLIPS, ids=stem)
def test_a_clip_is_light_and_can_be_sought_before_it_is_loaded(clip: Path) -> None:
    film = clip.read_bytes()
    assert len(film) <= 2_000_000
    assert clip.with_suffix(".webp").stat().st_size <= 8_192
    assert 0 < film.find(b"moov") < film.find(b"mdat"), "the index comes first"


def cues_of(captions: Path) -> list[tuple[float, float, str]]:
    """Read WebVTT: from, to (seconds) and the words of each cue."""
    words = captions.read_text("utf-8")
    assert words.startswith("WEBVTT\n\n")
    clock = r"(\d\d):([\d.]{6})"
    found = re.findall(rf"^{clock} --> {clock}\n(.+)$", words, re.MULTILINE)
    return [(int(a) * 60 + float(b), int(c) * 60 + float(d), text) for a, b, c, d, text in found]


@pytest.mark.parametrize("clip", CLIPS, ids=stem)
def test_captions_of_both_languages_are_short_and_shown_at_the_same_times(clip: Path) -> None:
    bangla, english = (cues_of(clip.with_suffix(f".{name}.vtt")) for name in ("bn", "en"))
    times = [cue[:2] for cue in bangla]
    assert times == [cue[:2] for cue in english]
    story = yaml.safe_load((MEDIA / f"source/{clip.stem}.yml").read_text("utf-8"))
    assert [cue[2] for cue in bangla] == [line["bn"] for line in story]
    assert [cue[2] for cue in english] == [line["en"] for line in story]
    flat = [second for start_end in times for second in start_end]
    assert flat == sorted(flat)
    with av.open(str(clip)) as film:
        assert flat[-1] <= film.duration / av.time_base
    for start, end, text in bangla + english:
        assert len(text) <= CAPTION, text
        assert len(text) <= SPEED * (end - start), text
