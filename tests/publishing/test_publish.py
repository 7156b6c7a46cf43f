"""A notebook becomes pages: texts, exercises and files, or it is refused with its cells."""

import json
import re
from base64 import b64encode
from pathlib import Path

from publishing.manifest import Manifest
from publishing.storing import Published
from publishing.versions import Publisher, publish
from store.tables import Rubric
from tests.publishing.phone import record
from tests.publishing.published import (
    current,
    page,
    placeholders,
    published_exercises,
    refused,
)
from tests.publishing.test_media import CAPTIONS
from tests.publishing.writing import (
    CHOICE,
    Cell,
    code,
    graded,
    picture,
    plan,
    quiz,
    quiz_test,
    reflection,
    whole,
    words,
    write_course,
    write_rubric,
)


def test_a_module_becomes_a_page_per_language(publisher: Publisher, tmp_path: Path) -> None:
    steps: list[str] = []
    cells = whole()
    cells[8] = quiz_test(source='canary = 7\n2.0 if wait_time == "b" else 0.0')
    folder = write_course(tmp_path / "trial", *cells)
    [published] = publish(publisher, folder, by="প্রশিক্ষক", say=steps.append)
    assert isinstance(published, Published) and published.is_new and published.number == 1
    assert published.verdict == "instant" and steps

    bangla, english = page(publisher, "bn"), page(publisher, "en")
    assert "উদ্বৃত্ত সময়" in bangla and "Spare time" not in bangla
    assert "Spare time" in english and "আপনি কী দেখলেন?" not in english
    for html, language in ((bangla, "bn"), (english, "en")):
        assert html.startswith(f'<article lang="{language}" dir="auto">')
        assert html.count("<h1") == 1
        assert [(name, exercise) for name, exercise, _ in placeholders(html)] == [
            ("Reflection", "use-it"),
            ("Choice", "wait-time"),
            ("ActionPlan", "my-plan"),
            ("HandIn", None),
            ("PeerShare", None),
        ]
    options = placeholders(bangla)[1][2]["options"]
    assert options == {"a": "০.৫ সেকেন্ড", "b": "৩ সেকেন্ড"}
    assert "<li>০.৫ সেকেন্ড</li>" in bangla  # readable before any script

    manifest = Manifest.from_json(current(publisher).manifest)
    assert manifest.assignment == "trial.spare-time.s1"
    quiz_ = manifest.find_exercise("wait-time")
    assert quiz_ is not None and quiz_.points == 2 and list(quiz_.options) == ["a", "b"]
    assert quiz_.variable == "wait_time" and quiz_.literal == "str"
    written = manifest.find_exercise("use-it")
    assert written is not None and written.kind == "manual"
    assert written.title == {"bn": "ভাবুন", "en": "Reflect"}
    assert written.question == {"bn": "আপনি কী দেখলেন?", "en": "What did you see?"}
    assert Manifest.from_json(manifest.to_json()) == manifest
    assert_nothing_secret(publisher, bangla + english)


def assert_nothing_secret(publisher: Publisher, pages: str) -> None:
    version = current(publisher)
    release = publisher.artifacts.read(version.release_sha).decode()
    for text in (pages, release, json.dumps(version.manifest)):
        assert "canary" not in text and 'wait_time = "b"' not in text
        assert "নমুনা উত্তর" not in text and "BEGIN" not in text
    assert "canary" in publisher.artifacts.read(version.source_sha).decode()


