"""From a hand-in to scores, with the real nbgrader, a real gradebook and real kernels."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from grading import gradebook, marking
from grading.autograde import autograde
from grading.gradebook import Gradebook
from learning import hand_ins
from store.errors import Unavailable
from store.queries import hand_ins as kept
from store.tables import Score

from .conftest import PLAN, RIGHT, House, exercise, manifest, notebook, pair_talk, quiz

ASSIGNMENT = "active-learning.pair-talk.s1"


def scores(house: House, number: int) -> dict[str, Score]:
    return house.ask(lambda session: kept.scores_of(session, [number])[number])


def points(house: House, number: int) -> dict[str, float]:
    return {name: row.score for name, row in scores(house, number).items()}


def wait_for(condition: Callable[[], bool]) -> bool:
    """Look a hundred times a second, for ten seconds at most."""
    return any(condition() or Event().wait(0.01) for _ in range(1000))


def total(house: House, person_id: str, assignment: str = ASSIGNMENT) -> float:
    return gradebook.totals(house.grading.gradebook_url)[person_id, assignment]


def test_quizzes_are_scored_and_the_rest_waits_for_a_person(published: House) -> None:
    here, environment = Path.cwd(), dict(os.environ)
    hand_in = published.autograded(published.rahima, {**RIGHT, "groups": "rows"})
    assert hand_in.state == "to-mark"
    assert points(published, hand_in.number) == {"wait-time": 2, "groups": 0, "why": 0, "plan": 0}
    waiting = {name for name, row in scores(published, hand_in.number).items() if row.needs_mark}
    assert waiting == {"why", "plan"}
    assert total(published, published.rahima.id) == 2
    # nothing of the job is left, and the process is where it was
    assert [path.name for path in published.grading.work.iterdir()] == ["registering.lock"]
    assert (Path.cwd(), dict(os.environ)) == (here, environment)


def test_the_gradebook_knows_people_by_id_alone_and_says_what_waits(published: House) -> None:
    published.autograded(published.rahima, {**RIGHT, "plan": {}})
    with Gradebook(published.grading.gradebook_url) as book:
        (student,) = book.students
        assert (student.id, student.last_name) == (published.rahima.id, None)
        (notebook_,) = book.find_submission(ASSIGNMENT, student.id).notebooks
        waits = {grade.name: grade.needs_manual_grade for grade in notebook_.grades}
        comments = {comment.name: comment.comment for comment in notebook_.comments}
    assert waits == {"wait-time-test": False, "groups-test": False, "why": True, "plan": False}
    assert comments["plan"] == "No response."
    assert comments["why"] is None


def test_everyone_of_a_hand_in_gets_the_scores(published: House) -> None:
    published.autograded(published.rahima, RIGHT, published.salma)
    assert total(published, published.rahima.id) == total(published, published.salma.id) == 4


def test_an_unanswered_quiz_scores_nothing(published: House) -> None:
    hand_in = published.autograded(published.rahima, {"why": RIGHT["why"]})
    row = scores(published, hand_in.number)["wait-time"]
    assert (row.score, row.needs_mark, row.reason) == (0, False, None)


def test_a_job_for_a_hand_in_that_needs_none_does_nothing(published: House) -> None:
    hand_in = published.autograded(published.rahima, RIGHT)
    autograde(published.grading, hand_in.number)
    autograde(published.grading, 4711)
    assert published.row(hand_in.number).autograded_at == hand_in.autograded_at


def test_a_job_that_died_on_its_way_is_simply_done_again(published: House) -> None:
    hand_in = published.autograded(published.rahima, RIGHT)
    (published.grading.work / f"hand-in-{hand_in.number}-dead").mkdir()
    published.do(lambda session: hand_ins.retry(session, hand_in.number))
    autograde(published.grading, hand_in.number)
    assert published.row(hand_in.number).state == "to-mark"
    assert total(published, published.rahima.id) == 4
    assert [path.name for path in published.grading.work.iterdir()] == ["registering.lock"]


def test_a_test_that_gives_nonsense_is_worth_nothing_and_asks_for_a_person(house: House) -> None:
    house.publish(pair_talk(wait_time_test="99.0", groups_test='"ok"'))
    hand_in = house.autograded(house.rahima, RIGHT)
    for row in (scores(house, hand_in.number)[name] for name in ("wait-time", "groups")):
        assert (row.score, row.needs_mark, row.reason) == (0, True, "test-gave-no-score")
    assert total(house, house.rahima.id) == 0
    seen = house.ask(lambda session: marking.open_hand_in(session, house.evaluator, hand_in.number))
    assert seen["exercises"][0]["auto"]["reason"].startswith("The check of this question")
    assert seen["exercises"][0]["rubric"]["criteria"][0]["levels"][-1]["points"] == 2


def test_what_needs_nobody_is_returned_at_once(house: House) -> None:
    house.publish(
        notebook(*quiz("wait-time", "wait_time", "b", 'assert wait_time == "b"')),
        exercises=manifest()["exercises"][:1],
    )
    hand_in = house.autograded(house.rahima, {"wait-time": "b"})
    assert hand_in.state == "returned"
    assert hand_in.returned_at is not None


def test_a_hand_in_that_cannot_be_scored_fails_with_a_code_and_is_tried_again(
    published: House, caplog: pytest.LogCaptureFixture
) -> None:
    published.answer(published.rahima, RIGHT)
    number = published.hand_in(published.rahima)
    version = published.ask(lambda session: published.newest(session))
    release = published.grading.artifacts.path(version.release_sha)
    aside = release.rename(release.with_suffix(".aside"))
    with pytest.raises(Unavailable):
        autograde(published.grading, number)
    failed = published.row(number)
    assert (failed.state, failed.failure, failed.attempts) == ("failed", "artifact-not-found", 1)
    assert PLAN["change"] not in caplog.text
    aside.rename(release)
    autograde(published.grading, number)
    assert published.row(number).state == "to-mark"


def test_after_five_attempts_a_person_has_to_ask_for_another(published: House) -> None:
    published.answer(published.rahima, RIGHT)
    number = published.hand_in(published.rahima)
    version = published.ask(lambda session: published.newest(session))
    release = published.grading.artifacts.path(version.release_sha)
    aside = release.rename(release.with_suffix(".aside"))
    for _ in range(4):
        with pytest.raises(Unavailable):
            autograde(published.grading, number)
    autograde(published.grading, number)
    aside.rename(release)
    autograde(published.grading, number)
    assert published.row(number).state == "failed"
    published.do(lambda session: marking.rerun(session, published.evaluator, number))
    autograde(published.grading, number)
    assert published.row(number).state == "to-mark"


def test_a_hand_in_taken_back_meanwhile_leaves_no_scores_behind(published: House) -> None:
    published.answer(published.rahima, RIGHT)
    number = published.hand_in(published.rahima)
    with ThreadPoolExecutor() as threads:
        job = threads.submit(autograde, published.grading, number)
        work = published.grading.work
        assert wait_for(lambda: any(work.glob(f"hand-in-{number}-*"))), "the job never began"
        published.do(lambda session: hand_ins.take_back(session, published.rahima, number))
        job.result()
    assert published.row(number).state == "taken-back"
    assert gradebook.totals(published.grading.gradebook_url) == {}


def test_new_wording_of_a_stub_does_not_make_a_blank_answer_count(published: House) -> None:
    published.autograded(published.salma, RIGHT)
    reworded = pair_talk()
    reworded["cells"][-1]["source"] = "আপনার পরিকল্পনা এখানে"
    published.publish(reworded)
    hand_in = published.autograded(published.rahima, {**RIGHT, "plan": {}})
    row = scores(published, hand_in.number)["plan"]
    assert (row.score, row.needs_mark, row.reason) == (0, False, "no-answer")
    assert total(published, published.rahima.id) == 4


def test_a_corrected_test_is_another_assignment(published: House) -> None:
    published.autograded(published.rahima, RIGHT)
    name = "active-learning.pair-talk.s2"
    published.publish(
        pair_talk(wait_time_test='assert wait_time == "a"'), structure=2, assignment=name
    )
    published.autograded(published.salma, RIGHT)
    assert total(published, published.rahima.id) == 4
    assert total(published, published.salma.id, name) == 2


def test_a_release_that_is_not_of_its_source_is_refused(house: House) -> None:
    house.publish(pair_talk())
    first = house.ask(house.newest).source_sha
    house.publish(
        notebook(*quiz("wait-time", "wait_time", "b", "2.0")),
        exercises=[exercise("wait-time", "Choice", 2.0, options={"b": "৩"}, variable="wait_time")],
    )
    house.do(lambda session: setattr(house.newest(session), "source_sha", first))
    house.answer(house.rahima, {"wait-time": "b"})
    number = house.hand_in(house.rahima)
    with pytest.raises(Unavailable):
        autograde(house.grading, number)
    assert house.row(number).failure == "release-differs"
