"""What an evaluator may do with a hand-in, and what comes back to its people."""

import json

import pytest

from grading import feedback, marking, trail
from learning import answers, cohorts
from publishing.rubric import Rubric as Criteria
from store import audit
from store.errors import Invalid, NotAllowed, NotFound
from store.queries import marking as rows
from store.tables import AuditEntry, HandIn, Mark, Person, Rubric

from .conftest import MODULE, REFLECTION, RIGHT, House, manifest, pair_talk

RUBRIC = {
    "title": {"bn": "প্রতিফলন", "en": "Reflection"},
    "criteria": [
        {
            "criterion": name,
            "title": {"bn": name, "en": name},
            "levels": [
                {"level": level, "points": level, "text": {"bn": f"ধাপ {level}", "en": str(level)}}
                for level in range(3)
            ],
        }
        for name in ("seen", "reason")
    ],
}


def mark(
    house: House,
    number: int,
    exercise: str,
    level: int,
    expected: int | None = None,
    evaluator: Person | None = None,
) -> Mark:
    by = evaluator or house.evaluator
    levels = {"whole": level}
    return house.do(
        lambda session: marking.put_mark(
            session, by, number, exercise, levels, " ভালো লেখা ", expected
        )
    )


def give_back(house: House, number: int) -> HandIn:
    return house.do(lambda session: marking.return_hand_in(session, house.evaluator, number))


def opened(house: House, number: int) -> dict[str, dict]:
    seen = house.ask(lambda session: marking.open_hand_in(session, house.evaluator, number))
    return {each["exercise"]: each for each in seen["exercises"]}


def told(house: House, person: Person) -> dict[str, feedback.Feedback]:
    return house.ask(lambda session: feedback.of(session, person.id, MODULE))


def test_the_desk_shows_answers_and_no_names(published: House) -> None:
    number = published.scored(published.rahima, RIGHT, published.salma)
    (entry,) = published.ask(lambda session: marking.queue(session, published.evaluator))
    assert (entry["number"], entry["people"], entry["to_mark"], entry["marked"]) == (
        number,
        2,
        2,
        0,
    )
    seen = published.ask(lambda session: marking.open_hand_in(session, published.evaluator, number))
    why = next(each for each in seen["exercises"] if each["exercise"] == "why")
    assert why["answer"] == REFLECTION
    everything = json.dumps([entry, seen], ensure_ascii=False)
    for person in (published.rahima, published.salma):
        for secret in (person.id, person.name, person.display_name):
            assert secret not in everything


def test_a_quiz_is_shown_with_its_score_and_takes_no_mark(published: House) -> None:
    number = published.scored(published.rahima, RIGHT)
    quiz = opened(published, number)["wait-time"]
    assert quiz["auto"] == {"score": 2.0, "maximum": 2.0, "reason": None}
    assert quiz["rubric"] is None
    with pytest.raises(NotAllowed, match="scored-by-machine"):
        mark(published, number, "wait-time", 2)


def test_an_exercise_without_a_rubric_has_a_level_for_each_point(published: House) -> None:
    number = published.scored(published.rahima, RIGHT)
    (criterion,) = opened(published, number)["why"]["rubric"]["criteria"]
    assert [level["points"] for level in criterion["levels"]] == [0, 1, 2, 3]
    assert criterion["levels"][2]["text"] == {"bn": "৩ নম্বরের মধ্যে ২", "en": "2 of 3 points"}
    assert mark(published, number, "why", 2).score == 2