def test_texts_of_every_kind_arrive_well(publisher: Publisher, tmp_path: Path) -> None:
    folder = tmp_path / "trial"
    source = """# শিরোনাম

| ধাপ | সময় |
|---|---|
| দেখা | ৪ |

1. এক
   - দুই

```python
for child in children: speak()
```

সূত্র $\\frac{a}{b}$, আর

$$\\sum_{i=0}^{n} i^2$$

مرحبا بكم — mixed — স্বাগতম।

![বেঞ্চ](media/বেঞ্চ.png) ![](media/drawing.svg)

[পরিকল্পনা](#my-plan), [নিচে](#শেষ-কথা), [ওয়েব](https://example.org/a?b=1)

## শেষ কথা
"""
    write_course(
        folder,
        code("import base64\nfrom IPython.display import HTML, Image, SVG, display"),
        words(source),
        code("print('৬০ < ৬১ জন')"),
        code("HTML('<table><tr><td>৭</td></tr></table>')"),
        code("Image('media/বেঞ্চ.png')"),
        code("display({'text/latex': '$x^2$', 'text/plain': 'x'}, raw=True)"),
        words("## পরিকল্পনা"),
        plan(),
    )
    (folder / "media").mkdir()
    (folder / "media" / "বেঞ্চ.png").write_bytes(picture())
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>x</script><circle r="3"/></svg>'
    (folder / "media" / "drawing.svg").write_text(drawing)
    publish(publisher, folder)
    html = page(publisher)
    for part in (
        "<table>",
        '<ol dir="auto">',
        '<div class="highlight"><pre',
        '<span class="k">for</span>',
        "<mfrac>",
        'display="block"',
        "مرحبا بكم",
        'href="#my-plan"',
        'href="#m-শেষ-কথা"',
        'id="m-শেষ-কথা"',
        'href="https://example.org/a?b=1"',
        "৬০ &lt; ৬১ জন",
        "<msup>",
        'width="40" height="30"',
    ):
        assert part in html, part
    assert "data:" not in html and "<script" not in html and "$" not in html
    shown = set(re.findall(r'src="\{\{portal\}\}media/([0-9a-f]{64})\.(\w+)"', html))
    assert {extension for _, extension in shown} == {"png", "svg"}
    for sha, extension in shown:
        assert f"{sha}.{extension}" in current(publisher).manifest["media"]
        assert b"script" not in publisher.artifacts.read(sha)


def test_a_plain_nbgrader_notebook_publishes(publisher: Publisher, tmp_path: Path) -> None:
    """No widget, no metadata of ours: what Create Assignment makes."""
    folder = write_course(
        tmp_path / "trial",
        words("# ৬০ জনের ক্লাস\n\nআপনি কি জোড়ায় কথা বলান?"),
        graded(code("talk = True"), "talk", solution=True),
        graded(code("assert talk is True"), "talk-test", 1, grade=True, locked=True),
        words("কয় সেকেন্ড?"),
        graded(code("seconds = 3"), "seconds", solution=True),
        quiz_test("seconds-test", "2.0 if seconds == 3 else 0.0"),
        graded(
            words("কী দেখলেন?\n\n=== BEGIN MARK SCHEME ===\nগোপন\n=== END MARK SCHEME ==="),
            "task",
            3,
            task=True,
            locked=True,
        ),
        graded(words("উত্তর"), "free", 3, grade=True, solution=True),
        graded(code("from pathlib import Path\nprint('পড়ার জন্য')"), "read", locked=True),
    )
    [published] = publish(publisher, folder)
    assert published.verdict == "instant"
    shown = placeholders(page(publisher))
    assert [(name, exercise) for name, exercise, _ in shown] == [
        ("Choice", "talk"),
        ("Reflection", "seconds"),
        ("Reflection", "task"),
        ("Reflection", "free"),
    ]
    assert shown[0][2] == {
        "question": "আপনি কি জোড়ায় কথা বলান?",
        "options": {"yes": "হ্যাঁ", "no": "না"},
    }
    assert "পড়ার জন্য" in page(publisher) and "গোপন" not in page(publisher)
    kinds = {e["exercise"]: (e["literal"], e["points"]) for e in published_exercises(publisher)}
    assert kinds["talk"] == ("bool", 1) and kinds["seconds"] == ("int", 2)
    assert kinds["task"] == (None, 3)


IMPORTS = code("from pathshala import *\nimport ipywidgets")


