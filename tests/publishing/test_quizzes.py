"""Quizzes with several answers, an order or pairs: solution and widget fit, and nothing leaks."""

from pathlib import Path
from typing import Any

import pytest

from publishing.components import Shown
from publishing.exercises import Exercise
from publishing.explanations import (
    Explanation,
    Unreadable,
    find_heading,
    find_problems,
    read_explanation,
)
from publishing.manifest import Manifest
from publishing.outline import Cell, Solution
from publishing.quizzes import find_problem
from publishing.release import find_leaks
from publishing.versions import Publisher, publish
from store.queries.modules import get_current
from tests.publishing.writing import IMPORT, quiz, quiz_test, words, write_course

OPTIONS = {"a": "কেন?", "b": "ঠিক তো?", "c": "আর কী?"}
MULTI = Shown("MultiChoice", {"question": "কোনগুলো?", "options": OPTIONS})
ORDER = Shown("Order", {"question": "ক্রম?", "options": OPTIONS})
MATCH = Shown("Match", {"question": "মিল?", "left": {"x": "১", "y": "২"}, "right": OPTIONS})
CHOICE = Shown("Choice", {"question": "কোনটি?", "options": OPTIONS})
WORDS = Shown("Reflection", {})


@pytest.mark.parametrize(
    ("shown", "value", "rule"),
    [
        (MULTI, ["a", "c"], None),
        (MULTI, "a", "literal-unfit"),
        (MULTI, [], "key-not-an-option"),
        (MULTI, ["a", "d"], "key-not-an-option"),
        (MULTI, ["a", "a"], "key-not-an-option"),
        (MULTI, [["a"]], "key-not-an-option"),
        (ORDER, ["c", "a", "b"], None),
        (ORDER, ["c", "a"], "key-not-an-option"),
        (ORDER, ["a", "b", "c"], "order-given-away"),
        (ORDER, {"a": 1}, "literal-unfit"),
        (MATCH, {"x": "a", "y": "a"}, None),
        (MATCH, {"x": "a"}, "key-not-an-option"),
        (MATCH, {"x": "a", "y": "x"}, "key-not-an-option"),
        (MATCH, {"x": "a", "y": None}, "key-not-an-option"),
        (CHOICE, "b", None),
        (CHOICE, True, "key-not-an-option"),
        (CHOICE, 2, "literal-unfit"),
        (WORDS, 3.5, None),
        (WORDS, ["x"], "literal-unfit"),
    ],
)
def test_a_solution_is_an_answer_that_can_be_given(
    shown: Shown, value: Any, rule: str | None
) -> None:
    problem = find_problem(shown, Solution("answer", value, "…"))
    assert (problem[0] if problem else None) == rule


def told(source: str) -> Explanation:
    return read_explanation([Cell(1, "code", source, "test")])


def test_an_explanation_is_read_and_never_run() -> None:
    read = told('why = {"a": "কারণ", "b": {"bn": "না", "en": "No"}}\nlook_again = 12.5\n1 / 0')
    assert read == Explanation({"a": "কারণ", "b": {"bn": "না", "en": "No"}}, 12.5)
    assert told('why = {"bn": "সবার জন্য", "en": "For all"}').why == {
        "": {"bn": "সবার জন্য", "en": "For all"}
    }
    assert told("%matplotlib inline\n2.0") == told("2.0") == Explanation()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("why = make()", "why"),
        ('why = {"a": 1}', "why"),
        ("why = 3", "why"),
        ("look_again = True", "look_again"),
        ("look_again = -1", "look_again"),
        ('look_again = {"a": "x"}', "look_again"),
    ],
)
def test_an_explanation_that_is_no_text_is_named(source: str, name: str) -> None:
    with pytest.raises(Unreadable, match=name):
        told(source)


