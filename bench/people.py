"""Who works where something is measured, and on which exercise of the module."""

from bench.page import COURSE, MODULE
from learning.people import add_person
from store.database import Session
from store.queries.modules import get_current
from store.tables import Person


def add_teacher(session: Session, name: str, password_hash: str) -> Person:
    """Add somebody; the hash is made once for all, as making it takes long."""
    return add_person(
        session, name=name, password_hash=password_hash, display_name="শিক্ষক", role="teacher"
    )


def the_reflection(session: Session) -> str:
    """The first reflection of the module, as it is published now."""
    exercises = get_current(session, f"{COURSE}/{MODULE}").manifest["exercises"]
    return str(next(e["exercise"] for e in exercises if e["component"] == "Reflection"))
