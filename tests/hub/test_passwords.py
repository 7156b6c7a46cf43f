"""Passwords in any script; the throttle that stands before them."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher

from hub.passwords import hash_password, is_password, random_password
from hub.throttle import FAILURES, SECONDS, Throttle
from store.errors import Invalid

LONG = "উদ্বৃত্ত র‍্যাঙ্ক দুঃখ " * 14


def test_a_long_bangla_password_counts_to_its_last_letter() -> None:
    assert 700 < len(LONG.encode()) <= 1024
    hashed = hash_password(LONG)
    assert is_password(LONG, hashed)
    assert not is_password(LONG[:-1] + "খ", hashed)


def test_a_hash_costs_what_was_decided_and_a_dearer_one_of_before_stays_good() -> None:
    assert hash_password(LONG).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    before = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4).hash("আগের শব্দ")
    assert is_password("আগের শব্দ", before)


def test_both_encodings_of_a_letter_are_the_same_password() -> None:
    composed, decomposed = "বাড়ি-নদী-ড়য়ঢ়", unicodedata.normalize("NFD", "বাড়ি-নদী-ড়য়ঢ়")
    assert is_password(decomposed, hash_password(composed))


@pytest.mark.parametrize("password", ["ছোট", "", "ক" * 342])
def test_too_short_and_too_long_are_refused(password: str) -> None:
    with pytest.raises(Invalid, match="password-invalid"):
        hash_password(password)


def test_nobody_has_no_password() -> None:
    assert not is_password("", None)
    assert not is_password("যেকোনো শব্দ", None)


def test_a_megabyte_is_not_hashed() -> None:
    assert not is_password("ক" * 1_000_000, hash_password("ঠিক পাসওয়ার্ড"))


def test_random_passwords_differ_and_can_be_read_aloud() -> None:
    made = {random_password() for _ in range(100)}
    assert len(made) == 100
    assert not set("".join(made)) & set("0O1l")


class Clock:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_the_eleventh_try_waits_until_the_first_is_five_minutes_old() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    for _ in range(FAILURES):
        assert throttle.seconds_to_wait("রহিমা", "10.0.0.1") == 0
        throttle.note_failure("রহিমা", "10.0.0.1")
        clock.at += 1
    assert throttle.seconds_to_wait("রহিমা", "10.0.0.1") == SECONDS - FAILURES
    clock.at = SECONDS + 0.5
    assert throttle.seconds_to_wait("রহিমা", "10.0.0.1") == 0


def test_a_stranger_elsewhere_locks_nobody_out() -> None:
    throttle = Throttle(clock=Clock())
    for _ in range(FAILURES):
        throttle.note_failure("রহিমা", "203.0.113.9")
    assert throttle.seconds_to_wait("রহিমা", "10.0.0.1") == 0
    assert throttle.seconds_to_wait("করিম", "203.0.113.9") == 0


def test_signing_in_forgets_the_failures() -> None:
    throttle = Throttle(clock=Clock())
    for _ in range(FAILURES - 1):
        throttle.note_failure("রহিমা", "10.0.0.1")
    throttle.forget("রহিমা", "10.0.0.1")
    assert throttle.tries_left("রহিমা", "10.0.0.1") == FAILURES
