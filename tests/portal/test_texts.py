"""The one catalogue is whole: each text that people read has Bangla, and no Bangla is left over."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from grading.marks import REASONS
from hub.portal import texts

HOUSE = Path(__file__).parents[2]
ROOMS = ("hub", "learning", "sharing", "grading", "publishing", "store")
FRONTEND = HOUSE / "widgets/frontend/src"
ERRORS = {"Invalid", "NotAllowed", "NotFound", "Unavailable"}
SEEN_IN_BROWSERS = ("portal/", "classroom/", "sign_in", "pages", "join_", "password")
# the rest of hub/ talks to terminals, in English

LITERAL = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL_IN_PAGE = re.compile(r"""(?<![\w.])t(?:In)?\(\s*(?:[\w."]+,\s*)?""" + LITERAL)
CALL_IN_TEMPLATE = re.compile(r"""(?<!\w)(?:t|say)\((?:[\w"]+, )?(['"])((?:[^'"\\]|\\.)*)\1\)""")
STRING_IN_PAGE = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`""")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def python_files() -> Iterator[Path]:
    for room in ROOMS:
        for path in (HOUSE / room).rglob("*.py"):
            if room != "hub" or str(path.relative_to(HOUSE / "hub")).startswith(SEEN_IN_BROWSERS):
                yield path


def page_files() -> Iterator[Path]:
    for path in FRONTEND.rglob("*"):
        if path.suffix in (".vue", ".ts") and ".test." not in path.name:
            yield path


def templates() -> Iterator[Path]:
    yield from (HOUSE / "hub").rglob("*.html")


def is_message(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def python_messages() -> dict[str, str]:
    """Each msgid that Python raises or says, with the file it stands in."""
    found = dict.fromkeys(REASONS.values(), "grading/marks.py")
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            is_super = name == "__init__" and len(node.args) >= 2
            if (name in ERRORS or name == "say" or is_super) and len(node.args) >= 2:
                message = node.args[1]
                if is_message(message) and re.match("[A-Z{]", message.value):
                    found[message.value] = str(path.relative_to(HOUSE))
    return found


def page_messages() -> dict[str, str]:
    found = {}
    for path in page_files():
        for match in CALL_IN_PAGE.finditer(path.read_text()):
            found[unquote(match[1])] = str(path.relative_to(HOUSE))
    for path in templates():
        for match in CALL_IN_TEMPLATE.finditer(path.read_text()):
            found[match[2]] = str(path.relative_to(HOUSE))
    return found


def unquote(literal: str) -> str:
    inner = literal[1:-1]
    if literal[0] != '"':
        inner = inner.replace("\\'", "'").replace('"', '\\"')
    try:
        return str(json.loads(f'"{inner}"'))
    except ValueError:
        return inner


def every_string() -> set[str]:
    """All string literals of the house, so that a text kept in a table is seen too."""
    found: set[str] = set()
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    for path in (*page_files(), *templates()):
        found |= {unquote(match[0]) for match in STRING_IN_PAGE.finditer(path.read_text())}
    return found | page_messages().keys()


def test_every_text_has_bangla() -> None:
    said = python_messages() | page_messages()
    missing = {each: said[each] for each in said if not texts.catalogue().get(each)}
    assert not missing, json.dumps(missing, indent=1, ensure_ascii=False)


def test_no_bangla_is_left_over() -> None:
    dead = sorted(texts.catalogue().keys() - every_string())
    assert not dead, "\n".join(dead)


def test_no_text_stands_twice() -> None:
    ids = re.findall(r'^msgid "(.+)"$', texts.CATALOGUE.read_text(), re.MULTILINE)
    assert not {each for each in ids if ids.count(each) > 1}


def test_both_languages_name_the_same_facts() -> None:
    for english, bangla in texts.catalogue().items():
        assert set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(bangla)), english


def test_bangla_is_bangla() -> None:
    """Bangla letters; Latin ones only in placeholders and names; digits are Bangla."""
    for english, bangla in texts.catalogue().items():
        bare = PLACEHOLDER.sub("", bangla)
        assert re.search("[\u0980-\u09ff]", bare) or not re.search("[A-Za-z]", english), bangla
        assert not re.search("[0-9]", bare.replace("CC BY 4.0", "")), bangla


def test_the_catalogue_can_be_read_by_any_gettext_tool() -> None:
    with texts.CATALOGUE.open("rb") as file:
        assert str(read_po(file, abort_invalid=True).locale) == "bn"


def test_numbers_get_the_digits_of_the_language() -> None:
    message = "Look at it for {seconds_left} more seconds first."
    assert "১২" in texts.say("bn", message, {"seconds_left": 12})
    assert "12" in texts.say("en", message, {"seconds_left": 12})
