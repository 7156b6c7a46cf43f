"""The demo accounts: six people to try Pathshala with, on a loopback address only.

Decides who they are. Their passwords are random and shown once, or the one that
PATHSHALA_DEMO_PASSWORD gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.passwords import hash_password, is_password, random_password
from hub.settings import Settings
from learning.cohorts import add_member, ensure_cohort, give_staff
from learning.people import Roles, add_person, find_by_name
from store.database import Database, Session
from store.errors import NotAllowed
from store.tables import Setting

FACT = "demo-accounts"
COURSE = "active-learning"
COHORT = "সক্রিয় শিখন, প্রথম ব্যাচ"


@dataclass(frozen=True)
class Account:
    name: str
    display_name: str
    role: Roles
    gender: str | None
    school: tuple[str, str, str]


_MADHUPUR = ("মধুপুর সরকারি প্রাথমিক বিদ্যালয়", "মধুপুর", "টাঙ্গাইল")
_SHIBCHAR = ("শিবচর সরকারি প্রাথমিক বিদ্যালয়", "শিবচর", "মাদারীপুর")
_DHAKA = ("প্রাথমিক শিক্ষক প্রশিক্ষণ ইনস্টিটিউট", "মিরপুর", "ঢাকা")
ACCOUNTS = (
    Account("teacher", "রহিমা খাতুন", "teacher", "female", _MADHUPUR),
    Account("teacher2", "মোঃ আব্দুল করিম", "teacher", "male", _MADHUPUR),
    Account("teacher3", "শিউলি রানী দাস", "teacher", "female", _SHIBCHAR),
    Account("trainer", "নাসরিন সুলতানা", "trainer", "female", _DHAKA),
    Account("evaluator", "সৈয়দ মাহবুব হোসেন", "evaluator", "male", _DHAKA),
    Account("admin", "ফারহানা ইয়াসমিন", "administrator", None, _DHAKA),
)


def ensure_demo_accounts(settings: Settings, database: Database) -> Mapping[str, str]:
    """Make what is missing; return the passwords to show, by name: those made or set just now.

    Off a loopback address make none, and raise `NotAllowed("demo-accounts-exposed")` if a folder
    that has them would be served there.
    """
    with database.read() as session:
        known = _known(session)
        existing = {
            account.name: person.password_hash
            for account in ACCOUNTS
            if (person := find_by_name(session, account.name)) is not None and person.id in known
        }
    if not settings.is_loopback:
        _refuse_exposed(settings, existing)
        return {}
    if known:
        wanted = {name: settings.demo_password for name in existing if settings.demo_password}
        changed = {n: p for n, p in wanted.items() if p and not is_password(p, existing[n])}
        hashes = {name: hash_password(password) for name, password in changed.items()}
        if hashes:
            database.write(lambda session: _set_passwords(session, hashes))
        return changed
    passwords = {a.name: settings.demo_password or random_password() for a in ACCOUNTS}
    hashes = {name: hash_password(password) for name, password in passwords.items()}
    made = database.write(lambda session: _add(session, hashes))
    return {name: password for name, password in passwords.items() if name in made}


def has_demo_accounts(database: Database) -> bool:
    with database.read() as session:
        return bool(_known(session))


def _known(session: Session) -> list[str]:
    fact = session.get(Setting, FACT)
    return list(fact.value) if fact is not None else []


def _add(session: Session, hashes: Mapping[str, str]) -> set[str]:
    made = {}
    cohort = ensure_cohort(session, COHORT, COURSE)
    for account in ACCOUNTS:
        if find_by_name(session, account.name) is not None:
            continue  # somebody's own account has this name: leave it alone
        person = add_person(
            session,
            name=account.name,
            password_hash=hashes[account.name],
            display_name=account.display_name,
            role=account.role,
            school=account.school,
            gender=account.gender,
        )
        made[account.name] = person.id
        if account.role == "teacher":
            add_member(session, cohort.id, person.id)
        elif account.role in ("trainer", "evaluator"):
            give_staff(session, cohort.id, person.id, account.role)
    session.add(Setting(key=FACT, value=list(made.values())))
    return set(made)


def _set_passwords(session: Session, hashes: Mapping[str, str]) -> None:
    for name, password_hash in hashes.items():
        person = find_by_name(session, name)
        if person is not None:
            person.password_hash = password_hash


def _refuse_exposed(settings: Settings, existing: Mapping[str, str]) -> None:
    if existing:
        raise NotAllowed(
            "demo-accounts-exposed",
            "The data folder {folder} has demo accounts, and {address} is no loopback address."
            " Use a new folder (PATHSHALA_DATA), or leave PATHSHALA_ADDRESS unset.",
            {"folder": str(settings.data), "address": settings.address},
        )
