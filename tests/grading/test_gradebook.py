"""nbgrader's own database: how it is opened, what may go in, and that it can be made again."""

import math

import nbgrader.converters
import nbgrader.preprocessors
import pytest
from sqlalchemy import inspect, text

from grading import gradebook, marking
from grading.config import Grading
from grading.gradebook import Gradebook
from store.database import Session
from store.errors import Invalid

from .conftest import RIGHT, House

ASSIGNMENT = "active-learning.pair-talk.s1"


def test_nbgrader_opens_our_gradebook_on_one_engine(grading: Grading) -> None:
    for module in (
        nbgrader.converters.autograde,
        nbgrader.preprocessors.overwritecells,
        nbgrader.preprocessors.overwritekernelspec,
        nbgrader.preprocessors.saveautogrades,
        nbgrader.preprocessors.savecells,
    ):
        assert module.Gradebook is Gradebook
    with Gradebook(grading.gradebook_url) as first, Gradebook(grading.gradebook_url) as second:
        assert first.engine is second.engine is gradebook.engine(grading.gradebook_url)


def test_migrating_is_repeatable_and_leaves_our_indexes(empty_url: str) -> None:
    url = empty_url
    assert not gradebook.is_current(url)
    gradebook.migrate(url)
    gradebook.migrate(url)
    assert gradebook.is_current(url)
    found = inspect(gradebook.engine(url))
    names = {
        index["name"] for table in found.get_table_names() for index in found.get_indexes(table)
    }
    assert {index.split()[0] for index in gradebook.INDEXES} <= names


def test_an_older_gradebook_is_upgraded(empty_url: str) -> None:
    url = empty_url
    gradebook.migrate(url)
    together = "" if url.startswith("sqlite") else " CASCADE"
    older = (
        f"DROP TABLE assignment{together}",
        f"DROP TABLE course{together}",
        "CREATE TABLE assignment"
        " (id VARCHAR(32) PRIMARY KEY, name VARCHAR(128), duedate TIMESTAMP)",
        "ALTER TABLE student DROP COLUMN lms_user_id",
        "UPDATE alembic_version SET version_num = '167914646830'",
    )
    with gradebook.engine(url).begin() as connection:
        for statement in older:
            connection.execute(text(statement))
    assert not gradebook.is_current(url)
    gradebook.migrate(url)
    assert gradebook.is_current(url)
    columns = [column["name"] for column in inspect(gradebook.engine(url)).get_columns("student")]
    assert "lms_user_id" in columns


@pytest.mark.parametrize("grading", ["sqlite"], indirect=True)
def test_our_engine_keeps_what_it_is_told(grading: Grading) -> None:
    with gradebook.engine(grading.gradebook_url).connect() as connection:
        asked = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert asked == {
        "journal_mode": "truncate",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def test_no_score_beyond_the_points_gets_in(published: House) -> None:
    published.autograded(published.rahima, RIGHT)
    with Gradebook(published.grading.gradebook_url) as book:
        grade = book.find_grade("why", "pair-talk", ASSIGNMENT, published.rahima.id)
        for score in (-0.1, 3.1, 999, math.nan, math.inf):
            with pytest.raises(Invalid):
                gradebook.put_mark([grade], [], score, None)
        gradebook.put_mark([grade], [], 3, None)
        assert (grade.manual_score, grade.needs_manual_grade) == (3, False)


def test_the_gradebook_made_again_from_the_store_says_the_same(published: House) -> None:
    alone = published.autograded(published.rahima, {**RIGHT, "groups": "rows"})
    mark(published, alone.number, {"why": 2, "plan": 4})
    together = published.autograded(published.rahima, {"groups": "pairs"}, published.salma)
    mark(published, together.number, {"why": 3})
    url = published.grading.gradebook_url
    before = gradebook.totals(url)
    assert before == {
        (published.rahima.id, ASSIGNMENT): 2 + 2 + 3 + 4,
        (published.salma.id, ASSIGNMENT): 2 + 2 + 3 + 4,
    }
    assert gradebook.rebuild(published.grading) == 2
    assert gradebook.totals(url) == before
    with gradebook.engine(url).begin() as connection:
        connection.execute(text("DELETE FROM comment"))
        connection.execute(text("UPDATE grade SET manual_score = 0, auto_score = 1"))
    gradebook.rebuild(published.grading)
    assert gradebook.totals(url) == before
    with Gradebook(url) as book:
        comment = book.find_comment("why", "pair-talk", ASSIGNMENT, published.salma.id)
        assert comment.comment == "ভালো"
        assert not book.find_submission(ASSIGNMENT, published.salma.id).needs_manual_grade


def test_copying_marks_again_changes_nothing(published: House) -> None:
    hand_in = published.autograded(published.rahima, RIGHT)
    url = published.grading.gradebook_url
    assert gradebook.totals(url)[published.rahima.id, ASSIGNMENT] == 4
    mark(published, hand_in.number, {"why": 3, "plan": 1})
    for _ in range(2):
        gradebook.copy_marks(published.grading, hand_in.number)
        assert gradebook.totals(url)[published.rahima.id, ASSIGNMENT] == 8


def mark(house: House, number: int, levels: dict[str, int]) -> None:
    """Give these levels, return the hand-in and copy its marks."""

    def write(session: Session) -> None:
        seen = marking.open_hand_in(session, house.evaluator, number)
        now = {each["exercise"]: each["mark"] for each in seen["exercises"]}
        for name, level in levels.items():
            expected = now[name]["id"] if now[name] else None
            given = {"whole": level}
            marking.put_mark(session, house.evaluator, number, name, given, "ভালো", expected)
        marking.return_hand_in(session, house.evaluator, number)

    house.do(write)
    gradebook.copy_marks(house.grading, number)
