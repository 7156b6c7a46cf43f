import pytest

from store.database import Session
from store.tables import Person
from tests.factories import a_person, a_version, clock, database, session, url

__all__ = ["clock", "database", "session", "url"]


@pytest.fixture
def teacher(session: Session) -> Person:
    """Somebody who takes the one course there is."""
    a_version(session)
    return a_person(session)
