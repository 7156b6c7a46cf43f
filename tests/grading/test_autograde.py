"""From a hand-in to scores, with the real nbgrader, a real gradebook and real kernels."""

from grading.marks import standings
from store.queries import hand_ins as kept

from .conftest import RIGHT, House

ASSIGNMENT = "active-learning.pair-talk.s1"


def points(house: House, number: int) -> dict[str, float]:
    rows = house.ask(lambda session: kept.scores_of(session, [number])[number])
    return {name: row.score for name, row in rows.items()}


def test_quizzes_are_scored_and_the_rest_waits_for_a_person(published: House) -> None:
    hand_in = published.autograded(published.rahima, RIGHT)
    assert hand_in.state == "to-mark"
    assert points(published, hand_in.number) == {"wait-time": 2, "groups": 2, "why": 0, "plan": 0}
    standing = published.ask(lambda session: standings(session, hand_in))
    assert [each.exercise.exercise for each in standing if each.needs_mark] == ["why", "plan"]
