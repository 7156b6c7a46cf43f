"""What is left agrees with the rules, and a screen costs a handful of queries."""

from datetime import timedelta

import pytest

from learning import answers, hand_ins, progress
from learning.hand_ins import AutoScore
from sharing import posts
from store.database import Session
from store.errors import NotFound
from store.queries import posts as post_queries
from store.queries.modules import get_current
from store.tables import Module, Person
from tests.factories import (
    CLIP,
    COURSE,
    MODULE,
    PLAN,
    REPORT,
    Clock,
    a_hand_in,
    a_person,
    a_version,
    an_answer,
    asking,
)


def of(session: Session, person: Person) -> progress.Progress:
    return progress.module_progress(session, person.id, get_current(session, MODULE))


def watch(session: Session, person: Person, seconds: float) -> None:
    answers.save_clip_watch(session, person, MODULE, CLIP, [[0, seconds]], seconds)


def notices(session: Session, person: Person) -> list[tuple[str, str | None]]:
    week = progress.home(session, person.id)["this_week"]
    return [(notice["kind"], notice["exercise"]) for notice in week]


def test_a_newcomer_has_everything_before_her(session: Session, teacher: Person) -> None:
    start = of(session, teacher)
    assert (start.steps, start.steps_done, start.state, start.tried) == (6, 0, "new", False)
    assert start.minutes_left == 35
    home = progress.home(session, teacher.id)
    assert (home["first_day"], home["resume"], home["this_week"]) == (True, None, [])


def test_each_step_counts_when_its_rule_is_met(session: Session, teacher: Person) -> None:
    def add(exercise: str, value: object) -> int:
        an_answer(session, teacher, exercise, value)
        return of(session, teacher).steps_done

    assert add("saw", "   ") == 0
    assert of(session, teacher).state == "started"
    assert add("saw", "দেখলাম") == 1
    assert add("wait-time", "a") == 2
    assert add("plan", PLAN) == 3
    a_hand_in(session, teacher)
    assert of(session, teacher).steps_done == 4
    share(session, teacher)
    assert of(session, teacher).steps_done == 5
    watch(session, teacher, 95)
    assert of(session, teacher).steps_done == 6


def share(session: Session, person: Person) -> None:
    posts.share(
        session,
        person=person,
        module_key=MODULE,
        exercise="saw",
        audience="everyone",
        consent=True,
        device_at=get_current(session, MODULE).created_at,
    )


def test_sixty_percent_of_a_clip_is_watched(
    session: Session, teacher: Person, clock: Clock
) -> None:
    watch(session, teacher, 56.9)
    assert of(session, teacher).steps_done == 0
    clock.move(seconds=10)
    watch(session, teacher, 57)
    assert of(session, teacher).steps_done == 1


def test_everything_done_is_done(session: Session, teacher: Person) -> None:
    watch(session, teacher, 95)
    for exercise, value in (("saw", "দেখলাম"), ("wait-time", "b"), ("plan", REPORT)):
        an_answer(session, teacher, exercise, value)
    record = a_hand_in(session, teacher)
    share(session, teacher)
    assert of(session, teacher) == progress.Progress(6, 6, "handed-in", True, 0)
    hand_ins.mark_autograded(session, record.number, [AutoScore("wait-time", 2.0, 2.0)])
    hand_ins.mark_returned(session, record.number)
    assert of(session, teacher).state == "returned"
    card = progress.catalogue(session, teacher.id, "en")["courses"][0]
    assert card == {
        "course": COURSE,
        "title": "Active learning",
        "summary": "One small change, in the next lesson",
        "modules": 1,
        "modules_done": 1,
        "minutes": 35,
        "tried": 1,
    }


@pytest.mark.parametrize("missing", ["pupils", "decision"])
def test_tried_needs_what_pupils_did_and_a_decision(
    session: Session, teacher: Person, missing: str
) -> None:
    an_answer(session, teacher, "plan", {**REPORT, missing: ""})
    assert not of(session, teacher).tried
    an_answer(session, teacher, "plan", REPORT)
    assert of(session, teacher).tried


def test_work_done_together_is_done_for_each(session: Session, teacher: Person) -> None:
    colleague = a_person(session)
    an_answer(session, teacher, "saw", "একসাথে দেখেছি")
    an_answer(session, teacher, "plan", REPORT)
    record = a_hand_in(session, teacher, together=[colleague.id])
    together = of(session, colleague)
    assert (together.steps_done, together.state, together.tried) == (3, "handed-in", True)
    hand_ins.take_back(session, colleague, record.number)
    assert of(session, colleague).steps_done == 0


