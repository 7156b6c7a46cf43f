"""Asking for marking, and what came of it: scores by machine, marks by people."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.rows.base import Json, Table


class HandIn(Table):
    """Asking for marking, and its record; `number` stands on the receipt."""

    __tablename__ = "hand_ins"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting','to-mark','returned','failed','taken-back')", name="state"
        ),
        UniqueConstraint("handed_by", "key"),
        Index(None, "state", "received_at"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    module: Mapped[str] = mapped_column(ForeignKey("modules.key"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    round: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(64))
    handed_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    handed_at: Mapped[datetime]
    received_at: Mapped[datetime]
    carried_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    taken_back_at: Mapped[datetime | None]
    autograded_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(100))
    attempts: Mapped[int] = mapped_column(default=0)


class HandInPerson(Table):
    """Whose work a hand-in is; each of them gets the feedback."""

    __tablename__ = "hand_in_people"

    hand_in_number: Mapped[int] = mapped_column(ForeignKey("hand_ins.number"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


class HandInAnswer(Table):
    """An answer as it was when it was handed in; a row for each exercise of the version."""

    __tablename__ = "hand_in_answers"

    hand_in_number: Mapped[int] = mapped_column(ForeignKey("hand_ins.number"), primary_key=True)
    exercise: Mapped[str] = mapped_column(String(100), primary_key=True)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id"))
    value: Mapped[Any] = mapped_column(Json)


class Score(Table):
    """An exercise's points by machine; `reason` is a code when it could not be scored."""

    __tablename__ = "scores"
    __table_args__ = (UniqueConstraint("hand_in_number", "exercise"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hand_in_number: Mapped[int] = mapped_column(ForeignKey("hand_ins.number"))
    exercise: Mapped[str] = mapped_column(String(100))
    score: Mapped[float]
    maximum: Mapped[float]
    needs_mark: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(200))
    scored_at: Mapped[datetime]


class Mark(Table):
    """An evaluator's levels and comment. Only grows; a return sets `released_at` once."""

    __tablename__ = "marks"
    __table_args__ = (
        Index(None, "hand_in_number", "exercise"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hand_in_number: Mapped[int] = mapped_column(ForeignKey("hand_ins.number"))
    exercise: Mapped[str] = mapped_column(String(100))
    marker_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    rubric_hash: Mapped[str | None] = mapped_column(ForeignKey("rubrics.hash"))
    levels: Mapped[Any] = mapped_column(Json)
    comment: Mapped[str]
    score: Mapped[float]
    maximum: Mapped[float]
    marked_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    replaces: Mapped[int | None] = mapped_column(ForeignKey("marks.id"))
