"""Bring into the gradebook what a crash kept out of it.

A job that copies scores or marks may be lost; the hand-in's row says when it last moved. Kept is
how far the gradebook has followed; whatever moved since is copied again, which is harmless. It also
brings a gradebook along that came back from a copy a moment older than the store's.
"""

import logging
from datetime import datetime, timedelta

from grading.config import Grading
from grading.gradebook import copy_marks
from store import clock
from store.database import Session
from store.queries import marking as rows
from store.tables import Setting

FOLLOWED = "gradebook-followed"
OVERLAP = timedelta(minutes=1)  # a write may take so long to become visible after its own time
MOST = 50

log = logging.getLogger(__name__)


def catch_up(grading: Grading, most: int = MOST) -> bool:
    """Copy what moved since, the oldest first and `most` at once; return whether there is more."""
    with grading.database.read() as session:
        since = _followed(session)
        moved = rows.moved_since(session, since - OVERLAP if since else None)
    known = sum(1 for _, at in moved if since is not None and at <= since)
    part = moved[: known + most]
    if len(part) == known:
        return False
    for number, _ in part:
        _copy(grading, number)
    grading.database.write(lambda session: _keep(session, part[-1][1]))
    return len(moved) > len(part)


def _copy(grading: Grading, number: int) -> None:
    try:
        copy_marks(grading, number)
    except Exception:  # one that cannot be copied keeps no other away
        log.exception("hand-in %d was not copied into the gradebook", number)


def _followed(session: Session) -> datetime | None:
    kept = session.get(Setting, FOLLOWED)
    return clock.parse(str(kept.value)) if kept else None


def _keep(session: Session, at: datetime) -> None:
    session.merge(Setting(key=FOLLOWED, value=clock.iso(at)))
