"""Demo accounts: made once, on a loopback address only, with a password that can be set again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.demo import ACCOUNTS, COHORT, ensure_demo_accounts
from hub.passwords import is_password
from hub.settings import Settings
from learning import cohorts, people
from store.database import Database
from store.errors import NotAllowed
from store.schema import upgrade

WORLD = {"PATHSHALA_ADDRESS": "0.0.0.0"}  # noqa: S104 - the point


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    settings = settings_of(tmp_path)
    upgrade(settings.database_url)
    database = Database(settings.database_url)
    yield database
    database.close()


def settings_of(folder: Path, **more: str) -> Settings:
    return Settings.from_env({"PATHSHALA_DATA": str(folder), **more})


def test_each_gets_a_password_of_its_own_that_is_shown_once(
    database: Database, tmp_path: Path
) -> None:
    shown = ensure_demo_accounts(settings_of(tmp_path), database)
    assert set(shown) == {account.name for account in ACCOUNTS}
    assert len(set(shown.values())) == len(ACCOUNTS)
    with database.read() as session:
        for name, password in shown.items():
            person = people.find_by_name(session, name)
            assert person is not None and is_password(password, person.password_hash)
    assert ensure_demo_accounts(settings_of(tmp_path), database) == {}


def test_the_chosen_password_is_that_of_all_at_any_start(
    database: Database, tmp_path: Path
) -> None:
    ensure_demo_accounts(settings_of(tmp_path), database)
    chosen = settings_of(tmp_path, PATHSHALA_DEMO_PASSWORD="সবার এক শব্দ")
    assert set(ensure_demo_accounts(chosen, database).values()) == {"সবার এক শব্দ"}
    assert ensure_demo_accounts(chosen, database) == {}


def test_the_teachers_learn_together_and_have_schools(database: Database, tmp_path: Path) -> None:
    ensure_demo_accounts(settings_of(tmp_path), database)
    with database.read() as session:
        teacher, other = (people.find_by_name(session, n) for n in ("teacher", "teacher3"))
        assert teacher is not None and other is not None
        assert cohorts.share_cohort(session, teacher.id, other.id)
        assert [each.name for each in cohorts.cohorts_of(session, teacher.id)] == [COHORT]
        assert teacher.school is not None and teacher.school.upazila and teacher.school.district


def test_somebodys_own_account_of_the_same_name_is_left_alone(
    database: Database, tmp_path: Path
) -> None:
    database.write(
        lambda session: people.add_person(
            session, name="admin", password_hash="নিজের", display_name="নিজে", role="administrator"
        )
    )
    assert "admin" not in ensure_demo_accounts(settings_of(tmp_path), database)
    chosen = settings_of(tmp_path, PATHSHALA_DEMO_PASSWORD="সবার এক শব্দ")
    assert "admin" not in ensure_demo_accounts(chosen, database)


def test_none_are_made_for_the_world(database: Database, tmp_path: Path) -> None:
    assert ensure_demo_accounts(settings_of(tmp_path, **WORLD), database) == {}
    with database.read() as session:
        assert people.list_people(session) == []


def test_a_folder_that_has_them_is_not_served_to_the_world(
    database: Database, tmp_path: Path
) -> None:
    ensure_demo_accounts(settings_of(tmp_path), database)
    with pytest.raises(NotAllowed, match="demo-accounts-exposed") as refusal:
        ensure_demo_accounts(settings_of(tmp_path, **WORLD), database)
    assert "PATHSHALA_DATA" in refusal.value.message
