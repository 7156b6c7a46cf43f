"""Which answers an exercise takes, and what its tests see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.exercises import Exercise, QuizTest
from publishing.rubric import Rubric
from store.errors import Invalid
from tests.publishing.writing import RUBRIC


def exercise(component: str = "Reflection", **facts: object) -> Exercise:
    entry = {
        "exercise": "use-it",
        "component": component,
        "kind": "manual",
        "points": 4.0,
        "cell": 3,
        "title": {"bn": "ভাবুন", "en": "Reflect"},
        **facts,
    }
    return Exercise.from_manifest(entry)


def test_a_manifest_entry_comes_back_as_it_was() -> None:
    whole = exercise(
        "Choice",
        kind="quiz",
        options={"a": "১", "b": "৩"},
        tests=[{"exercise": "t", "points": 2.0}],
        variable="wait_time",
        literal="str",
    )
    assert whole.tests == (QuizTest("t", 2.0),)
    assert Exercise.from_manifest(whole.to_manifest()) == whole


def test_a_reflection_takes_text_up_to_its_length() -> None:
    assert exercise().check("দুঃখ, উদ্বৃত্ত, র‍্যাঙ্ক") == "দুঃখ, উদ্বৃত্ত, র‍্যাঙ্ক"
    for wrong in (None, 3, ["x"], {"x": 1}, "x" * 20_001, "a\x00b", "\ud800"):
        with pytest.raises(Invalid) as raised:
            exercise().check(wrong)
        assert raised.value.code == "answer-invalid"


def test_a_choice_takes_a_key_or_nothing() -> None:
    choice = exercise("Choice", options={"a": "১", "b": "৩"})
    assert choice.check("a") == "a" and choice.check(None) is None
    for wrong in ("c", "", 1, True, ["a"], {"a": 1}):
        with pytest.raises(Invalid):
            choice.check(wrong)


def test_a_plan_takes_its_own_fields_alone() -> None:
    plan = exercise("ActionPlan")
    assert plan.check({"class": "তৃতীয়", "decision": "keep"})
    for wrong in ({"class": 3}, {"other": ""}, {"decision": "maybe"}, "x", {"next": "x" * 5001}):
        with pytest.raises(Invalid):
            plan.check(wrong)


@pytest.mark.parametrize(
    ("literal", "value", "seen"),
    [
        ("str", "b", "b"),
        ("str", None, None),
        ("bool", "yes", True),
        ("bool", "no", False),
        ("int", "৪২", 42),
        ("int", "4.5", 4.5),
        ("float", " ০.৫ ", 0.5),
        ("float", "inf", None),
        ("int", "চল্লিশ", None),
        ("str", "  ", None),
    ],
)
def test_a_quiz_sees_the_literal_that_was_meant(literal: str, value: str, seen: object) -> None:
    assert exercise(literal=literal).python_value(value) == seen


@given(st.recursive(st.none() | st.text() | st.floats() | st.booleans(), st.lists))
def test_any_value_is_taken_or_refused_never_more(value: object) -> None:
    for component in ("Reflection", "Choice", "ActionPlan"):
        try:
            exercise(component, options={"a": "১"}).check(value)
        except Invalid:
            continue


def test_a_rubric_scales_its_levels_to_the_points() -> None:
    rubric = Rubric.from_json(RUBRIC)
    assert rubric.score({"change": 2, "pupils": 1}, 8) == 8
    assert rubric.score({"change": 1, "pupils": 0}, 8) == 2
    assert Rubric.from_json(rubric.to_json()).hash == rubric.hash
    for levels, code in (
        ({"change": 1}, "levels-missing"),
        ({"change": 9, "pupils": 0}, "level-unknown"),
        ({"change": 1, "pupils": 0, "other": 1}, "level-unknown"),
    ):
        with pytest.raises(Invalid) as raised:
            rubric.score(levels, 8)
        assert raised.value.code == code


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"title": "x", "criteria": []}, {**RUBRIC, "title": 3}, {"title": {"fr": "x"}}],
)
def test_nonsense_is_no_rubric(body: object) -> None:
    with pytest.raises(Invalid) as raised:
        Rubric.from_json(body)
    assert raised.value.code == "rubric-invalid"
