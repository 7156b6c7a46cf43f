"""The docs say what is: links, settings, commands, routes, widgets, the bar and its tests."""

import argparse
import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from hub.command import _parser as command_line
from hub.portal.permissions import TABLE
from hub.settings import Settings
from store.personal_data import OF_NOBODY, REGISTER

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
REFERENCE = DOCS / "reference"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return FENCE.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(
    parser: argparse.ArgumentParser, name: str = "pathshala"
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield each command that `--help` shows, with its full name."""
    groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not groups:
        yield name, parser
    for group in groups:
        shown = {choice.dest for choice in group._choices_actions}
        for word, below in group.choices.items():
            if word in shown:
                yield from commands(below, f"{name} {word}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if re.match(r"https?:|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_page_is_reached_from_the_readme() -> None:
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = (link.partition("#")[0] for link in LINK.findall(prose(page)))
        ahead += [(page.parent / link).resolve() for link in links if link and ":" not in link]
    fragments = set((DOCS / "changes").glob("*.md"))
    assert set(PAGES) - reached - fragments == set()


def test_every_setting_is_in_the_reference() -> None:
    reference = (REFERENCE / "settings.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", reference, re.MULTILINE))
    assert set(rows) == {field.metadata["variable"] for field in fields(Settings)}
    for field in fields(Settings):
        assert field.metadata["help"].split(";")[0].rstrip(".") in rows[field.metadata["variable"]]
        default = "none" if field.default is None else f"`{field.default}`"
        assert rows[field.metadata["variable"]].startswith(f"{default} |")


def test_every_command_and_option_is_in_the_reference() -> None:
    reference = (REFERENCE / "command.md").read_text("utf-8")
    parts = dict(re.findall(r"^## `([^`]+)`$(.*?)(?=^## |\Z)", reference, re.M | re.S))
    found = dict(commands(command_line()))
    documented = {re.sub(r" [A-Z]+", "", title): text for title, text in parts.items()}
    assert set(documented) == set(found)
    for name, parser in found.items():
        options = {option for action in parser._actions for option in action.option_strings}
        for option in options - {"-h", "--help"}:
            assert f"`{option}`" in documented[name], (name, option)


def test_every_route_is_in_the_reference() -> None:
    reference = (REFERENCE / "http-api.md").read_text("utf-8")
    named = set(re.findall(r"^\| `([A-Z]+) (/[^`]*)` \|", reference, re.MULTILINE))
    assert named == set(TABLE)


def test_every_personal_column_is_in_the_reference() -> None:
    reference = (REFERENCE / "personal-data.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", reference, re.MULTILINE))
    assert rows.keys() == REGISTER.keys()
    for table, kept in REGISTER.items():
        what, retention, erased = rows[table].split(" | ")
        assert (retention, erased) == (kept.retention, kept.erased), table
        assert set(re.findall(r"`(\w+)`", what)) == kept.personal.keys(), table
        assert all(purpose in what for purpose in kept.personal.values()), table
    assert all(f"`{table}`" in reference for table in OF_NOBODY)


def test_every_widget_and_property_is_in_the_reference() -> None:
    reference = (REFERENCE / "exercises-and-cells.md").read_text("utf-8")
    table = reference[reference.index("## Widgets") :]
    documented: dict[str, set[str]] = defaultdict(set)
    widgets: list[str] = []
    for first, second in re.findall(r"^\| ([^|]*)\| ([^|]*)\|", table, re.MULTILINE):
        widgets = re.findall(r"`(\w+)`", first) or widgets
        for widget in widgets:
            documented[widget] |= set(re.findall(r"`(\w+)`", second))
    declared = json.loads((ROOT / "widgets/properties.json").read_text("utf-8"))
    assert documented == {name: set(schema["properties"]) for name, schema in declared.items()}


def test_examples_in_the_docs_can_be_read() -> None:
    for page in PAGES:
        for language, block in FENCE.findall(page.read_text("utf-8")):
            if language == "python":
                ast.parse(block)
            elif language == "json":
                json.loads(block)
            elif language == "yaml":
                yaml.safe_load(block)


def test_rows_of_the_bar_are_marked_as_held_exactly_where_a_test_holds_them() -> None:
    security = DOCS / "explanation" / "security.md"
    bar = security.read_text("utf-8").partition("## The bar")[2]
    rows = re.findall(r"^\| ([SR]\d+)\b[^|]*\|.*\| ([^|]+) \|$", bar, re.MULTILINE)
    wanted = [f"S{n}" for n in range(1, 20)] + [f"R{n}" for n in range(1, 14)]
    assert [row for row, _ in rows] == wanted
    linked = {row: {Path(link).name for link in LINK.findall(held)} for row, held in rows}
    there: dict[str, set[str]] = {row: set() for row in wanted}
    for file in (ROOT / "tests/bar").glob("test_*.py"):
        named = re.match(r"test_([sr])0?(\d+)_", file.name)
        assert named, f"{file.name}: begin the name with its row, as in test_s05_who_may.py"
        there[f"{named[1].upper()}{named[2]}"].add(file.name)
    assert linked == there, "mark the rows in docs/explanation/security.md"


def test_a_decision_has_its_five_parts() -> None:
    for record in (DOCS / "decisions").glob("0*.md"):
        parts = re.findall(r"^## (.+)$", record.read_text("utf-8"), re.MULTILINE)
        assert parts == ["Status", "Context", "Decision", "Consequences", "Rejected"], record.name


def test_a_change_is_told_in_a_fragment_with_issue_and_kind() -> None:
    for fragment in (DOCS / "changes").iterdir():
        kind = r"\d+\.(feature|bugfix|doc|removal|misc)(\.\d+)?\.md|\.gitkeep"
        assert re.fullmatch(kind, fragment.name), fragment.name


def test_words_of_the_glossary_are_explained_once() -> None:
    glossary = (REFERENCE / "glossary.md").read_text("utf-8")
    words = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]*\|$", glossary, re.MULTILINE)
    assert len(words) == len(set(words)) > 40
