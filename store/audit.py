"""The trail of what was done by whom: rows that only grow, each sealed with the one before."""

import hashlib
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import clock
from store.tables import AuditEntry

FIRST = "0" * 64


def record(session: Session, actor: str, action: str, subject: str) -> AuditEntry:
    """Append an entry: who (a person's id, or the command), did what, to which thing."""
    last = session.scalar(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(
        at=clock.now(),
        actor=actor,
        action=action,
        object=subject,
        previous_hash=last.hash if last else FIRST,
    )
    entry.hash = _seal(entry)
    session.add(entry)
    session.flush()
    return entry


def find_break(session: Session) -> int | None:
    """The id of the first entry that does not follow from the one before, or None."""
    previous = FIRST
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.previous_hash != previous or entry.hash != _seal(entry):
            return entry.id
        previous = entry.hash
    return None


def _seal(entry: AuditEntry) -> str:
    body = [entry.previous_hash, clock.iso(entry.at), entry.actor, entry.action, entry.object]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode()).hexdigest()
