"""Whether an answer is right, before it is handed in: what is said, and what is not."""

from typing import Any

import pytest

from grading import checking, gradebook
from grading.checking import Checked, Reason
from publishing.exercises import Exercise
from store.errors import NotAllowed, NotFound

from .conftest import MODULE, RIGHT, House, exercise, notebook, pair_talk, quiz

OPTIONS = {"a": "কেন?", "b": {"bn": "ঠিক তো?", "en": "Right?"}, "c": "আর কী হতে পারত?"}
TESTS = """
why = {"a": "কারণ জানতে চায়।", "b": {"bn": "হ্যাঁ বললেই শেষ।", "en": "A yes is enough."}}
look_again = {"bn": "খোলা প্রশ্ন", "en": "Open questions"}
1.0 * max(0, sum(1 if key in "ac" else -1 for key in chosen or []))
"""


def multi() -> dict[str, Any]:
    return exercise(
        "open-ones",
        "MultiChoice",
        2.0,
        options=OPTIONS,
        variable="chosen",
        literal="list",
        tests=[{"exercise": "open-ones-test", "points": 2.0}],
        checked_at_once=True,
        kind="quiz",
    )


@pytest.fixture
def asking(house: House) -> House:
    """The house with one question that may be checked at once."""
    publish(house, TESTS)
    return house


def publish(house: House, tests: str) -> None:
    source = notebook(*quiz("open-ones", "chosen", ["a", "c"], tests.strip()))
    house.publish(source, exercises=[multi()])


def check(house: House, name: str = "open-ones") -> Checked:
    grading = house.grading
    return checking.check(
        grading.database,
        grading.artifacts,
        grading.runner,
        person_id=house.rahima.id,
        module_key=MODULE,
        exercise=name,
    )


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (["a", "c"], "right"),
        (["a"], "partly"),
        (["a", "b", "c"], "partly"),
        (["b"], "not-yet"),
    ],
)
def test_an_answer_is_right_or_partly_or_not_yet(
    asking: House, answer: list[str], result: str
) -> None:
    asking.answer(asking.rahima, {"open-ones": answer})
    assert check(asking).result == result


def test_words_come_for_what_was_chosen_and_for_nothing_else(asking: House) -> None:
    asking.answer(asking.rahima, {"open-ones": ["b"]})
    checked = check(asking)
    assert checked.why == [Reason(OPTIONS["b"], {"bn": "হ্যাঁ বললেই শেষ।", "en": "A yes is enough."})]
    assert checked.look_again == {"bn": "খোলা প্রশ্ন", "en": "Open questions"}


def test_the_newest_saved_answer_is_checked_and_nothing_is_kept(asking: House) -> None:
    asking.answer(asking.rahima, {"open-ones": ["b"]})
    asking.answer(asking.rahima, {"open-ones": ["c", "a"]})
    assert check(asking).result == "right"
    assert gradebook.totals(asking.grading.gradebook_url) == {}


def test_a_hand_in_scores_what_the_check_said(asking: House) -> None:
    hand_in = asking.autograded(asking.rahima, {"open-ones": ["a", "b", "c"]})
    (points,) = gradebook.totals(asking.grading.gradebook_url).values()
    assert (hand_in.state, points) == ("returned", 1.0)


def test_a_test_that_gives_nonsense_leaves_it_open(house: House) -> None:
    publish(house, "'খ'")
    house.answer(house.rahima, {"open-ones": ["a"]})
    assert check(house).result == "unknown"


def test_without_an_answer_there_is_nothing_to_check(asking: House) -> None:
    with pytest.raises(NotAllowed, match="nothing-to-check"):
        check(asking)
    asking.answer(asking.rahima, {"open-ones": []})
    with pytest.raises(NotAllowed, match="nothing-to-check"):
        check(asking)


def test_what_does_not_fit_the_question_any_more_is_no_answer(asking: House) -> None:
    asking.answer(asking.rahima, {"open-ones": ["b"]})
    source = notebook(*quiz("open-ones", "chosen", ["a"], "2.0 if chosen == ['a'] else 0.0"))
    asking.publish(source, exercises=[multi() | {"options": {"a": "কেন?", "c": "আর কী?"}}])
    with pytest.raises(NotAllowed, match="nothing-to-check"):
        check(asking)


def test_where_the_trainer_does_not_allow_it_nothing_is_said(published: House) -> None:
    published.answer(published.rahima, RIGHT)
    with pytest.raises(NotAllowed, match="not-checkable"):
        check(published, "wait-time")
    with pytest.raises(NotFound):
        check(published, "no-such-exercise")


def test_tests_that_share_a_module_see_the_answers_of_all(house: House) -> None:
    source = pair_talk(wait_time_test='2.0 if (wait_time, groups) == ("b", "pairs") else 0.0')
    asked = {"options": {"b": "৩"}, "checked_at_once": True, "variable": "wait_time"}
    exercises = [
        exercise("wait-time", "Choice", 2.0, tests=[_test("wait-time")], **asked),
        exercise("groups", "Choice", 2.0, tests=[_test("groups")], variable="groups"),
    ]
    exercises[1]["options"] = {"pairs": "জোড়া"}
    house.publish(source, exercises=exercises)
    house.answer(house.rahima, {"wait-time": "b"})
    assert check(house, "wait-time").result == "not-yet"
    house.answer(house.rahima, {"groups": "pairs"})
    assert check(house, "wait-time").result == "right"


def _test(name: str) -> dict[str, Any]:
    return {"exercise": f"{name}-test", "points": 2.0}


def test_a_manifest_without_the_new_facts_allows_no_check() -> None:
    entry = exercise("wait-time", "Choice", 2.0, options={"b": "৩"}, variable="wait_time")
    assert Exercise.from_manifest(entry).checked_at_once is False