def test_what_cannot_be_published_is_refused_with_its_cell(
    publisher: Publisher, tmp_path: Path
) -> None:
    def asked(number: int, solution: str = '"b"', shows: str = CHOICE) -> Cell:
        return quiz(f"q{number}", f"q{number} = {solution}", shows)

    def tested(number: int, source: str) -> Cell:
        return quiz_test(f"t{number}", source)

    cells_and_rules = [
        (IMPORTS, None),
        (code("ipywidgets.IntSlider()"), None),
        (asked(1, shows=f"print('x')\n{CHOICE}"), "exercise-shows"),
        (tested(1, '1.0 if q1 == "b" else 0.0'), "model-answer-fails"),
        (asked(2, shows="HandIn()"), "exercise-shows"),
        (tested(2, "2.0"), "empty-answer-scores"),
        (asked(3, shows="x = 1"), "exercise-shows"),
        (tested(3, "q3 == 'b'"), "score-not-a-number"),
        (asked(4, '"c"'), "key-not-an-option"),
        (tested(4, "print(2.0)"), "score-not-a-number"),
        (asked(5), None),
        (tested(5, "3.0 if q5 else 0.0"), "score-not-a-number"),
        (code("Reflection()"), "not-an-exercise"),
        (code("PeerShare(exercise='none')"), "shares-unknown"),
        (code("Clip('media/none.mp4', 'x')"), "media-missing"),
        (reflection(props={"colour": "red"}), "props-bad"),
        (words("![x](media/none.png)"), "media-missing"),
        (words("![x](https://example.org/x.png)"), "media-foreign"),
        (code("1/0"), "cell-failed"),
    ]
    folder = write_course(tmp_path / "trial", *(cell for cell, _ in cells_and_rules))
    expected = {(n, rule) for n, (_, rule) in enumerate(cells_and_rules, 1) if rule}
    assert set(refused(publisher, folder)) == expected


def test_a_cell_that_prints_into_a_widget_comes_to_its_end(
    publisher: Publisher, tmp_path: Path
) -> None:
    moving = "import ipywidgets\n@ipywidgets.interact(x=(1, 5))\ndef show(x=2): print(x)"
    folder = write_course(tmp_path / "trial", code("from pathshala import *"), code(moving))
    [published] = publish(publisher, folder)
    assert published.verdict == "live"


def test_a_missing_step_and_a_missing_language_are_only_mentioned(
    publisher: Publisher, tmp_path: Path
) -> None:
    props = {"label": {"bn": "আপনার কথা"}}
    folder = write_course(tmp_path / "trial", reflection(props=props))
    [published] = publish(publisher, folder)
    rules = [each["rule"] for each in published.findings]
    assert rules.count("step-missing") == 2 and "language-missing" in rules


def test_a_rubric_is_frozen_with_the_version(publisher: Publisher, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "trial", plan(rubric="plan-and-report"))
    write_rubric(folder)
    publish(publisher, folder)
    [exercise] = published_exercises(publisher)
    with publisher.database.read() as session:
        rubric = session.get(Rubric, exercise["rubric"])
    assert rubric is not None and rubric.body["title"]["en"] == "Plan and report"
    path = folder / "rubrics" / "plan-and-report.yml"
    path.write_text(path.read_text().replace("Plan and report", "Plan, then report"))
    [again] = publish(publisher, folder)
    assert again.is_new and published_exercises(publisher)[0]["rubric"] != exercise["rubric"]


def test_a_clip_and_an_attached_picture_become_files_of_the_page(
    publisher: Publisher, tmp_path: Path
) -> None:
    attached = words("![বেঞ্চ](attachment:bench.png)")
    attached["attachments"] = {"bench.png": {"image/png": b64encode(picture()).decode()}}
    folder = write_course(
        tmp_path / "trial",
        code("from pathshala import Clip"),
        code('Clip("clip.mp4", {"bn": "ক্লাস", "en": "A class"}, captions={"bn": "bn.vtt"})'),
        attached,
    )
    record(folder / "clip.mp4", 1, (160, 90))
    (folder / "bn.vtt").write_text(CAPTIONS)
    [published] = publish(publisher, folder)
    missing = [each for each in published.findings if each["rule"] == "captions-missing"]
    assert [each["cell"] for each in missing] == [2] and "en" in missing[0]["message"]["en"]
    html = page(publisher, "en")
    [(component, exercise, props)] = placeholders(html)
    assert (component, exercise, props["title"]) == ("Clip", None, "A class")
    assert "<p>A class</p>" in html and "data:" not in html
    manifest = current(publisher).manifest
    assert manifest["clips"][0]["clip"] == props["clip"]
    assert manifest["weight"]["clip_bytes"] == props["size_bytes"]
    kinds = {name.split(".")[1] for name in manifest["media"]}
    assert kinds == {"mp4", "m4a", "vtt", "webp", "png"}
    for name in manifest["media"]:
        assert publisher.artifacts.exists(name.split(".")[0])

    (folder / "bn.vtt").write_text("WEBVTT\n\nonly words")
    assert refused(publisher, folder) == [(2, "captions-bad")]
