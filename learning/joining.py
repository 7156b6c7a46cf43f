"""How people come into a cohort: with a code, at once or when somebody of the staff has approved.

A code is eight letters and digits that cannot be mistaken for each other, written ABCD-2345. Who
waits for approval and learns nowhere else has no role, and without a role there is nothing to see.
Passwords are hashed, and guessing is slowed down, by whoever calls.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from learning import cohorts, people
from publishing.texts import in_latin_digits
from store import audit, clock
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.queries import cohorts as cohort_queries
from store.queries import joining as queries
from store.queries import pages
from store.tables import Cohort, JoinCode, JoinRequest, Person

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LETTERS = 8
CONSENT_VERSION = "2026-11"
MOST_SCHOOLS = 300


@dataclass(frozen=True)
class Invitation:
    """Where a code leads; `course` is the course's title in each language, or its slug."""

    code: str
    cohort: str
    course: str | dict[str, str]
    trainers: tuple[str, ...]
    needs_approval: bool


@dataclass(frozen=True)
class Newcomer:
    """What somebody tells about herself when she joins; `school` is (name, upazila, district)."""

    name: str
    display_name: str
    password_hash: str
    school: tuple[str, str, str]
    gender: str | None
    language: str
    has_consented: bool


def create_code(
    session: Session,
    cohort_id: int,
    *,
    uses: int | None = None,
    days: int | None = None,
    by: str = "command",
) -> JoinCode:
    """Make a code for a cohort, for so many people and days; None is without end.

    Raise NotFound("cohort-not-found"), Invalid("code-limits-invalid").
    """
    cohorts.get_cohort(session, cohort_id)
    if not (1 <= (uses or 1) <= 100_000 and 1 <= (days or 1) <= 3_650):
        raise Invalid("code-limits-invalid", "A code is for 1 person or more, and 1 day or more.")
    at = clock.now()
    code = JoinCode(
        code="".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS)),
        cohort_id=cohort_id,
        made_by=by,
        created_at=at,
        ends_at=at + timedelta(days=days) if days else None,
        most_uses=uses,
        uses=0,
    )
    session.add(code)
    session.flush()
    audit.record(session, by, "create-join-code", f"cohort/{cohort_id}/code/{code.code}")
    return code


def end_code(session: Session, text: str, by: str = "command") -> JoinCode:
    """Let nobody else in with a code; raise NotFound("join-code-unknown")."""
    code = _find(session, text, for_change=True)
    at = clock.now()
    if code.ends_at is None or code.ends_at > at:
        code.ends_at = at
        audit.record(session, by, "end-join-code", f"cohort/{code.cohort_id}/code/{code.code}")
    return code


def find_code(session: Session, text: str) -> JoinCode | None:
    """The code that was meant, live or not."""
    return queries.find_code(session, normalise_code(text))


def spelled(code: str) -> str:
    """A code as people read it: ABCD-2345."""
    return f"{code[:4]}-{code[4:]}"


def normalise_code(text: str) -> str:
    """What was meant by a typed code: any case, Bangla digits, spaces and hyphens anywhere."""
    plain = in_latin_digits(unicodedata.normalize("NFKC", text[:64])).upper()
    return "".join(letter for letter in plain if letter.isalnum())


def state_of(code: JoinCode, at: datetime | None = None) -> str:
    """'live', 'ended' or 'used-up'."""
    if code.ends_at is not None and code.ends_at <= (at or clock.now()):
        return "ended"
    return "used-up" if code.most_uses is not None and code.uses >= code.most_uses else "live"


def get_invitation(session: Session, text: str) -> Invitation:
    """Where a code leads.

    Raise NotFound("join-code-unknown"), NotAllowed("join-code-ended", "join-code-used-up").
    """
    code = _find_live(session, text)
    cohort = cohorts.get_cohort(session, code.cohort_id)
    return Invitation(
        code=code.code,
        cohort=cohort.name,
        course=course_title(session, cohort),
        trainers=tuple(
            person.display_name for person in cohort_queries.staff(session, cohort.id, "trainer")
        ),
        needs_approval=cohort.needs_approval,
    )


def course_title(session: Session, cohort: Cohort) -> Any:
    """The title of a cohort's course (a `Text`); its slug while it is not published."""
    return pages.find_course(session, cohort.course) or cohort.course


