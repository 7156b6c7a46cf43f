"""Who is here: names, roles, schools. Who learns with whom is in `cohorts`.

A person is known by an id of ours: a sign-in name that is given again inherits nothing.
"""

import re
import unicodedata
from typing import Literal, get_args

from store import audit, clock
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.queries import people as queries
from store.tables import Person, Role, School

Roles = Literal["teacher", "trainer", "evaluator", "administrator"]
ROLES: tuple[str, ...] = get_args(Roles)
STAFF = frozenset({"trainer", "evaluator", "administrator"})
LANGUAGES = ("bn", "en")
GENDERS = ("female", "male", "other")
NAME_LETTERS = 64
LONGEST_TYPED = 1_000
_NUMBER = re.compile(r"\+?\d[\d -]*")
COLLEAGUES_SHOWN = 20


def normalise_name(text: str) -> str:
    """Give a sign-in name its one spelling; raise Invalid("name-invalid").

    NFC and trimmed; a phone number or another number in Latin digits, 01712345678, however it was
    typed.
    """
    name = unicodedata.normalize("NFC", text[:LONGEST_TYPED]).strip()
    if _NUMBER.fullmatch(name):
        digits = "".join(str(unicodedata.digit(each)) for each in name if each.isdigit())
        name = digits[2:] if len(digits) == 13 and digits.startswith("8801") else digits
    if not name:
        raise Invalid("name-invalid", "Write the phone number or the ID.")
    if len(name) > NAME_LETTERS or not all(_is_for_names(letter) for letter in name):
        raise Invalid("name-invalid", "A name has 1 to 64 letters, digits or marks, no spaces.")
    return name


def _is_for_names(letter: str) -> bool:
    # joiners (Cf) are part of Bangla spelling; a slash would end a path of the Hub
    category = unicodedata.category(letter)
    return category[0] in "LMN" or letter in "-_.@+\u200c\u200d"


def add_person(
    session: Session,
    *,
    name: str,
    password_hash: str,
    display_name: str,
    role: str | None,
    language: str = "bn",
    school: tuple[str, str, str] | None = None,
    gender: str | None = None,
    by: str = "command",
) -> Person:
    """Add someone with one role; `school` is (name, upazila, district), `gender` None declines.

    Without a role (None) somebody can sign in and wait to be let in, and no more.
    Raise NotAllowed("name-taken"), Invalid("name-invalid", "role-invalid", "language-invalid",
    "gender-invalid").
    """
    name = normalise_name(name)
    if role is not None and role not in ROLES:
        raise Invalid("role-invalid", "There is no role {role}.", {"role": role})
    if gender is not None and gender not in GENDERS:
        raise Invalid("gender-invalid", "There is no gender {gender}.", {"gender": gender})
    if queries.find_by_name(session, name) is not None:
        raise NotAllowed("name-taken", "Somebody has the name {name} already.", {"name": name})
    at = clock.now()
    person = Person(
        name=name,
        display_name=unicodedata.normalize("NFC", display_name).strip()[:200] or name,
        password_hash=password_hash,
        language=_language(language),
        gender=gender,
        created_at=at,
    )
    person.school = _ensure_school(session, school) if school else None
    session.add(person)
    session.flush()
    if role is not None:
        session.add(Role(person_id=person.id, role=role, starts_at=at))
    audit.record(session, by, f"add-{role or 'newcomer'}", f"person/{person.id}")
    return person


def ensure_role(session: Session, person_id: str, role: Roles, by: str = "command") -> None:
    """Give a person a role, unless it is in force already."""
    if role not in roles_of(session, person_id):
        session.add(Role(person_id=person_id, role=role, starts_at=clock.now()))
        session.flush()
        audit.record(session, by, f"give-{role}", f"person/{person_id}")


def set_password(
    session: Session, person_id: str, password_hash: str, *, by: str, is_temporary: bool = False
) -> Person:
    """Give a person another password and sign her out everywhere.

    A temporary one lets in only to choose another.
    """
    person = get_person(session, person_id)
    person.password_hash = password_hash
    person.password_is_temporary = is_temporary
    queries.end_sign_ins(session, person_id)
    action = "reset-password" if is_temporary else "change-password"
    audit.record(session, by, action, f"person/{person_id}")
    return person


def remove_person(session: Session, person_id: str, by: str = "command") -> None:
    """End a person's access at once; the work stays, the sign-in name becomes free."""
    person = get_person(session, person_id)
    at = clock.now()
    for role in queries.active_roles(session, at, person_id):
        role.ends_at = at
    person.removed_at = at
    person.name = f"removed-{person.id}"
    queries.end_sign_ins(session, person_id)
    audit.record(session, by, "remove", f"person/{person_id}")


def change_language(session: Session, person_id: str, language: str) -> Person:
    """Choose the language a person reads; raise Invalid("language-invalid")."""
    person = get_person(session, person_id)
    person.language = _language(language)
    return person


def find_by_name(session: Session, name: str) -> Person | None:
    """The person who signs in under this name, in whichever spelling it was typed."""
    try:
        return queries.find_by_name(session, normalise_name(name))
    except Invalid:
        return None


def get_person(session: Session, person_id: str) -> Person:
    """The person of this id; raise NotFound("person-not-found") if none, or removed."""
    person = queries.find_present(session, person_id)
    if person is None:
        raise NotFound("person-not-found", "There is no such person.")
    return person


def list_people(session: Session) -> list[Person]:
    """Everyone who is not removed, by sign-in name."""
    return list(queries.present(session))


def sign_in_names(session: Session) -> set[str]:
    """The sign-in names of everyone who is not removed."""
    return queries.sign_in_names(session)


def roles_of(session: Session, person_id: str) -> list[str]:
    """The roles in force now, each once."""
    held = {role.role for role in queries.active_roles(session, clock.now(), person_id)}
    return [role for role in ROLES if role in held]


def colleagues(session: Session, person: Person, q: str = "") -> list[Person]:
    """Up to 20 others of the same school or a shared cohort; `q` is part of the shown name."""
    words = unicodedata.normalize("NFC", q).strip()
    return queries.colleagues(session, person, words, COLLEAGUES_SHOWN)


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise Invalid("language-invalid", "There is no language {name}.", {"name": language})
    return language


def _ensure_school(session: Session, place: tuple[str, str, str]) -> School:
    name, upazila, district = (unicodedata.normalize("NFC", part).strip() for part in place)
    school = queries.find_school(session, name, upazila, district)
    if school is None:
        school = School(name=name, upazila=upazila, district=district)
        session.add(school)
        session.flush()
    return school
