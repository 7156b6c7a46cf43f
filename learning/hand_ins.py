"""Asking for marking: rounds, several people, the receipt, taking back.

A hand-in is a snapshot: what is written afterwards waits for the next round. What comes of it
(scores, marks) is `grading`'s, which reports back here by state.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from learning.answers import exercises_of, is_answered, newest_answers
from publishing.texts import in_language
from store import clock
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.queries import hand_ins as queries
from store.queries import modules
from store.queries import people as people_queries
from store.tables import HandIn, HandInAnswer, HandInPerson, Person, Score, Version

OPEN = frozenset({"waiting", "to-mark", "failed"})
MOST_PEOPLE = 10
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class AutoScore:
    """An exercise's points by machine; `reason` is a code when a person should look."""

    exercise: str
    score: float
    maximum: float
    needs_mark: bool = False
    reason: str | None = None


def hand_in(
    session: Session,
    *,
    person: Person,
    module_key: str,
    key: str,
    handed_at: datetime,
    together: Collection[str] = (),
    carried_by: str | None = None,
) -> HandIn:
    """Hand in the newest answers, alone or with colleagues, who all get the feedback.

    The same `key` again gives the same hand-in. Raise NotAllowed("already-handed-in") while one
    of these people waits for an earlier one, NotAllowed("not-a-colleague"),
    Invalid("nothing-answered", "hand-in-invalid"), NotFound("module-not-found").
    """
    if not _KEY.fullmatch(key):
        raise Invalid("hand-in-invalid", "This hand-in has no proper key.")
    sent = queries.find_sent(session, person.id, key)
    if sent is not None:
        return sent
    people = [person.id, *sorted(set(together) - {person.id})]
    _check_colleagues(session, person, people[1:])
    version = modules.get_current(session, module_key)
    people_queries.lock(session, people)
    earlier = queries.of_people(session, people, module_key)
    _check_nothing_open(session, earlier, person)
    snapshot = _snapshot(session, version, person.id)
    at = clock.now()
    returned = [who for who, past in earlier if past.state == "returned"]
    record = HandIn(
        module=module_key,
        version_id=version.id,
        round=1 + max(returned.count(who) for who in people),
        state="waiting",
        key=key,
        handed_by=person.id,
        handed_at=min(handed_at, at),
        received_at=at,
        carried_by=carried_by,
        attempts=0,
    )
    session.add(record)
    session.flush()
    for who in people:
        session.add(HandInPerson(hand_in_number=record.number, person_id=who))
    for answer in snapshot:
        answer.hand_in_number = record.number
        session.add(answer)
    session.flush()
    return record


def take_back(session: Session, person: Person, number: int) -> HandIn:
    """Take a hand-in back, as any of its people may, until somebody has begun to mark it.

    Raise NotFound("hand-in-not-found"), NotAllowed("hand-in-closed").
    """
    record = queries.find_of(session, person.id, number)
    if record is None:
        raise NotFound("hand-in-not-found", "There is no such hand-in.")
    if record.state == "taken-back":
        return record
    if record.state not in OPEN or queries.marked(session, [number]):
        raise NotAllowed(
            "hand-in-closed", "Somebody has begun to mark this; it cannot be taken back."
        )
    record.state = "taken-back"
    record.taken_back_at = clock.now()
    session.flush()
    return record


def hand_ins_of(session: Session, person_id: str, module_key: str) -> list[HandIn]:
    """A person's hand-ins of a module, newest first, those taken back too."""
    return [record for _, record in reversed(queries.of_people(session, [person_id], module_key))]


def get_hand_in(session: Session, number: int) -> HandIn:
    """The hand-in of this number; raise NotFound("hand-in-not-found")."""
    record = session.get(HandIn, number)
    if record is None:
        raise NotFound("hand-in-not-found", "There is no such hand-in.")
    return record


def waiting(session: Session, older_than: datetime, most_attempts: int) -> list[HandIn]:
    """Hand-ins received before `older_than` that still wait for the machine: for the sweep. One
    that failed waits, too, until so many attempts were made."""
    return queries.waiting(session, older_than, most_attempts)


def mark_autograded(session: Session, number: int, scores: Iterable[AutoScore]) -> HandIn:
    """Keep the scores by machine and let people mark; repeats replace, too late changes nothing."""
    record = get_hand_in(session, number)
    if record.state not in OPEN:
        return record
    at = clock.now()
    queries.forget_scores(session, number)
    for score in scores:
        session.add(
            Score(
                hand_in_number=number,
                exercise=score.exercise,
                score=score.score,
                maximum=score.maximum,
                needs_mark=score.needs_mark,
                reason=score.reason,
                scored_at=at,
            )
        )
    record.state, record.autograded_at, record.failure = "to-mark", at, None
    record.attempts += 1
    session.flush()
    return record