def test_a_heading_is_found_by_its_words() -> None:
    page = '<h2 id="m-খোলা-প্রশ্ন" dir="auto">খোলা <em>প্রশ্ন</em></h2><h3 id="m-x">A &amp; B</h3>'
    assert find_heading(page, "খোলা  প্রশ্ন") == "m-খোলা-প্রশ্ন"
    assert find_heading(page, "A & B") == "m-x"
    assert find_heading(page, "খোলা") is None


def test_an_explanation_that_nobody_would_see_is_a_finding() -> None:
    asked = Exercise("q", "Choice", "quiz", 2.0, 1, "q", options=OPTIONS)
    pages = {"bn": "", "en": '<h2 id="m-a">Open</h2>'}
    found = find_problems(
        asked, Explanation({"z": "x", "": "y"}, {"bn": "খোলা", "en": "Open"}), pages, has_clip=False
    )
    assert list(found) == [("why-unknown", {"names": "z"}), ("look-again-lost", {"place": "খোলা"})]
    assert [rule for rule, _ in find_problems(asked, Explanation({}, 3.0), pages, has_clip=False)]
    assert not list(find_problems(asked, Explanation({}, 3.0), pages, has_clip=True))


WHY = "চিহ্ন-কারণ"


def test_the_whole_way_from_notebook_to_page(publisher: Publisher, tmp_path: Path) -> None:
    explained = f'why = {{"a": "{WHY}"}}\nlook_again = {{"bn": "কুইজ", "en": "Lost"}}'
    folder = write_course(
        tmp_path / "trial",
        IMPORT,
        words("## কুইজ"),
        quiz("many", 'many = ["a", "b"]', f"MultiChoice('কোনগুলো?', {OPTIONS}, check=True)"),
        quiz_test("many-test", f"{explained}\n1.0 * len(set(many or []) - set('c'))"),
        quiz("steps", 'steps = ["c", "a", "b"]', f"Order('ক্রম?', {OPTIONS})"),
        quiz_test("steps-test", "assert steps == ['c', 'a', 'b']"),
        quiz("pairs", 'pairs = {"x": "a"}', f"Match('মিল?', {{'x': '১'}}, {OPTIONS})"),
        quiz_test("pairs-test", "get_ipython(); 2.0 if pairs == {'x': 'a'} else 0.0"),
    )
    (published,) = publish(publisher, folder)
    with publisher.database.read() as session:
        version = get_current(session, "trial/spare-time")
    manifest = Manifest.from_json(version.manifest)
    many, steps, pairs = manifest.exercises
    assert [many.literal, steps.literal, pairs.literal] == ["list", "list", "dict"]
    assert (many.checked_at_once, steps.checked_at_once) == (True, False)
    assert (list(pairs.options), list(pairs.right)) == (["x"], ["a", "b", "c"])
    assert manifest.runner == "kernel"
    found = {(each["cell"], each["rule"]) for each in published.findings}
    assert {(8, "needs-kernel"), (4, "look-again-lost")} <= found
    for sha in (*version.pages.values(), version.release_sha):
        assert WHY not in publisher.artifacts.read(sha).decode()
    assert WHY not in str(version.manifest)


def test_a_key_that_opens_a_secret_is_no_leak_and_the_words_in_it_are() -> None:
    options = 'left = {\n    "seasons": {\n        "bn": "ছয় ঋতু",'
    hidden = f'why = {{\n    "seasons": {{\n        "bn": "{WHY}",'
    test = f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    source = [
        Cell(1, "code", options, "quiz", "pairs"),
        Cell(2, "code", test, "test", "pairs-test"),
    ]
    assert not find_leaks("01-x.ipynb", source, [source[0], Cell(2, "code", "", "test", "t")])
    told = Cell(2, "markdown", f'"bn": "{WHY}",', "plain")
    (leak,) = find_leaks("01-x.ipynb", source, [source[0], told])
    assert (leak.rule, leak.cell) == ("leak", 2) and WHY in leak.facts["reason"]