def test_levels_of_a_rubric_become_the_exercises_points(house: House) -> None:
    rubric = Criteria.from_json(RUBRIC)
    house.do(lambda session: session.add(Rubric(hash=rubric.hash, body=rubric.to_json())))
    exercises = manifest()["exercises"]
    exercises[2]["rubric"] = rubric.hash
    house.publish(pair_talk(), exercises=exercises)
    number = house.scored(house.rahima, RIGHT)

    def put(levels: dict[str, int]) -> Mark:
        return house.do(
            lambda session: marking.put_mark(
                session, house.evaluator, number, "why", levels, "", None
            )
        )

    with pytest.raises(Invalid, match="levels-missing"):
        put({"seen": 1})
    with pytest.raises(Invalid, match="level-unknown"):
        put({"seen": 1, "reason": 7})
    given = put({"seen": 2, "reason": 1})
    assert (given.score, given.maximum, given.rubric_hash) == (2.25, 3, rubric.hash)
    mark(house, number, "plan", 0)
    give_back(house, number)
    levels = told(house, house.rahima)["why"]["levels"]
    assert [(each["criterion"], each["level"], each["maximum"]) for each in levels] == [
        ("seen", 2, 2),
        ("reason", 1, 2),
    ]
    assert levels[1]["text"] == {"bn": "ধাপ 1", "en": "1"}


def test_marks_only_grow_and_a_stale_one_is_refused(published: House) -> None:
    number = published.scored(published.rahima, RIGHT)
    first = mark(published, number, "why", 1)
    with pytest.raises(NotAllowed, match="mark-changed-meanwhile"):
        mark(published, number, "why", 3)
    second = mark(published, number, "why", 3, expected=first.id)
    assert second.replaces == first.id
    assert published.ask(lambda session: session.get_one(Mark, first.id)).score == 1
    assert opened(published, number)["why"]["mark"]["score"] == 3


def test_a_hand_in_of_a_cohort_is_there_for_its_own_evaluators_alone(published: House) -> None:
    number = published.scored(published.rahima, RIGHT, published.salma)

    def queue() -> list[int]:
        found = published.ask(lambda session: marking.queue(session, published.evaluator))
        return [each["number"] for each in found]

    assert queue() == [number]
    cohort = published.do(
        lambda session: cohorts.ensure_cohort(session, "ময়মনসিংহ ব্যাচ ২", "active-learning").id
    )
    published.do(lambda session: cohorts.add_member(session, cohort, published.salma.id))
    assert queue() == []
    for act in (opened, give_back):
        with pytest.raises(NotFound, match="hand-in-not-found"):
            act(published, number)
    published.do(
        lambda session: cohorts.give_staff(session, cohort, published.evaluator.id, "evaluator")
    )
    assert queue() == [number]


def test_nobody_marks_or_even_opens_their_own_work(published: House) -> None:
    number = published.scored(published.rahima, RIGHT, published.salma)
    with pytest.raises(NotAllowed, match="own-hand-in"):
        mark(published, number, "why", 3, evaluator=published.salma)
    with pytest.raises(NotAllowed, match="own-hand-in"):
        published.ask(lambda session: marking.open_hand_in(session, published.salma, number))
    assert published.ask(lambda session: marking.queue(session, published.salma)) == []


def test_a_hand_in_is_returned_only_when_all_is_marked(published: House) -> None:
    number = published.scored(published.rahima, RIGHT)
    mark(published, number, "why", 2)
    with pytest.raises(NotAllowed, match="marks-missing"):
        give_back(published, number)
    mark(published, number, "plan", 4)
    assert told(published, published.rahima) == {}
    returned = give_back(published, number)
    assert returned.state == "returned"
    assert give_back(published, number).returned_at == returned.returned_at
    with pytest.raises(NotAllowed, match="already-returned"):
        mark(published, number, "why", 0)


def test_a_blank_answer_needs_no_mark(published: House) -> None:
    number = published.scored(published.rahima, {**RIGHT, "plan": {}})
    mark(published, number, "why", 2)
    give_back(published, number)
    plan = told(published, published.rahima)["plan"]
    assert (plan["score"], plan["reason"]) == (0, "No answer was given.")


def test_everyone_of_a_hand_in_gets_score_and_words(published: House) -> None:
    number = published.scored(published.rahima, RIGHT, published.salma)
    mark(published, number, "why", 2)
    mark(published, number, "plan", 3)
    give_back(published, number)
    for person in (published.rahima, published.salma):
        given = told(published, person)
        assert {name: each["score"] for name, each in given.items()} == {
            "wait-time": 2,
            "groups": 2,
            "why": 2,
            "plan": 3,
        }
        assert given["why"]["comment"] == "ভালো লেখা"
        assert given["why"]["answer"] == REFLECTION
    assert published.ask(lambda session: feedback.of(session, published.evaluator.id, MODULE)) == {}


