"""What a cohort did in its course, in a handful of statements whatever its size.

Rows are plain columns, not objects: a cohort may have thousands of people.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, tuple_, union_all
from sqlalchemy.orm import Session

from store.queries.answers import NEWEST
from store.tables import (
    Answer,
    ClipWatch,
    CohortMember,
    Comment,
    HandIn,
    HandInAnswer,
    HandInPerson,
    Mark,
    Person,
    Post,
    School,
    Score,
)

Place = tuple[str, str]  # person, module


class Member(NamedTuple):
    """Somebody who learns in the cohort."""

    person_id: str
    display_name: str
    gender: str | None
    joined_at: datetime
    school: str | None
    upazila: str | None
    district: str | None


class NewestHandIn(NamedTuple):
    """The last time a person handed a module in, what was taken back left out."""

    person_id: str
    module: str
    number: int
    state: str
    received_at: datetime
    returned_at: datetime | None


def members(session: Session, cohort_id: int) -> list[Member]:
    """Who learns in the cohort and is not removed, by shown name."""
    query = (
        select(
            Person.id,
            Person.display_name,
            Person.gender,
            CohortMember.joined_at,
            School.name,
            School.upazila,
            School.district,
        )
        .join(CohortMember, CohortMember.person_id == Person.id)
        .outerjoin(School, School.id == Person.school_id)
        .where(CohortMember.cohort_id == cohort_id, Person.removed_at.is_(None))
        .order_by(Person.display_name, Person.id)
    )
    return [Member(*row) for row in session.execute(query)]


def last_seen(session: Session, cohort_id: int, course: str) -> dict[Place, datetime]:
    """When each person last wrote or watched in each module of the course."""
    wrote = _by_members(
        select(Answer.person_id, Answer.module, func.max(Answer.received_at).label("at")),
        Answer,
        cohort_id,
        course,
    ).group_by(Answer.person_id, Answer.module)
    watched = _by_members(
        select(ClipWatch.person_id, ClipWatch.module, func.max(ClipWatch.updated_at)),
        ClipWatch,
        cohort_id,
        course,
    ).group_by(ClipWatch.person_id, ClipWatch.module)
    both = union_all(wrote, watched).subquery()
    query = select(both.c.person_id, both.c.module, func.max(both.c.at)).group_by(
        both.c.person_id, both.c.module
    )
    return {(person, module): at for person, module, at in session.execute(query)}


def newest_hand_ins(session: Session, cohort_id: int, course: str) -> dict[Place, NewestHandIn]:
    """The hand-in that counts of each person and module of the course."""
    rank = func.row_number().over(
        partition_by=(HandInPerson.person_id, HandIn.module), order_by=HandIn.number.desc()
    )
    ranked = (
        select(
            HandInPerson.person_id,
            HandIn.module,
            HandIn.number,
            HandIn.state,
            HandIn.received_at,
            HandIn.returned_at,
            rank.label("rank"),
        )
        .join(HandIn, HandIn.number == HandInPerson.hand_in_number)
        .join(CohortMember, CohortMember.person_id == HandInPerson.person_id)
        .where(
            CohortMember.cohort_id == cohort_id,
            HandIn.module.startswith(f"{course}/", autoescape=True),
            HandIn.state != "taken-back",
        )
        .subquery()
    )
    columns = [column for column in ranked.c if column.key != "rank"]
    rows = session.execute(select(*columns).where(ranked.c.rank == 1))
    return {(row[0], row[1]): NewestHandIn(*row) for row in rows}


def shares_reached(session: Session, cohort_id: int, course: str) -> dict[int, float]:
    """What share of its points each returned hand-in of the cohort got, by number."""
    mark = (
        select(Mark.score)
        .where(
            Mark.hand_in_number == Score.hand_in_number,
            Mark.exercise == Score.exercise,
            Mark.released_at.is_not(None),
        )
        .order_by(Mark.id.desc())
        .limit(1)
        .correlate(Score)
        .scalar_subquery()
    )
    returned = (
        select(HandIn.number)
        .join(HandInPerson, HandInPerson.hand_in_number == HandIn.number)
        .join(CohortMember, CohortMember.person_id == HandInPerson.person_id)
        .where(
            CohortMember.cohort_id == cohort_id,
            HandIn.module.startswith(f"{course}/", autoescape=True),
            HandIn.state == "returned",
        )
    )
    points = func.sum(func.coalesce(mark, Score.score))
    query = (
        select(Score.hand_in_number, points, func.sum(Score.maximum))
        .where(Score.hand_in_number.in_(returned))
        .group_by(Score.hand_in_number)
    )
    return {
        number: reached / maximum for number, reached, maximum in session.execute(query) if maximum
    }


def values(
    session: Session, cohort_id: int, exercises: Collection[tuple[str, str]]
) -> dict[tuple[str, str, str], list[Any]]:
    """What each (person, module, exercise) holds, for exercises named (module, exercise).

    A person's own newest words come first, then what colleagues handed in together with her.
    """
    rank = func.row_number().over(
        partition_by=(Answer.person_id, Answer.module, Answer.exercise), order_by=NEWEST
    )
    own = (
        select(Answer.person_id, Answer.module, Answer.exercise, Answer.value, rank.label("rank"))
        .join(CohortMember, CohortMember.person_id == Answer.person_id)
        .where(
            CohortMember.cohort_id == cohort_id,
            tuple_(Answer.module, Answer.exercise).in_(exercises),
        )
        .subquery()
    )
    handed = (
        select(HandInPerson.person_id, HandIn.module, HandInAnswer.exercise, HandInAnswer.value)
        .join(HandIn, HandIn.number == HandInPerson.hand_in_number)
        .join(HandInAnswer, HandInAnswer.hand_in_number == HandIn.number)
        .join(CohortMember, CohortMember.person_id == HandInPerson.person_id)
        .where(
            CohortMember.cohort_id == cohort_id,
            HandIn.handed_by != HandInPerson.person_id,
            HandIn.state != "taken-back",
            tuple_(HandIn.module, HandInAnswer.exercise).in_(exercises),
        )
        .order_by(HandIn.number.desc())
    )
    mine = select(own.c.person_id, own.c.module, own.c.exercise, own.c.value).where(own.c.rank == 1)
    found: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for person, module, exercise, value in (*session.execute(mine), *session.execute(handed)):
        if value is not None:
            found[person, module, exercise].append(value)
    return found


def count_comments(session: Session, cohort_id: int, course: str, since: datetime) -> int:
    """How many comments came to the cohort's shared work since."""
    query = (
        select(func.count(Comment.id))
        .join(Post, Post.id == Comment.post_id)
        .join(CohortMember, CohortMember.person_id == Post.person_id)
        .where(
            CohortMember.cohort_id == cohort_id,
            Post.module.startswith(f"{course}/", autoescape=True),
            Comment.written_at >= since,
            Comment.withdrawn_at.is_(None),
            Comment.hidden_at.is_(None),
        )
    )
    return session.scalar(query) or 0


def _by_members(
    query: Select[*tuple[Any, ...]],
    of: type[Answer] | type[ClipWatch],
    cohort_id: int,
    course: str,
) -> Select[*tuple[Any, ...]]:
    return query.join(CohortMember, CohortMember.person_id == of.person_id).where(
        CohortMember.cohort_id == cohort_id, of.module.startswith(f"{course}/", autoescape=True)
    )
