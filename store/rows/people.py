"""Who is here: people, their schools and roles, and the browsers where they are signed in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.rows.base import PERSON_ID, SHA256, Table, new_id


class Pair(Table):
    """Two schools that work together."""

    __tablename__ = "pairs"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class School(Table):
    """A school and its place; `cluster` names the schools that meet."""

    __tablename__ = "schools"
    __table_args__ = (UniqueConstraint("name", "upazila", "district"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    upazila: Mapped[str] = mapped_column(String(100))
    district: Mapped[str] = mapped_column(String(100), index=True)
    cluster: Mapped[str | None] = mapped_column(String(100))


class Person(Table):
    """Someone with an account; `name` is the sign-in name (NFC), never shown to others.

    A temporary password, given by a trainer, lets in only to choose another. `portfolio_for` is
    who may see what she made: 'nobody', 'cohort' or 'everyone'.
    """

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(PERSON_ID), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(String(2), default="bn")
    gender: Mapped[str | None] = mapped_column(String(20))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"), index=True)
    pair_id: Mapped[int | None] = mapped_column(ForeignKey("pairs.id"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    consented_at: Mapped[datetime | None]
    consent_version: Mapped[str | None] = mapped_column(String(20))
    password_is_temporary: Mapped[bool] = mapped_column(default=False, server_default=false())
    portfolio_for: Mapped[str] = mapped_column(
        String(20), default="cohort", server_default="cohort"
    )

    school: Mapped[School | None] = relationship(lazy="joined")


class Role(Table):
    """What a person may do, where and until when; `area` None is everywhere."""

    __tablename__ = "roles"
    __table_args__ = (
        CheckConstraint("role IN ('teacher','trainer','evaluator','administrator')", name="role"),
        Index(None, "person_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(20))
    area: Mapped[str | None] = mapped_column(String(100))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class SignedIn(Table):
    """A signed-in browser; the token itself is nowhere, only its SHA-256."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(SHA256), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
