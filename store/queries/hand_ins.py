"""Hand-ins, whose they are, and what came of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from store.tables import HandIn, HandInAnswer, HandInPerson, Mark, Person, Score


def find_sent(session: Session, person_id: str, key: str) -> HandIn | None:
    """The hand-in that came under this idempotency key."""
    return session.scalar(select(HandIn).where(HandIn.handed_by == person_id, HandIn.key == key))


def find_of(session: Session, person_id: str, number: int) -> HandIn | None:
    """The hand-in of this number, if the person is one of its people."""
    return session.scalar(
        select(HandIn)
        .join(HandInPerson)
        .where(HandIn.number == number, HandInPerson.person_id == person_id)
    )


def of_people(
    session: Session, people: Iterable[str], module_key: str | None = None
) -> list[tuple[str, HandIn]]:
    """(person id, hand-in) of some people, oldest first, those taken back too."""
    query = (
        select(HandInPerson.person_id, HandIn)
        .join(HandIn, HandIn.number == HandInPerson.hand_in_number)
        .where(HandInPerson.person_id.in_(set(people)))
        .order_by(HandIn.number)
    )
    if module_key is not None:
        query = query.where(HandIn.module == module_key)
    return [(row[0], row[1]) for row in session.execute(query)]


def waiting(session: Session, older_than: datetime, most_attempts: int) -> list[HandIn]:
    """Hand-ins that nobody has taken up since they were received, or whose next attempt never
    came, oldest first."""
    is_due = or_(
        HandIn.state == "waiting",
        and_(HandIn.state == "failed", HandIn.attempts < most_attempts),
    )
    query = select(HandIn).where(is_due, HandIn.received_at <= older_than)
    return list(session.scalars(query.order_by(HandIn.number)))


def people_of(session: Session, numbers: Collection[int]) -> dict[int, list[Person]]:
    """The people of each hand-in, by shown name."""
    query = (
        select(HandInPerson.hand_in_number, Person)
        .join(Person, Person.id == HandInPerson.person_id)
        .where(HandInPerson.hand_in_number.in_(numbers))
        .order_by(Person.display_name, Person.id)
    )
    found: dict[int, list[Person]] = defaultdict(list)
    for number, person in session.execute(query):
        found[number].append(person)
    return found


def answers_of(session: Session, numbers: Collection[int]) -> dict[int, dict[str, HandInAnswer]]:
    """The answers as they were handed in, by hand-in and exercise."""
    query = select(HandInAnswer).where(HandInAnswer.hand_in_number.in_(numbers))
    found: dict[int, dict[str, HandInAnswer]] = defaultdict(dict)
    for answer in session.scalars(query):
        found[answer.hand_in_number][answer.exercise] = answer
    return found


def scores_of(session: Session, numbers: Collection[int]) -> dict[int, dict[str, Score]]:
    """Scores by machine, by hand-in and exercise."""
    found: dict[int, dict[str, Score]] = defaultdict(dict)
    for score in session.scalars(select(Score).where(Score.hand_in_number.in_(numbers))):
        found[score.hand_in_number][score.exercise] = score
    return found


def marked(session: Session, numbers: Collection[int]) -> set[int]:
    """Which of these hand-ins somebody has begun to mark."""
    query = select(Mark.hand_in_number).where(Mark.hand_in_number.in_(numbers)).distinct()
    return set(session.scalars(query))


def released_marks_of(session: Session, numbers: Collection[int]) -> dict[int, dict[str, Mark]]:
    """The newest released mark of each exercise, by hand-in and exercise."""
    query = select(Mark).where(Mark.hand_in_number.in_(numbers), Mark.released_at.is_not(None))
    found: dict[int, dict[str, Mark]] = defaultdict(dict)
    for mark in session.scalars(query.order_by(Mark.id)):
        found[mark.hand_in_number][mark.exercise] = mark
    return found


def forget_scores(session: Session, number: int) -> None:
    """Make room for the scores of another run."""
    session.execute(delete(Score).where(Score.hand_in_number == number))
