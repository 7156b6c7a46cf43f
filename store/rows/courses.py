"""What is published: courses, modules and their versions, with the files they need."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.rows.base import KEY, SHA256, SLUG, Json, Table


class Course(Table):
    """A course: modules in order. Texts are `{"bn": ..., "en": ...}`."""

    __tablename__ = "courses"

    course: Mapped[str] = mapped_column(String(SLUG), primary_key=True)
    title: Mapped[Any] = mapped_column(Json)
    summary: Mapped[Any] = mapped_column(Json)
    position: Mapped[int]


class Module(Table):
    """One notebook of a course; `key` is "<course>/<module>", `route` a page of the house."""

    __tablename__ = "modules"
    __table_args__ = (UniqueConstraint("course", "module"),)

    key: Mapped[str] = mapped_column(String(KEY), primary_key=True)
    course: Mapped[str] = mapped_column(ForeignKey("courses.course"))
    module: Mapped[str] = mapped_column(String(SLUG))
    position: Mapped[int]
    title: Mapped[Any] = mapped_column(Json)
    route: Mapped[str | None] = mapped_column(String(200), unique=True)
    # no foreign key: versions point to modules already, and SQLite cannot add one afterwards
    current_version_id: Mapped[int | None] = mapped_column(Integer)


class Version(Table):
    """A module as published; immutable. `pages` maps a language to the sha256 of its page."""

    __tablename__ = "versions"
    __table_args__ = (
        UniqueConstraint("module", "content_hash"),
        UniqueConstraint("module", "number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    module: Mapped[str] = mapped_column(ForeignKey("modules.key"))
    number: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(SHA256))
    structure: Mapped[int]
    manifest: Mapped[Any] = mapped_column(Json)
    release_sha: Mapped[str] = mapped_column(String(SHA256))
    source_sha: Mapped[str] = mapped_column(String(SHA256))
    pages: Mapped[Any] = mapped_column(Json)
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(String(64))


class Rubric(Table):
    """Criteria with levels, frozen under the hash of its body."""

    __tablename__ = "rubrics"

    hash: Mapped[str] = mapped_column(String(SHA256), primary_key=True)
    body: Mapped[Any] = mapped_column(Json)


class Artifact(Table):
    """A file that is kept under its SHA-256; the row comes after the file."""

    __tablename__ = "artifacts"

    sha256: Mapped[str] = mapped_column(String(SHA256), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    created_at: Mapped[datetime]


class MadeFilm(Table):
    """What was made of a trainer's film, under the film's SHA-256: its sizes, sound and still are
    artifacts. `recipe` says by which way of making; another one makes it anew."""

    __tablename__ = "made_films"

    source: Mapped[str] = mapped_column(String(SHA256), primary_key=True)
    recipe: Mapped[int]
    made: Mapped[Any] = mapped_column(Json)
    made_at: Mapped[datetime]
