"""What trainers write: course folders as published, and as their Labs send them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store.rows.base import PERSON_ID, SLUG, Json, Table, new_id


class CourseSource(Table):
    """A course's folder as it was when it was published, for the next Lab. Only grows.

    `files` maps a path to `[sha256, bytes]`.
    """

    __tablename__ = "course_sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    course: Mapped[str] = mapped_column(ForeignKey("courses.course"), index=True)
    files: Mapped[Any] = mapped_column(Json)
    made_at: Mapped[datetime]
    made_by: Mapped[str | None] = mapped_column(String(64))


class Proof(Table):
    """A course's folder as a trainer's Lab sent it: to be checked, looked at, or published.

    `files` is as in `CourseSource`, `missing` names what is not here yet, `said` is how far it is,
    `result` what came of it. Courses have no key here: this one may never be published.
    """

    __tablename__ = "proofs"
    __table_args__ = (
        CheckConstraint("wish IN ('check','preview','publish')", name="wish"),
        CheckConstraint(
            "state IN ('asked','sending','waiting','running','done','refused','failed')",
            name="state",
        ),
        Index(None, "person_id", "course"),
        Index(None, "state", "asked_at"),
    )

    id: Mapped[str] = mapped_column(String(PERSON_ID), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    course: Mapped[str] = mapped_column(String(SLUG))
    wish: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    files: Mapped[Any] = mapped_column(Json, default=dict)
    missing: Mapped[Any] = mapped_column(Json, default=list)
    said: Mapped[str] = mapped_column(String(300), default="")
    result: Mapped[Any] = mapped_column(Json, default=dict)
    asked_at: Mapped[datetime]
    moved_at: Mapped[datetime]
