"""Who learns together, who follows and marks them, and how people come in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from store.rows.base import SLUG, Table


class Cohort(Table):
    """Teachers on one course together."""

    __tablename__ = "cohorts"
    __table_args__ = (UniqueConstraint("course", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    course: Mapped[str] = mapped_column(String(SLUG))
    created_at: Mapped[datetime]
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default=false())


class CohortMember(Table):
    """Who learns in which cohort. Who only asked to join is in `join_requests`, not here."""

    __tablename__ = "cohort_members"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    joined_at: Mapped[datetime]


class CohortStaff(Table):
    """Whose teachers a trainer follows and an evaluator marks."""

    __tablename__ = "cohort_staff"
    __table_args__ = (CheckConstraint("role IN ('trainer','evaluator')", name="role"),)

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[datetime]


class JoinCode(Table):
    """A code that lets people into a cohort, until it ends or is used up."""

    __tablename__ = "join_codes"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    made_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    most_uses: Mapped[int | None]
    uses: Mapped[int] = mapped_column(default=0)


class JoinRequest(Table):
    """Somebody asked to join a cohort; the membership comes with the acceptance."""

    __tablename__ = "join_requests"
    __table_args__ = (
        CheckConstraint("state IN ('waiting','accepted','refused')", name="state"),
        Index(None, "cohort_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    code: Mapped[str] = mapped_column(ForeignKey("join_codes.code"))
    state: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))
