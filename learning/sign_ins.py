"""Which browser is whose, and for how long. Passwords are the Hub's.

A token is 256 random bits that only the browser has; we keep its SHA-256.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from learning.people import ROLES, STAFF
from store import clock
from store.database import Session
from store.queries import people as queries
from store.tables import Person, SignedIn

IDLE = timedelta(days=14)
IDLE_STAFF = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class Visit:
    """Who asks, with which roles, and whether the module that was named `is_taught`; `is_due`
    says that `mark_seen` should be called.
    """

    token: str
    person: Person
    roles: list[str]
    is_taught: bool
    is_due: bool


def open_session(session: Session, person_id: str) -> str:
    """Sign a browser in and return its token, which is kept nowhere else."""
    at = clock.now()
    queries.end_idle_sign_ins(session, at - IDLE)
    token = secrets.token_urlsafe(32)
    session.add(SignedIn(token_hash=_hash(token), person_id=person_id, created_at=at, seen_at=at))
    return token


def find_visit(session: Session, token: str, module_key: str | None = None) -> Visit | None:
    """Who is behind a token, unless idle too long or removed, and may take which module: one
    question to the database, as each is a way there and back.
    """
    at = clock.now()
    found = queries.find_signed_in(session, _hash(token), at, module_key)
    if found is None:
        return None
    seen_at, person, held, is_taught = found
    idle = at - seen_at
    if idle > (IDLE_STAFF if held & STAFF else IDLE):
        return None
    roles = [role for role in ROLES if role in held]
    return Visit(token, person, roles, is_taught, is_due=idle > SEEN_EVERY)


def person_of(session: Session, token: str) -> Person | None:
    """The person behind a token, or None."""
    visit = find_visit(session, token)
    return visit.person if visit else None


def mark_seen(session: Session, token: str) -> None:
    """Start the idle time anew; call it when a visit is due."""
    if (signed_in := session.get(SignedIn, _hash(token))) is not None:
        signed_in.seen_at = max(signed_in.seen_at, clock.now())


def close_session(session: Session, token: str) -> None:
    """Sign a browser out; harmless to repeat."""
    if (signed_in := session.get(SignedIn, _hash(token))) is not None:
        session.delete(signed_in)
        session.flush()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
