"""Say to a teacher what came of her work: points, words and levels, exercise by exercise.

Only what was returned is told. Every one of a hand-in's people gets the same. Texts are `Text`
values and `reason` is an English msgid; the portal puts both into the reader's language.
"""

from collections.abc import Mapping
from typing import Any, TypedDict

from grading.marks import Standing, rubric_of, standings
from learning.answers import newest_answers
from publishing.rubric import Rubric
from publishing.texts import Text
from store import clock
from store.database import Session
from store.queries import hand_ins as kept
from store.queries import marking as rows
from store.tables import HandIn


class LevelGiven(TypedDict):
    """One criterion of a mark: the level given, its words, its points of how many."""

    criterion: str
    title: Text
    level: int
    points: float
    maximum: float
    text: Text


class Feedback(TypedDict):
    """What the page shows beside an answer.

    `answer` is the wording that was marked; `changed_since` says that a newer one is kept now.
    `reason` says why a machine could not, or did not need to, look; else it is None.
    """

    round: int
    score: float | None
    maximum: float
    comment: str
    levels: list[LevelGiven]
    reason: str | None
    returned_at: str
    answer: Any
    changed_since: bool


class Earlier(TypedDict):
    """How an exercise was marked in a round before."""

    round: int
    answer: Any
    levels: list[LevelGiven]
    comment: str
    score: float | None


def of(session: Session, person_id: str, module_key: str) -> dict[str, Feedback]:
    """The newest returned feedback of a person for each exercise of a module."""
    rounds = rows.rounds_of(session, person_id, module_key)
    returned = [hand_in for hand_in in rounds if hand_in.state == "returned"]
    now = newest_answers(session, person_id, module_key) if returned else {}
    found: dict[str, Feedback] = {}
    for hand_in in returned:
        answers = answers_of(session, hand_in)
        for each in standings(session, hand_in, released=True):
            name = each.exercise.exercise
            newest = now[name].value if name in now else None
            found[name] = _feedback(session, hand_in, each, answers.get(name), newest)
    return found


def earlier(session: Session, hand_in: HandIn) -> dict[str, list[Earlier]]:
    """The returned rounds before a hand-in, of the one who handed it in, by exercise."""
    found: dict[str, list[Earlier]] = {}
    for before in rows.rounds_of(session, hand_in.handed_by, hand_in.module):
        if before.state != "returned" or before.number >= hand_in.number:
            continue
        answers = answers_of(session, before)
        for each in standings(session, before, released=True):
            name = each.exercise.exercise
            found.setdefault(name, []).append(
                {
                    "round": before.round,
                    "answer": answers.get(name),
                    "levels": _levels(session, each),
                    "comment": each.mark.comment if each.mark else "",
                    "score": each.points,
                }
            )
    return found


def answers_of(session: Session, hand_in: HandIn) -> dict[str, Any]:
    """What was handed in: the value of each exercise."""
    answers = kept.answers_of(session, [hand_in.number])[hand_in.number]
    return {name: answer.value for name, answer in answers.items()}


def _feedback(
    session: Session, hand_in: HandIn, standing: Standing, answer: Any, now: Any
) -> Feedback:
    return {
        "round": hand_in.round,
        "score": standing.points,
        "maximum": standing.exercise.points,
        "comment": standing.mark.comment if standing.mark else "",
        "levels": _levels(session, standing),
        "reason": standing.reason if standing.mark is None else None,
        "returned_at": clock.iso(hand_in.returned_at) if hand_in.returned_at else "",
        "answer": answer,
        "changed_since": now is not None and now != answer,
    }


def _levels(session: Session, standing: Standing) -> list[LevelGiven]:
    if standing.mark is None:
        return []
    row = rows.find_rubric(session, standing.mark.rubric_hash)
    rubric = Rubric.from_json(row.body) if row else rubric_of(session, standing.exercise)
    return levels_given(rubric, standing.mark.levels)


def levels_given(rubric: Rubric, levels: Mapping[str, int]) -> list[LevelGiven]:
    """The words and points of the levels that a mark names."""
    return [
        {
            "criterion": criterion.criterion,
            "title": criterion.title,
            "level": level.level,
            "points": level.points,
            "maximum": criterion.points,
            "text": level.text,
        }
        for criterion in rubric.criteria
        for level in criterion.levels
        if levels.get(criterion.criterion) == level.level
    ]
