"""Whose turn it is, and what an evaluator does with a hand-in: open, mark, return.

Decides who may mark what and when. Names of those who handed in never leave here. Marks only grow;
each names the one that it replaces. Texts are `Text` values and reasons English msgids; the portal
puts both into the reader's language, and asks for the jobs `autograde` and `copy-marks` afterwards.
"""

from collections.abc import Mapping
from typing import Any

from grading import feedback, marks, trail
from grading.marks import Standing
from learning import hand_ins
from store import audit, clock
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.queries import hand_ins as kept
from store.queries import marking as rows
from store.tables import HandIn, Mark, Module, Person

MOST_SHOWN = 200
COMMENT_CHARACTERS = 5_000


def queue(session: Session, evaluator: Person) -> list[dict[str, Any]]:
    """The hand-ins for the desk: those that wait, oldest first, then those returned, newest first.

    Keys: number, course, module, title, round, people (how many), received_at, returned_at,
    to_mark (exercises that need a person), marked, state ("waiting", "to-mark", "failed",
    "returned"), failure (a code or None).
    """
    return [
        {
            **_heading(row["hand_in"], row["module"]),
            "people": row["people"],
            "to_mark": row["to_mark"],
            "marked": row["marked"],
        }
        for row in rows.queue(session, evaluator.id, MOST_SHOWN)
    ]


def open_hand_in(session: Session, evaluator: Person, number: int) -> dict[str, Any]:
    """A hand-in as the desk shows it: the answers, what the machine gave, rubrics and marks.

    Raises `NotFound("hand-in-not-found")`, `NotAllowed("own-hand-in")`.
    """
    hand_in = _find(session, evaluator, number)
    module = session.get_one(Module, hand_in.module)
    answers = feedback.answers_of(session, hand_in)
    earlier = feedback.earlier(session, hand_in)
    return {
        **_heading(hand_in, module),
        "exercises": [
            {
                **_exercise(session, standing),
                "answer": answers.get(standing.exercise.exercise),
                "earlier": earlier.get(standing.exercise.exercise, []),
            }
            for standing in marks.standings(session, hand_in)
        ],
    }


def may_open(session: Session, evaluator: Person, number: int) -> bool:
    """Whether this hand-in is there and was given to the evaluator."""
    try:
        _find(session, evaluator, number)
    except (NotFound, NotAllowed):
        return False
    return True


def put_mark(
    session: Session,
    evaluator: Person,
    number: int,
    exercise: str,
    levels: Mapping[str, int],
    comment: str,
    expected: int | None,
) -> Mark:
    """Add a mark, held until the hand-in is returned. `expected` is the id of the mark that the
    evaluator saw, or None.

    Raises `NotAllowed` ("own-hand-in", "not-to-mark", "scored-by-machine",
    "mark-changed-meanwhile"), `Invalid` ("levels-missing", "level-unknown", "comment-too-long"),
    `NotFound` ("hand-in-not-found", "exercise-not-found").
    """
    hand_in = _find_to_mark(session, evaluator, number)
    standing = _standing(session, hand_in, exercise)
    current = standing.mark.id if standing.mark else None
    if current != expected:
        raise NotAllowed(
            "mark-changed-meanwhile",
            "Somebody else has marked this answer meanwhile. Look at that mark first.",
            {"current": current},
        )
    if len(comment) > COMMENT_CHARACTERS:
        raise Invalid(
            "comment-too-long",
            "The comment may have {most} characters.",
            {"most": COMMENT_CHARACTERS},
        )
    rubric = marks.rubric_of(session, standing.exercise)
    score = marks.score(rubric, levels, standing.exercise.points)
    marks.ensure_rubric(session, rubric)
    mark = Mark(
        hand_in_number=number,
        exercise=exercise,
        marker_id=evaluator.id,
        rubric_hash=rubric.hash,
        levels=dict(levels),
        comment=comment.strip(),
        score=score,
        maximum=standing.exercise.points,
        marked_at=clock.now(),
        released_at=None,
        replaces=current,
    )
    session.add(mark)
    session.flush()
    trail.seal(session, evaluator.id, mark)
    return mark


def return_hand_in(session: Session, evaluator: Person, number: int) -> HandIn:
    """Give a hand-in back to its people: its marks are released, its state is "returned".

    A repeat changes nothing. Raises `NotAllowed("marks-missing")` with the exercises without one.
    """
    hand_in = _find(session, evaluator, number, for_change=True)
    if hand_in.state == "returned":
        return hand_in
    _refuse_unless_to_mark(hand_in)
    standings = marks.standings(session, hand_in)
    missing = [each.exercise.exercise for each in standings if each.needs_mark]
    if missing:
        raise NotAllowed(
            "marks-missing",
            "These answers have no mark yet: {exercises}.",
            {"exercises": missing},
        )
    _keep_standing_marks(session, hand_in, standings)
    release(session, hand_in)
    audit.record(session, evaluator.id, "return", f"hand-in/{number}")
    return hand_in


