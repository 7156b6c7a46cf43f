"""Shared work, the library, and what colleagues said and found of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.rows.base import BIG_NUMBER, KEY, PERSON_ID, SHA256, SLUG, Json, Table, new_id


class Post(Table):
    """Shared work, with the wording, consent and licence of the moment of sharing."""

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint("audience IN ('cohort','everyone')", name="audience"),
        Index(None, "module", "shared_at"),
        Index(None, "person_id", "key", unique=True),
    )

    id: Mapped[str] = mapped_column(String(PERSON_ID), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    module: Mapped[str] = mapped_column(ForeignKey("modules.key"))
    exercise: Mapped[str] = mapped_column(String(100))
    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id"))
    body: Mapped[Any] = mapped_column(Json)
    excerpt: Mapped[str]
    audience: Mapped[str] = mapped_column(String(20))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"))
    consented_at: Mapped[datetime]
    licence: Mapped[str] = mapped_column(String(40))
    key: Mapped[str | None] = mapped_column(String(64))
    device_at: Mapped[datetime]
    shared_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]


class Picture(Table):
    """A picture that somebody sent, whole and small, its files by their hash.

    `key` is its name on her phone. It is loose until she shares a post with it; `consented_at` is
    when she said that the guardians of the children in it agree, `alt` what is in it.
    """

    __tablename__ = "pictures"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: Mapped[str] = mapped_column(String(PERSON_ID), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(String(64))
    whole: Mapped[str] = mapped_column(String(SHA256), index=True)
    small: Mapped[str] = mapped_column(String(SHA256), index=True)
    width: Mapped[int]
    height: Mapped[int]
    size_bytes: Mapped[int]
    small_bytes: Mapped[int]
    sent_at: Mapped[datetime]
    post_id: Mapped[str | None] = mapped_column(ForeignKey("posts.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    alt: Mapped[str] = mapped_column(default="")
    consented_at: Mapped[datetime | None]


class LibraryEntry(Table):
    """A post that everyone may see, with what the library narrows and sorts by.

    `number` follows the time of sharing. The words of an entry stand under its number in
    `library_words`, which each kind of database keeps in its own way (migration 0002).
    """

    __tablename__ = "library"
    __table_args__ = (
        Index(None, "course", "number"),
        Index(None, "module", "number"),
        Index(None, "kind", "number"),
        Index(None, "district", "number"),
        Index(None, "ratings", "number"),
        Index(None, "usefulness", "number"),
    )

    number: Mapped[int] = mapped_column(BIG_NUMBER, primary_key=True, autoincrement=False)
    post_id: Mapped[str] = mapped_column(ForeignKey("posts.id"), unique=True)
    course: Mapped[str] = mapped_column(String(SLUG))
    module: Mapped[str] = mapped_column(String(KEY))
    kind: Mapped[str] = mapped_column(String(20))
    district: Mapped[str | None] = mapped_column(String(100))
    ratings: Mapped[int]
    usefulness: Mapped[float]


class View(Table):
    """Having looked at a post, in seconds the server saw pass; `looked_at` once it suffices."""

    __tablename__ = "views"
    __table_args__ = (UniqueConstraint("post_id", "person_id"),)

    id: Mapped[str] = mapped_column(String(PERSON_ID), primary_key=True, default=new_id)
    post_id: Mapped[str] = mapped_column(ForeignKey("posts.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    opened_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    shown_seconds: Mapped[float]
    clip_seconds: Mapped[Any] = mapped_column(Json)
    looked_at: Mapped[datetime | None]


class Rating(Table):
    """Stars after a view. Only grows; the newest of each person counts."""

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        Index("ix_ratings_newest", "post_id", "person_id", "id"),
        Index(None, "person_id", "key", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[str] = mapped_column(ForeignKey("posts.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    view_id: Mapped[str] = mapped_column(ForeignKey("views.id"))
    stars: Mapped[int]
    key: Mapped[str | None] = mapped_column(String(64))
    device_at: Mapped[datetime]
    rated_at: Mapped[datetime]


class Comment(Table):
    """Words about a post after a view: what the reader used, or would change."""

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint("kind IN ('used','would-change')", name="kind"),
        Index(None, "post_id", "written_at"),
        UniqueConstraint("person_id", "key"),
    )

    id: Mapped[str] = mapped_column(String(PERSON_ID), primary_key=True, default=new_id)
    post_id: Mapped[str] = mapped_column(ForeignKey("posts.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    view_id: Mapped[str] = mapped_column(ForeignKey("views.id"))
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[str]
    key: Mapped[str] = mapped_column(String(64))
    device_at: Mapped[datetime]
    written_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]


class Complaint(Table):
    """Somebody finds that a post or a comment should not be seen; a person decides."""

    __tablename__ = "complaints"
    __table_args__ = (
        CheckConstraint("(post_id IS NULL) <> (comment_id IS NULL)", name="about_one"),
        CheckConstraint("outcome IN ('kept','hidden')", name="outcome"),
        Index(None, "person_id"),
        Index(None, "settled_at", "reported_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[str | None] = mapped_column(ForeignKey("posts.id"), index=True)
    comment_id: Mapped[str | None] = mapped_column(ForeignKey("comments.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(40))
    words: Mapped[str]
    reported_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[str | None] = mapped_column(String(20))