def mark_failed(session: Session, number: int, code: str) -> HandIn:
    """Say that the machine could not score it; an evaluator may ask again with `retry`."""
    record = get_hand_in(session, number)
    if record.state in OPEN:
        record.state, record.failure = "failed", code
        record.attempts += 1
        session.flush()
    return record


def retry(session: Session, number: int) -> HandIn:
    """Let the machine try again; raise NotAllowed("hand-in-closed") once returned or taken back."""
    record = get_hand_in(session, number)
    if record.state not in OPEN:
        raise NotAllowed("hand-in-closed", "This hand-in is closed.")
    record.state, record.failure = "waiting", None
    session.flush()
    return record


def mark_returned(session: Session, number: int) -> HandIn:
    """Close a hand-in: its feedback is the teacher's now, and a next round may begin."""
    record = get_hand_in(session, number)
    if record.state != "returned":
        if record.state not in OPEN:
            raise NotAllowed("hand-in-closed", "This hand-in was taken back.")
        record.state, record.returned_at = "returned", clock.now()
        session.flush()
    return record


def describe(
    session: Session, person_id: str, records: Collection[HandIn], language: str
) -> list[dict[str, Any]]:
    """Receipts as JSON: number, round, state, received_at, handed_by, people, answered,
    exercises, answers [{exercise, title, answered}], score, maximum (once returned),
    can_take_back, returned_at.
    """
    if not records:
        return []
    numbers = [record.number for record in records]
    people = queries.people_of(session, numbers)
    answers = queries.answers_of(session, numbers)
    scores = queries.scores_of(session, numbers)
    marks = queries.released_marks_of(session, numbers)
    marked = queries.marked(session, numbers)
    receipts = []
    for record in records:
        version = session.get_one(Version, record.version_id)
        kept = answers[record.number]
        lines = [
            {
                "exercise": exercise.exercise,
                "title": in_language(exercise.title, language),
                "answered": exercise.exercise in kept
                and is_answered(exercise, kept[exercise.exercise].value),
            }
            for exercise in exercises_of(version)
        ]
        points = {name: score.score for name, score in scores[record.number].items()}
        points |= {name: mark.score for name, mark in marks[record.number].items()}
        is_returned = record.state == "returned"
        receipts.append(
            {
                "number": record.number,
                "round": record.round,
                "state": record.state,
                "received_at": clock.iso(record.received_at),
                "handed_by": record.handed_by,
                "people": [
                    {"id": who.id, "display_name": who.display_name}
                    for who in people[record.number]
                ],
                "answered": sum(bool(line["answered"]) for line in lines),
                "exercises": len(lines),
                "answers": lines,
                "score": sum(points.values()) if is_returned else None,
                "maximum": sum(e.points for e in exercises_of(version)) if is_returned else None,
                "can_take_back": record.state in OPEN
                and record.number not in marked
                and any(who.id == person_id for who in people[record.number]),
                "returned_at": clock.iso(record.returned_at) if record.returned_at else None,
            }
        )
    return receipts


def _check_colleagues(session: Session, person: Person, others: Collection[str]) -> None:
    if not others:
        return
    near = {colleague.id for colleague in people_queries.colleagues(session, person)}
    if len(others) >= MOST_PEOPLE or not near.issuperset(others):
        raise NotAllowed(
            "not-a-colleague", "You can hand in together with people of your school or cohort."
        )


def _check_nothing_open(
    session: Session, earlier: Iterable[tuple[str, HandIn]], person: Person
) -> None:
    for who, past in earlier:
        if past.state not in OPEN:
            continue
        if who == person.id:
            raise NotAllowed(
                "already-handed-in",
                "You have handed this in already; number {number} waits for its marks.",
                {"number": past.number},
            )
        name = people_queries.by_id(session, [who])[who].display_name
        raise NotAllowed(
            "colleague-already-handed-in",
            "{name} has handed this in already and waits for the marks.",
            {"name": name},
        )


def _snapshot(session: Session, version: Version, person_id: str) -> list[HandInAnswer]:
    """The newest answers as they are, one row an exercise; None where nothing fits any more."""
    newest = newest_answers(session, person_id, version.module)
    rows, has_any = [], False
    for exercise in exercises_of(version):
        answer = newest.get(exercise.exercise)
        fits = answer is not None and is_answered(exercise, answer.value)
        has_any = has_any or fits
        rows.append(
            HandInAnswer(
                exercise=exercise.exercise,
                answer_id=answer.id if answer else None,
                value=answer.value if answer and fits else None,
            )
        )
    if not has_any:
        raise Invalid("nothing-answered", "There is nothing to hand in yet.")
    return rows
