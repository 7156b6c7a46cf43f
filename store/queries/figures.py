"""How much there is, for whoever looks after the machine: numbers, nobody's names."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from store.tables import Artifact, HandIn, Picture, Proof


def hand_ins_by_state(session: Session) -> dict[str, int]:
    """How many hand-ins are in each state that there is one in."""
    query = select(HandIn.state, func.count()).group_by(HandIn.state)
    return {state: number for state, number in session.execute(query)}


def oldest_waiting(session: Session) -> datetime | None:
    """When the hand-in was received that has waited longest for the machine."""
    query = select(func.min(HandIn.received_at)).where(HandIn.state == "waiting")
    return session.scalar(query)


def proofs_waiting(session: Session) -> int:
    """How many courses wait for publishing."""
    query = select(func.count()).select_from(Proof).where(Proof.state.in_(("waiting", "running")))
    return session.scalar(query) or 0


def artifact_bytes(session: Session) -> int:
    """What all artifacts take: of courses, and of pictures."""
    courses = session.scalar(select(func.sum(Artifact.size_bytes))) or 0
    return courses + (
        session.scalar(select(func.sum(Picture.size_bytes + Picture.small_bytes))) or 0
    )


def database_bytes(session: Session) -> int:
    """What the database takes, its journal too."""
    bind = session.get_bind()
    if bind.dialect.name == "postgresql":
        return session.scalar(text("SELECT pg_database_size(current_database())")) or 0
    files = (Path(f"{bind.engine.url.database}{ending}") for ending in ("", "-wal"))
    return sum(path.stat().st_size for path in files if path.exists())
