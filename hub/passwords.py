"""Passwords: any script, hashed with argon2, checked in equal time whether a name exists or not.

Decides limits and how many hashes run at once. Who a name belongs to is `learning.people`'s.
"""

from __future__ import annotations

import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from store.errors import Invalid

LONGEST_BYTES = 1024
SHORTEST_CHARACTERS = 8
HASHES_AT_ONCE = 2

# The least that OWASP's password storage cheat sheet allows: an eighth of the library's default,
# so that a thousand can sign in while a thousand save (decision 0029).
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_hashing = ThreadPoolExecutor(HASHES_AT_ONCE, thread_name_prefix="argon2")


def hash_password(password: str) -> str:
    """Return the argon2 hash; raise `Invalid("password-invalid")` for one too short or long."""
    return _hashing.submit(_hasher.hash, check_password(password)).result()


def check_password(password: str) -> str:
    """Return the spelling that is hashed; raise `Invalid("password-invalid")` like the above."""
    normal = _normal(password)
    if len(normal) < SHORTEST_CHARACTERS:
        raise Invalid(
            "password-invalid",
            "A password has {shortest} characters or more.",
            {"shortest": SHORTEST_CHARACTERS},
        )
    if len(normal.encode()) > LONGEST_BYTES:
        raise Invalid("password-invalid", "This password is too long. Choose a shorter one.")
    return normal


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether it is the one that was hashed; None stands for a name that nobody has."""
    normal = _normal(password)
    if len(normal.encode(errors="replace")) > LONGEST_BYTES:
        normal, password_hash = "", None  # wrong, but no cheaper to try than another
    matches = _hashing.submit(_verify, password_hash or _nobodys(), normal).result()
    return matches and password_hash is not None


def random_password() -> str:
    """Four groups that can be read aloud and typed on a phone: no 0, O, 1, l."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def temporary_password() -> tuple[str, str]:
    """A password to be shown once, and its hash."""
    password = random_password()
    return password, hash_password(password)


@cache
def _nobodys() -> str:
    """What an unknown name is checked against."""
    return _hasher.hash(secrets.token_urlsafe())


def _normal(password: str) -> str:
    # Bangla letters have several encodings; keyboards differ in which one they type.
    return unicodedata.normalize("NFC", password)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
