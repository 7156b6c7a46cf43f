"""Bring into the gradebook what a crash kept out of it.

A job that copies scores or marks may be lost; the hand-in's row says when it last moved. Kept is
how far the gradebook has followed, and which hand-ins could not be copied on the way; whatever
moved since is copied again, which is harmless. It also brings a gradebook along that came back from
a copy a moment older than the store's. Nothing else may write into the gradebook meanwhile: it is
a job among those that do.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from grading.config import Grading
from grading.gradebook import copy_marks
from store import clock
from store.database import Session
from store.errors import Unavailable
from store.queries import marking as rows
from store.tables import Setting

FOLLOWED = "gradebook-followed"
BEHIND = "gradebook-behind"
OVERLAP = timedelta(minutes=1)  # a write may take so long to become visible after its own time
MOST = 50

log = logging.getLogger(__name__)


def catch_up(grading: Grading, most: int = MOST) -> bool:
    """Copy what failed before, then what moved since, the oldest first; return whether there is
    more.

    At most `most` of each at once. What fails is tried again the next time, unless it is refused
    for good; it keeps no other away.
    """
    with grading.database.read() as session:
        since, behind = _followed(session), _behind(session)
        moved = rows.moved_since(session, since - OVERLAP if since else None)
    known = sum(1 for _, at in moved if since is not None and at <= since)
    is_fresh = len(moved) > known
    part = moved[: known + most] if is_fresh else []
    again, later = behind[:most], behind[most:]
    numbers = dict.fromkeys([*again, *(number for number, _ in part)])
    failed = [number for number in numbers if not _copy(grading, number)]
    if numbers:
        followed = part[-1][1] if part else since
        left = list(dict.fromkeys([*later, *failed]))
        grading.database.write(lambda session: _keep(session, followed, left))
    return is_fresh and len(moved) > len(part)


def _copy(grading: Grading, number: int) -> bool:
    """Copy a hand-in; return False where another try may succeed."""
    try:
        copy_marks(grading, number)
    except Exception as error:  # an edge: one that cannot be copied keeps no other away
        log.exception("hand-in %d was not copied into the gradebook", number)
        return isinstance(error, Unavailable) and not error.retry
    return True


def _followed(session: Session) -> datetime | None:
    kept = session.get(Setting, FOLLOWED)
    return clock.parse(str(kept.value)) if kept else None


def _behind(session: Session) -> list[int]:
    kept = session.get(Setting, BEHIND)
    return [int(number) for number in kept.value] if kept else []


def _keep(session: Session, followed: datetime | None, behind: Sequence[int]) -> None:
    if followed is not None:
        session.merge(Setting(key=FOLLOWED, value=clock.iso(followed)))
    session.merge(Setting(key=BEHIND, value=list(behind)))
