"""Row S19 of the bar: nobody edits the audit or a mark, and who forces it leaves a trace.

The database itself refuses. Somebody with the rights of its owner can take the refusals away; then
the chain of the audit, and the seals of marks in it, show what was changed.
"""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from grading import marking, trail
from learning import hand_ins
from store import audit
from store.database import Database, Session
from store.tables import AuditEntry, Mark
from tests.factories import (
    a_hand_in,
    a_manifest,
    a_person,
    a_version,
    an_answer,
    database,
    url,
)

__all__ = ["database", "url"]

EDITS = {
    "change an entry": "UPDATE audit SET actor = 'somebody else' WHERE id = 2",
    "delete an entry": "DELETE FROM audit WHERE id = 2",
    "change a score": "UPDATE marks SET score = score + 1",
    "change levels": "UPDATE marks SET levels = '{}'",
    "change words": "UPDATE marks SET comment = 'দারুণ'",
    "change who marked": "UPDATE marks SET marker_id = (SELECT handed_by FROM hand_ins)",
    "delete a mark": "DELETE FROM marks",
}
# a moment, no judgement: that the hand-in was returned is in the audit
REFUSED = {**EDITS, "take a release back": "UPDATE marks SET released_at = NULL"}
TRIGGERS = {
    "audit": ("audit_keeps", "audit_stays"),
    "marks": ("marks_keep", "marks_release_once", "marks_stay"),
}


@pytest.fixture
def marked(database: Database) -> Database:
    """A store with a released mark in it."""
    database.write(_mark)
    return database


def _mark(session: Session) -> None:
    exercises = [e for e in a_manifest()["exercises"] if e["exercise"] == "saw"]
    a_version(session, exercises=exercises)
    teacher, evaluator = a_person(session), a_person(session, role="evaluator")
    an_answer(session, teacher)
    number = a_hand_in(session, teacher).number
    hand_ins.mark_autograded(
        session, number, [hand_ins.AutoScore("saw", 0.0, 3.0, needs_mark=True)]
    )
    rubric = marking.open_hand_in(session, evaluator, number)["exercises"][0]["rubric"]
    levels = {each["criterion"]: each["levels"][-1]["level"] for each in rubric["criteria"]}
    marking.put_mark(session, evaluator, number, "saw", levels, "উদ্বৃত্ত সময় নেই", None)
    marking.return_hand_in(session, evaluator, number)


def force(session: Session, statement: str) -> None:
    """Change it as the owner of the database can: without the triggers."""
    on = session.connection().dialect.name == "postgresql"
    for table, triggers in TRIGGERS.items():
        for trigger in triggers:
            session.execute(text(f"DROP TRIGGER {trigger}{f' ON {table}' if on else ''}"))
    session.execute(text(statement))


def everything(database: Database) -> list[Any]:
    with database.read() as session:
        return [
            [repr(tuple(row)) for row in session.execute(select(table.__table__))]
            for table in (AuditEntry, Mark)
        ]


def test_the_database_refuses_every_edit(marked: Database) -> None:
    before = everything(marked)
    for edit in REFUSED.values():
        with pytest.raises(DBAPIError, match="append-only"):
            marked.write(lambda session, edit=edit: session.execute(text(edit)))
    assert everything(marked) == before


def test_every_forced_edit_shows(marked: Database) -> None:
    assert {name: is_seen(marked, edit) for name, edit in EDITS.items()} == dict.fromkeys(
        EDITS, True
    )


def is_seen(database: Database, edit: str) -> bool:
    """Whether audit and seals show this edit; it is undone afterwards."""
    seen: list[bool] = []

    def use_case(session: Session) -> None:
        force(session, edit)
        found = (
            audit.find_break(session),
            trail.changed_marks(session),
            trail.missing_marks(session),
        )
        seen.append(any(found))
        raise Undone

    with pytest.raises(Undone):
        database.write(use_case)
    return seen[0]


class Undone(Exception):
    """Ends a use case, so that nothing of it is kept."""


def test_what_nobody_touched_holds(marked: Database) -> None:
    with marked.read() as session:
        assert audit.find_break(session) is None
        assert trail.changed_marks(session) == []
        assert trail.missing_marks(session) == []


def test_a_change_that_covers_its_seal_breaks_the_chain(marked: Database) -> None:
    cover = "UPDATE audit SET object = object || 'x' WHERE action = 'mark'"
    marked.write(lambda session: force(session, cover))
    with marked.read() as session:
        assert audit.find_break(session) is not None
