"""The migrated database is the one that the tables describe, and it holds what must only grow."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.exc import DBAPIError

from store import audit, clock
from store.database import Database, Session
from store.engines import open_engine
from store.errors import NotAllowed
from store.schema import MIGRATIONS, check, is_current, newest, upgrade
from store.tables import Mark, Table
from tests.factories import a_hand_in, a_person, a_version, an_answer


def test_migrations_make_the_tables_and_no_others(url: str) -> None:
    engine = open_engine(url, read_only=True)
    with engine.connect() as connection:
        compared = {"compare_type": True, "include_name": is_described}
        context = MigrationContext.configure(connection, opts=compared)
        assert compare_metadata(context, Table.metadata) == []
        made = inspect(connection)
        for table in Table.metadata.sorted_tables:
            checks = {check["name"] for check in made.get_check_constraints(table.name)}
            wanted = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
            assert checks == wanted, table.name
    engine.dispose()


def is_described(name: str | None, kind: str, _parents: object) -> bool:
    """The words of the library are kept in each database's own way, by no table of ours."""
    return kind != "table" or not str(name).startswith("library_words")


def test_every_constraint_has_a_name() -> None:
    for table in Table.metadata.sorted_tables:
        assert all(constraint.name for constraint in table.constraints), table.name


def test_upgrading_twice_changes_nothing(url: str) -> None:
    upgrade(url)
    assert is_current(url)


def test_a_fresh_database_is_not_current(empty_url: str) -> None:
    assert not is_current(empty_url)
    with pytest.raises(NotAllowed, match="database-not-current"):
        check(empty_url)
    upgrade(empty_url)
    assert is_current(empty_url)
    check(empty_url)


def test_two_processes_may_upgrade_at_once(empty_url: str) -> None:
    code = "import sys; from store.schema import upgrade; upgrade(sys.argv[1])"
    processes = [subprocess.Popen([sys.executable, "-c", code, empty_url]) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert is_current(empty_url)


def test_migrations_stand_in_one_line_by_their_numbers() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [newest()]
    numbers = [script.revision for script in scripts.walk_revisions()]
    assert numbers == sorted(numbers, reverse=True)


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
