"""What was made of trainers' films, so that none is made twice."""

from datetime import datetime
from typing import Any

from store.database import Session
from store.tables import MadeFilm


def find_made(session: Session, source: str, recipe: int) -> dict[str, Any] | None:
    """What this way of making made of the film with this hash."""
    known = session.get(MadeFilm, source)
    return dict(known.made) if known is not None and known.recipe == recipe else None


def keep_made(
    session: Session, source: str, recipe: int, made: dict[str, Any], at: datetime
) -> None:
    """Keep what was made; the newest way of making counts."""
    session.merge(MadeFilm(source=source, recipe=recipe, made=made, made_at=at))


def find_newest(session: Session, source: str) -> dict[str, Any] | None:
    """What was made last of the film with this hash, in whichever way."""
    known = session.get(MadeFilm, source)
    return dict(known.made) if known is not None else None
