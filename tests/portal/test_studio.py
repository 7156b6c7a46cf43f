"""What the studio tells a trainer of what is published."""

from store.database import Session
from store.queries import hand_ins as kept
from tests.portal.world import World


def test_a_quiz_whose_test_was_not_believed_is_told_in_words(world: World) -> None:
    def doubts() -> list[dict[str, object]]:
        (course,) = world.client("trainer").get("api/studio?lang=bn").json()["courses"]
        found: list[dict[str, object]] = course["modules"][0]["doubts"]
        return found

    assert doubts() == [], "what a person marks anyway is in no doubt"
    number = world.things["teacher hand-in"]

    def doubt(session: Session) -> None:
        score = kept.scores_of(session, [number])[number]["wait-time"]
        score.needs_mark, score.reason = True, "test-did-not-end"

    world.portal.database.write(doubt)
    (told,) = doubts()
    assert (told["exercise"], told["hand_ins"]) == ("wait-time", 1)
    assert "শেষ" in str(told["reason"])