def test_feedback_says_when_the_answer_has_changed_since(published: House) -> None:
    number = published.scored(published.rahima, RIGHT)
    mark(published, number, "why", 2)
    mark(published, number, "plan", 3)
    give_back(published, number)
    assert not told(published, published.rahima)["why"]["changed_since"]
    published.answer(published.rahima, {"why": "নতুন করে লিখলাম"})
    given = told(published, published.rahima)["why"]
    assert (given["changed_since"], given["answer"]) == (True, REFLECTION)
    assert (
        published.ask(lambda session: answers.newest_answers(session, published.rahima.id, MODULE))[
            "why"
        ].value
        == "নতুন করে লিখলাম"
    )


def test_in_a_second_round_the_mark_of_an_unchanged_answer_stands(published: House) -> None:
    first = published.scored(published.rahima, RIGHT)
    old = mark(published, first, "why", 1)
    mark(published, first, "plan", 3)
    give_back(published, first)
    second = published.scored(published.rahima, {"why": "বদলে লিখলাম"})
    assert published.row(second).round == 2
    now = opened(published, second)
    assert (now["why"]["mark"], now["plan"]["mark"]["score"]) == (None, 3)
    (before,) = now["why"]["earlier"]
    assert (before["round"], before["answer"], before["score"]) == (1, REFLECTION, 1)
    # until the return the first round's feedback is what there is
    assert told(published, published.rahima)["why"]["score"] == 1
    mark(published, second, "why", 3)
    give_back(published, second)
    given = told(published, published.rahima)
    assert [(given[name]["round"], given[name]["score"]) for name in ("why", "plan")] == [
        (2, 3),
        (2, 3),
    ]
    kept = published.ask(lambda session: rows.marks_of(session, second, released=True))
    assert kept["plan"].marker_id == published.evaluator.id
    assert old.id not in {each.id for each in kept.values()}


def test_an_emptied_answer_does_not_keep_its_old_mark(published: House) -> None:
    first = published.scored(published.rahima, RIGHT)
    mark(published, first, "why", 3)
    mark(published, first, "plan", 4)
    give_back(published, first)
    second = published.scored(published.rahima, {"why": "", "plan": RIGHT["plan"]})
    assert opened(published, second)["why"]["mark"] is None
    give_back(published, second)
    assert told(published, published.rahima)["why"]["score"] == 0


def test_marks_and_returns_are_on_the_audit_trail(published: House) -> None:
    number = published.scored(published.rahima, RIGHT)
    given = mark(published, number, "why", 2)
    mark(published, number, "plan", 4)
    give_back(published, number)
    with published.grading.database.read() as session:
        entries = session.query(AuditEntry).order_by(AuditEntry.id).all()
        assert audit.find_break(session) is None
        assert trail.changed_marks(session) == []
    said = [(entry.actor, entry.action, entry.object) for entry in entries]
    actor, action, sealed = said[-3]
    assert (actor, action) == (published.evaluator.id, "mark")
    assert sealed.startswith(f"hand-in/{number}/why/mark/{given.id}/")
    assert said[-1] == (published.evaluator.id, "return", f"hand-in/{number}")


def test_what_is_not_there_cannot_be_marked(published: House) -> None:
    number = published.scored(published.rahima, RIGHT)
    with pytest.raises(NotFound, match="hand-in-not-found"):
        mark(published, 4711, "why", 1)
    with pytest.raises(NotFound, match="exercise-not-found"):
        mark(published, number, "no-such", 1)


def test_before_the_quizzes_are_scored_nothing_can_be_marked(published: House) -> None:
    published.answer(published.rahima, RIGHT)
    number = published.hand_in(published.rahima)
    assert opened(published, number)["why"]["auto"] is None
    with pytest.raises(NotAllowed, match="not-to-mark"):
        mark(published, number, "why", 1)