def release(session: Session, hand_in: HandIn) -> None:
    """Return a hand-in and let its people see its marks."""
    hand_ins.mark_returned(session, hand_in.number)
    for mark in rows.held_marks(session, hand_in.number):
        mark.released_at = hand_in.returned_at
    session.flush()


def _keep_standing_marks(session: Session, hand_in: HandIn, standings: list[Standing]) -> None:
    """Give this round a mark of its own where one of the round before stood for it."""
    for mark in (each.mark for each in standings):
        if mark is not None and mark.hand_in_number != hand_in.number:
            kept = Mark(
                hand_in_number=hand_in.number,
                exercise=mark.exercise,
                marker_id=mark.marker_id,
                rubric_hash=mark.rubric_hash,
                levels=mark.levels,
                comment=mark.comment,
                score=mark.score,
                maximum=mark.maximum,
                marked_at=mark.marked_at,
                released_at=None,
                replaces=mark.id,
            )
            session.add(kept)
            session.flush()
            trail.seal(session, mark.marker_id, kept, "stand")


def rerun(session: Session, evaluator: Person, number: int) -> HandIn:
    """Let a failed or doubtful hand-in be autograded again; marks already given stay.

    Raises `NotAllowed("hand-in-closed")` once it is returned.
    """
    hand_in = _find(session, evaluator, number, for_change=True)
    hand_ins.retry(session, number)
    audit.record(session, evaluator.id, "rerun", f"hand-in/{number}")
    return hand_in


def as_json(mark: Mark) -> dict[str, Any]:
    """A mark as the desk shows it; who gave it is not told."""
    return {
        "id": mark.id,
        "levels": mark.levels,
        "comment": mark.comment,
        "score": mark.score,
        "marked_at": clock.iso(mark.marked_at),
    }


def _heading(hand_in: HandIn, module: Module) -> dict[str, Any]:
    return {
        "number": hand_in.number,
        "course": module.course,
        "module": module.module,
        "title": module.title,
        "round": hand_in.round,
        "state": hand_in.state,
        "failure": hand_in.failure,
        "received_at": clock.iso(hand_in.received_at),
        "returned_at": clock.iso(hand_in.returned_at) if hand_in.returned_at else None,
    }


def _exercise(session: Session, standing: Standing) -> dict[str, Any]:
    exercise, score, mark = standing.exercise, standing.score, standing.mark
    by_person = _is_marked_by_person(standing)
    by_machine = score is not None and (exercise.kind == "quiz" or not score.needs_mark)
    rubric = marks.rubric_of(session, exercise) if by_person else None
    return {
        "exercise": exercise.exercise,
        "component": exercise.component,
        "title": exercise.title,
        "question": exercise.question,
        "options": dict(exercise.options),
        "right": dict(exercise.right),
        "maximum": exercise.points,
        "auto": {
            "score": score.score,
            "maximum": score.maximum,
            "reason": standing.reason,
        }
        if score is not None and by_machine
        else None,
        "rubric": {"hash": rubric.hash, **rubric.to_json()} if rubric else None,
        "mark": as_json(mark) if mark else None,
    }


def _find(session: Session, evaluator: Person, number: int, *, for_change: bool = False) -> HandIn:
    hand_in = rows.find_hand_in(session, number, for_change=for_change)
    if hand_in is None or hand_in.state == "taken-back":
        raise NotFound("hand-in-not-found", "There is no such hand-in.")
    if evaluator.id in {person.id for person in kept.people_of(session, [number])[number]}:
        raise NotAllowed("own-hand-in", "Nobody marks their own work.")
    if not rows.is_given(session, evaluator.id, number):
        raise NotFound("hand-in-not-found", "There is no such hand-in.")
    return hand_in


def _find_to_mark(session: Session, evaluator: Person, number: int) -> HandIn:
    hand_in = _find(session, evaluator, number, for_change=True)
    _refuse_unless_to_mark(hand_in)
    return hand_in


def _refuse_unless_to_mark(hand_in: HandIn) -> None:
    if hand_in.state == "returned":
        raise NotAllowed("already-returned", "This work has been returned already.")
    if hand_in.state != "to-mark":
        raise NotAllowed("not-to-mark", "This work cannot be marked yet. Its quizzes come first.")


def _standing(session: Session, hand_in: HandIn, name: str) -> Standing:
    for standing in marks.standings(session, hand_in):
        if standing.exercise.exercise == name:
            if not _is_marked_by_person(standing):
                raise NotAllowed("scored-by-machine", "This exercise is scored by machine.")
            return standing
    raise NotFound("exercise-not-found", "There is no such exercise.")


def _is_marked_by_person(standing: Standing) -> bool:
    return standing.exercise.kind == "manual" or (
        standing.score is not None and standing.score.needs_mark
    )
