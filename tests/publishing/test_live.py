"""A module whose cells need a kernel: what can be read at once, and where the frames come."""

from pathlib import Path

import pytest

from publishing.blocks import CellKind, find_stretches
from publishing.manifest import Manifest
from publishing.versions import Publisher, publish
from store.errors import Invalid
from store.queries.modules import get_current
from tests.publishing.writing import code, reflection, words, write_course


@pytest.mark.parametrize(
    ("kinds", "stretches"),
    [
        ("text text", []),
        ("text live text live text", [(2, 4)]),
        ("live component live text component text", [(1, 1), (3, 3)]),
        ("component live live", [(2, 3)]),
    ],
)
def test_a_stretch_goes_from_live_to_live_and_never_over_a_component(
    kinds: str, stretches: list[tuple[int, int]]
) -> None:
    given: dict[int, CellKind] = dict(enumerate(kinds.split(), 1))  # type: ignore[arg-type]
    assert find_stretches(given) == stretches


def test_a_module_with_a_slider_is_read_at_once_and_keeps_its_exercises(
    publisher: Publisher, tmp_path: Path
) -> None:
    folder = write_course(
        tmp_path / "trial",
        code("import ipywidgets\nfrom pathshala import HandIn"),
        words("## কত সময়?"),
        code("print('আগে')\ndisplay(ipywidgets.IntSlider(), HandIn())"),
        words("এবার আরেকটি", "bn"),
        code("ipywidgets.FloatText()"),
        words("## ভাবুন"),
        reflection(),
        code("ipywidgets.Text()"),
    )
    [published] = publish(publisher, folder)
    assert published.verdict == "live"
    live = [each["cell"] for each in published.findings if each["rule"] == "live"]
    assert live == [3, 5, 8]
    with publisher.database.read() as session:
        version = get_current(session, "trial/spare-time")
    assert Manifest.from_json(version.manifest).stretches == ((3, 5), (8, 8))
    html = publisher.artifacts.read(version.pages["bn"]).decode()
    before, first, second = html.split('<div class="live"')
    assert "কত সময়?" in before and "live-cell" not in before
    assert first.startswith(' data-stretch="0">') and "এবার আরেকটি" in first
    assert (
        '<div class="live-cell" data-cell="3"><pre dir="auto" tabindex="0">আগে</pre></div>' in first
    )
    assert 'data-component="HandIn"' not in html, "what a live cell shows is the kernel's to show"
    assert 'data-exercise="use-it"' in first and second.startswith(' data-stretch="1">')


def test_files_that_its_code_opens_go_with_a_live_module(
    publisher: Publisher, tmp_path: Path
) -> None:
    folder = write_course(
        tmp_path / "trial",
        code("import ipywidgets\nrows = open('data/pupils.csv').readlines()"),
        code("ipywidgets.Dropdown(options=rows)"),
    )
    (folder / "data").mkdir()
    for name in ("pupils.csv", "never-named.csv"):
        (folder / "data" / name).write_text("রিমা,৯\n", "utf-8")
    publish(publisher, folder)
    with publisher.database.read() as session:
        files = get_current(session, "trial/spare-time").manifest["files"]
    assert list(files) == ["data/pupils.csv"]
    assert publisher.artifacts.read(files["data/pupils.csv"]).decode() == "রিমা,৯\n"


def test_a_page_of_the_house_may_not_be_live(publisher: Publisher, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "trial", code("import ipywidgets\nipywidgets.IntSlider()"))
    text = (folder / "course.yml").read_text("utf-8")
    (folder / "course.yml").write_text(text.replace("minutes: 20", "route: library"), "utf-8")
    with pytest.raises(Invalid) as raised:
        publish(publisher, folder)
    errors = [each for each in raised.value.facts["findings"] if each["level"] == "error"]
    assert "live-route" in [each["rule"] for each in errors]