def join_as_new(session: Session, text: str, newcomer: Newcomer) -> Person:
    """Make an account with a code; who has to wait for approval gets no role yet.

    Raise what `get_invitation` and `people.add_person` raise, Invalid("consent-needed").
    """
    code = _find_live(session, text, for_change=True)
    if not newcomer.has_consented:
        raise Invalid("consent-needed", "Please read what is kept about you, and agree.")
    cohort = cohorts.get_cohort(session, code.cohort_id)
    person = people.add_person(
        session,
        name=newcomer.name,
        password_hash=newcomer.password_hash,
        display_name=newcomer.display_name,
        role=None if cohort.needs_approval else "teacher",
        language=newcomer.language,
        school=newcomer.school,
        gender=newcomer.gender,
        by=f"code/{code.code}",
    )
    person.consented_at = clock.now()
    person.consent_version = CONSENT_VERSION
    _enter(session, code, cohort, person)
    return person


def join(session: Session, text: str, person: Person) -> bool:
    """Bring somebody with an account into a cohort; return whether she has to wait for approval.

    Raise what `get_invitation` raises, NotAllowed("already-in-cohort").
    """
    code = _find_live(session, text, for_change=True)
    cohort = cohorts.get_cohort(session, code.cohort_id)
    if cohort in cohorts.cohorts_of(session, person.id):
        raise NotAllowed(
            "already-in-cohort", "You are in the cohort {name} already.", {"name": cohort.name}
        )
    waits_already = queries.find_waiting(session, cohort.id, person.id) is not None
    if not waits_already:
        _enter(session, code, cohort, person)
    return waits_already or cohort.needs_approval


def requests_of(session: Session, person: Person) -> list[tuple[JoinRequest, Cohort]]:
    """What a person asked for, newest first."""
    return queries.requests_of(session, person.id)


def requests_for(session: Session, staff: Person) -> list[tuple[JoinRequest, Cohort, Person]]:
    """Who waits for this trainer's approval, longest first."""
    followed = cohorts.cohorts_followed(session, staff, "trainer")
    return queries.waiting(session, [cohort.id for cohort in followed])


def settle(session: Session, number: int, *, accept: bool, by: Person | None = None) -> JoinRequest:
    """Accept or refuse a request; `by` is a trainer of the cohort, None the command.

    A repeat changes nothing. Raise NotFound("join-request-not-found"),
    NotAllowed("join-request-settled") for the other decision.
    """
    request = queries.find_request(session, number)
    if request is None or (by is not None and not _follows(session, by, request.cohort_id)):
        raise NotFound("join-request-not-found", "Nobody asked for this, or not you.")
    wanted = "accepted" if accept else "refused"
    if request.state == wanted:
        return request
    if request.state != "waiting":
        raise NotAllowed("join-request-settled", "Somebody has decided this already.")
    actor = by.id if by else "command"
    request.state = wanted
    request.settled_at = clock.now()
    request.settled_by = actor
    if accept:
        people.get_person(session, request.person_id)  # nobody who was removed gets a role
        people.ensure_role(session, request.person_id, "teacher", by=actor)
        cohorts.add_member(session, request.cohort_id, request.person_id)
    audit.record(session, actor, f"join-{wanted}", f"cohort/{request.cohort_id}/request/{number}")
    return request


def schools_of(session: Session, upazila: str, district: str) -> list[str]:
    """The schools of an upazila from which somebody has joined."""
    return queries.schools(session, upazila, district, MOST_SCHOOLS)


def _enter(session: Session, code: JoinCode, cohort: Cohort, person: Person) -> None:
    at = clock.now()
    code.uses += 1
    session.add(
        JoinRequest(
            cohort_id=cohort.id,
            person_id=person.id,
            code=code.code,
            state="waiting" if cohort.needs_approval else "accepted",
            asked_at=at,
            settled_at=None if cohort.needs_approval else at,
        )
    )
    if not cohort.needs_approval:
        people.ensure_role(session, person.id, "teacher", by=f"code/{code.code}")
        cohorts.add_member(session, cohort.id, person.id)
    audit.record(session, person.id, "join", f"cohort/{cohort.id}")
    session.flush()


def _find(session: Session, text: str, *, for_change: bool = False) -> JoinCode:
    code = queries.find_code(session, normalise_code(text), for_change=for_change)
    if code is None:
        raise NotFound(
            "join-code-unknown", "There is no such code. Look at it again, letter by letter."
        )
    return code


def _find_live(session: Session, text: str, *, for_change: bool = False) -> JoinCode:
    code = _find(session, text, for_change=for_change)
    state = state_of(code)
    if state == "ended":
        raise NotAllowed(
            "join-code-ended", "The time of this code is over. Ask your trainer for a new one."
        )
    if state == "used-up":
        raise NotAllowed(
            "join-code-used-up",
            "As many people as this code is for have joined already."
            " Ask your trainer for a new one.",
        )
    return code


def _follows(session: Session, staff: Person, cohort_id: int) -> bool:
    followed = cohorts.cohorts_followed(session, staff, "trainer")
    return cohort_id in [cohort.id for cohort in followed]