def test_home_resumes_at_the_second_of_the_clip(session: Session, teacher: Person) -> None:
    watch(session, teacher, 31.5)
    resume = progress.home(session, teacher.id, "en")["resume"]
    assert resume == {
        "course": "active-learning",
        "module": "pair-talk",
        "title": "Pair talk",
        "exercise": None,
        "clip_second": 31.5,
        "step": 1,
        "steps": 6,
        "minutes_left": 35,
    }


def test_home_resumes_at_the_next_exercise(session: Session, teacher: Person) -> None:
    an_answer(session, teacher, "saw")
    resume = progress.home(session, teacher.id)["resume"]
    assert (resume["exercise"], resume["clip_second"], resume["step"]) == ("wait-time", None, 2)


def test_home_asks_for_the_report_when_the_day_of_the_plan_is_near(
    session: Session, teacher: Person, clock: Clock
) -> None:
    far = (clock.at + timedelta(days=30)).date().isoformat()
    an_answer(session, teacher, "plan", {**PLAN, "date": far})
    assert notices(session, teacher) == []
    clock.move(days=24)
    assert notices(session, teacher) == [("plan-due", "plan")]
    an_answer(session, teacher, "plan", {**PLAN, "date": "২০২৬-১২-০১"})
    assert notices(session, teacher) == [("plan-due", "plan")]
    an_answer(session, teacher, "plan", {**REPORT, "date": far})
    assert notices(session, teacher) == []


def test_home_tells_of_feedback_and_of_posts_to_rate(
    session: Session, teacher: Person, clock: Clock
) -> None:
    peer = a_person(session)
    an_answer(session, peer)
    share(session, peer)
    assert notices(session, teacher) == []
    an_answer(session, teacher)
    record = a_hand_in(session, teacher)
    hand_ins.mark_returned(session, record.number)
    assert notices(session, teacher) == [("feedback", "saw"), ("rate", None)]
    clock.move(days=15)
    assert notices(session, teacher) == [("rate", None)]


def test_home_tells_first_that_ones_work_was_hidden_and_leads_to_it(
    session: Session, teacher: Person, clock: Clock
) -> None:
    an_answer(session, teacher, "plan", PLAN)
    an_answer(session, teacher)
    share(session, teacher)
    (post,) = post_queries.shared(session, teacher.id)
    post.hidden_at = clock.at
    first, *_ = progress.home(session, teacher.id)["this_week"]
    assert (first["kind"], first["post"]) == ("hidden", post.id)
    posts.withdraw(session, teacher, post.id)
    assert "hidden" not in dict(notices(session, teacher))


def test_a_course_says_what_is_new(session: Session, teacher: Person) -> None:
    an_answer(session, teacher)
    assert not line(session, teacher)["new_version"]
    a_version(session, minutes=40)
    assert line(session, teacher) == {
        "module": "pair-talk",
        "title": "জোড়ায় কথা বলা",
        "minutes": 40,
        "page_bytes": 21_000,
        "clip_bytes": 1_234_567,
        "picture_bytes": 9_000,
        "film_bytes": {},
        "steps": 6,
        "steps_done": 1,
        "state": "started",
        "tried": False,
        "new_version": True,
    }
    with pytest.raises(NotFound):
        progress.course(session, teacher.id, "no-such-course")


def line(session: Session, person: Person) -> dict[str, object]:
    listed: list[dict[str, object]] = progress.course(session, person.id, COURSE)["modules_list"]
    return listed[0]


def test_pages_of_the_house_are_no_modules(session: Session, teacher: Person) -> None:
    a_version(session, "pathshala-pages/home")
    session.get_one(Module, "pathshala-pages/home").route = ""
    session.flush()
    cards = progress.catalogue(session, teacher.id)["courses"]
    assert [card["course"] for card in cards] == [COURSE]


def test_more_courses_cost_no_more_queries(session: Session, teacher: Person) -> None:
    def queries_of_home() -> int:
        with asking(session) as asked:
            progress.home(session, teacher.id)
        return len(asked)

    an_answer(session, teacher)
    before = queries_of_home()
    for course in range(3):
        for module in range(4):
            key = f"course-{course}/module-{module}"
            a_version(session, key)
            an_answer(session, teacher, module_key=key)
    assert queries_of_home() == before <= 8
