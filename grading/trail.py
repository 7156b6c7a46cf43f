"""Seals each mark into the audit, so that one changed behind our back shows."""

import hashlib
import json

from store import audit, clock
from store.database import Session
from store.queries import marking as queries
from store.tables import Mark

ACTIONS = ("mark", "stand")
_SEAL_LETTERS = 32


def seal(session: Session, actor: str, mark: Mark, action: str = "mark") -> None:
    """Write down that `actor` gave this mark ("mark"), or let an earlier one "stand"."""
    audit.record(session, actor, action, _named(mark))


def changed_marks(session: Session) -> list[int]:
    """The numbers of marks that are not what was sealed, or were never sealed."""
    sealed = queries.sealed(session, ACTIONS)
    return [mark.id for mark in queries.all_marks(session) if _named(mark) not in sealed]


def missing_marks(session: Session) -> list[str]:
    """What was sealed of marks that are gone."""
    there = {_place(_named(mark)) for mark in queries.all_marks(session)}
    return sorted(each for each in queries.sealed(session, ACTIONS) if _place(each) not in there)


def _named(mark: Mark) -> str:
    given = [
        mark.marker_id,
        mark.rubric_hash,
        mark.levels,
        mark.comment,
        mark.score,
        mark.maximum,
        clock.iso(mark.marked_at),
        mark.replaces,
    ]
    body = json.dumps(given, ensure_ascii=False, sort_keys=True).encode()
    digest = hashlib.sha256(body).hexdigest()[:_SEAL_LETTERS]
    return f"hand-in/{mark.hand_in_number}/{mark.exercise}/mark/{mark.id}/{digest}"


def _place(sealed: str) -> str:
    return sealed.rpartition("/")[0]
