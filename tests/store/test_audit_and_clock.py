"""The trail shows a forgery; times are aware, in UTC, whatever zone they came in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from store import audit, clock
from store.database import Database, Session
from store.errors import Invalid
from store.tables import Pair, School, Setting
from tests.factories import Clock, a_person


def test_the_chain_of_the_trail_is_whole(database: Database) -> None:
    for action in ("add-teacher", "publish", "remove"):
        database.write(lambda session, action=action: audit.record(session, "x", action, "y"))
    with database.read() as session:
        assert audit.find_break(session) is None


@pytest.mark.parametrize(
    ("forgery", "broken"),
    [
        ("UPDATE audit SET actor = 'someone' WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 2", 3),
    ],
)
def test_the_chain_shows_what_was_changed_behind_our_back(
    database: Database, forgery: str, broken: int
) -> None:
    for number in range(3):
        database.write(lambda session, n=number: audit.record(session, "x", str(n), "y"))

    def forge(session: Session) -> None:
        on = " ON audit" if session.connection().dialect.name == "postgresql" else ""
        for trigger in ("audit_keeps", "audit_stays"):
            session.execute(text(f"DROP TRIGGER {trigger}{on}"))
        session.execute(text(forgery))

    database.write(forge)
    with database.read() as session:
        assert audit.find_break(session) == broken


def test_times_come_back_aware_and_in_utc(session: Session, clock: Clock) -> None:
    dhaka = clock.at.astimezone(timezone(timedelta(hours=6)))
    person = a_person(session)
    person.created_at = dhaka
    session.flush()
    session.expire(person)
    assert (person.created_at, person.created_at.tzinfo) == (dhaka, UTC)


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    person = a_person(session)
    person.created_at = datetime(2026, 11, 21)  # noqa: DTZ001 the fault under test
    with pytest.raises(StatementError, match="zone"):
        session.flush()


@pytest.mark.parametrize("text", ["", "গতকাল", "2026-11-21T10:42:00", "2026-13-01T00:00:00Z"])
def test_what_is_no_time_is_invalid(text: str) -> None:
    with pytest.raises(Invalid):
        clock.parse(text)


def test_a_time_is_read_from_any_zone_and_written_in_utc() -> None:
    assert clock.iso(clock.parse("2026-11-21T10:42:00+06:00")) == "2026-11-21T04:42:00Z"


def test_bangla_json_is_kept_as_it_is_written(session: Session) -> None:
    session.add(Setting(key="মাপ", value={"উদ্বৃত্ত": ["র‍্যাঙ্ক", 2.5, None, True]}))
    session.add(Pair(name="x"))
    session.add(School(name="দুঃখী", upazila="ক", district="খ"))
    session.flush()
    session.expire_all()
    assert session.get_one(Setting, "মাপ").value == {"উদ্বৃত্ত": ["র‍্যাঙ্ক", 2.5, None, True]}
    raw = session.execute(text("SELECT value FROM facts")).scalar()
    assert "উদ্বৃত্ত" in raw
