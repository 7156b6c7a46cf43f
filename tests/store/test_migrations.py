"""The migrated database is the one that the tables describe, and it holds what must only grow."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from store import audit, clock
from store.database import Database, Session
from store.schema import is_current, upgrade
from store.tables import Mark, Table
from tests.factories import a_hand_in, a_person, a_version, an_answer


def test_migrations_make_the_tables_and_no_others(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
        made = inspect(connection)
        for table in Table.metadata.sorted_tables:
            checks = {check["name"] for check in made.get_check_constraints(table.name)}
            wanted = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
            assert checks == wanted, table.name
    engine.dispose()


def test_every_constraint_has_a_name() -> None:
    for table in Table.metadata.sorted_tables:
        assert all(constraint.name for constraint in table.constraints), table.name


def test_upgrading_twice_changes_nothing(url: str) -> None:
    upgrade(url)
    assert is_current(url)


def test_a_fresh_database_is_not_current(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'pathshala.sqlite'}"
    assert not is_current(url)
    upgrade(url)
    assert is_current(url)


def test_two_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'pathshala.sqlite'}"
    code = "import sys; from store.schema import upgrade; upgrade(sys.argv[1])"
    processes = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert is_current(url)


@pytest.mark.parametrize(
    "change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "DELETE FROM marks"]
)
def test_the_database_refuses_to_change_the_trail(database: Database, change: str) -> None:
    database.write(a_mark)
    with pytest.raises(DBAPIError, match="append-only"):
        database.write(lambda session: session.execute(text(change)))


def test_a_mark_changes_only_by_its_release_and_that_once(database: Database) -> None:
    number = database.write(a_mark)

    def change(**facts: object) -> None:
        def use_case(session: Session) -> None:
            mark = session.get_one(Mark, number)
            for name, value in facts.items():
                setattr(mark, name, value)

        database.write(use_case)

    for facts in (
        {"score": 9.0},
        {"comment": "অন্য কথা"},
        {"score": 9.0, "released_at": clock.now()},
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            change(**facts)
    change(released_at=clock.now())
    with pytest.raises(DBAPIError, match="append-only"):
        change(released_at=None)


def a_mark(session: Session) -> int:
    a_version(session)
    teacher, evaluator = a_person(session), a_person(session, role="evaluator")
    an_answer(session, teacher)
    mark = Mark(
        hand_in_number=a_hand_in(session, teacher).number,
        exercise="saw",
        marker_id=evaluator.id,
        levels={"detail": 2},
        comment="খুব ভালো, আরও লিখুন",
        score=2.0,
        maximum=3.0,
        marked_at=clock.now(),
    )
    session.add(mark)
    audit.record(session, evaluator.id, "mark", "hand-in/1")
    session.flush()
    return mark.id
