"""Every table: what is kept, under which names and constraints.

Times are aware UTC (`Moment`). Ids of people, posts and views are `uuid4().hex`; a hand-in has
a number that people read. Tables that only grow say so; the database holds `audit` and `marks`
to it. There are no lazy relations: a row stays readable after its transaction.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

Json = JSON()  # not JSONB: that would sort the keys of a trainer's options
BIG_NUMBER = BigInteger().with_variant(Integer(), "sqlite")  # there it is the row's own number
PERSON_ID, SLUG, KEY, SHA256 = 32, 64, 129, 64


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC; a time without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time, turn any other into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's plain times their zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id() -> str:
    """A fresh id for a person, a post or a view."""
    return uuid4().hex


class Table(DeclarativeBase):
    """The base of all tables; every constraint gets a name that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment(), str: Text(), float: Float(53)}  # noqa: RUF012


# ---------------------------------------------------------------- people


class Pair(Table):
    """Two schools that work together (room left; filled in a later issue)."""

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


class SignedIn(Table):
    """A signed-in browser; the token itself is nowhere, only its SHA-256."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(SHA256), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


# ---------------------------------------------------------------- what is published


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


class MadeFilm(Table):
    """What was made of a trainer's film, under the film's SHA-256: its sizes, sound and still are
    artifacts. `recipe` says by which way of making; another one makes it anew."""

    __tablename__ = "made_films"

    source: Mapped[str] = mapped_column(String(SHA256), primary_key=True)
    recipe: Mapped[int]
    made: Mapped[Any] = mapped_column(Json)
    made_at: Mapped[datetime]


# ---------------------------------------------------------------- answers and hand-ins


class Answer(Table):
    """What one person gave to one exercise at one time. Only grows.

    `edited_at` is the device's time, corrected and never in the future; the newest by
    (edited_at, sequence, id) counts, the others are drafts.
    """

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("person_id", "module", "exercise", "device", "sequence"),
        Index("ix_answers_newest", "person_id", "module", "exercise", "edited_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    module: Mapped[str] = mapped_column(ForeignKey("modules.key"))
    exercise: Mapped[str] = mapped_column(String(100))
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    device: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int] = mapped_column(BigInteger)
    value: Mapped[Any] = mapped_column(Json)
    body_hash: Mapped[str] = mapped_column(String(SHA256))
    edited_at: Mapped[datetime]
    received_at: Mapped[datetime]
    carried_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))


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


class ClipWatch(Table):
    """Which seconds of a clip a person watched, each once: `ranges` is [[from, to], ...]."""

    __tablename__ = "clip_watches"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    module: Mapped[str] = mapped_column(ForeignKey("modules.key"), primary_key=True)
    clip: Mapped[str] = mapped_column(String(SHA256), primary_key=True)
    ranges: Mapped[Any] = mapped_column(Json)
    position: Mapped[float]
    updated_at: Mapped[datetime]


# ---------------------------------------------------------------- sharing


class Post(Table):
    """Shared work, with the wording, consent and licence of the moment of sharing."""

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint("audience IN ('cohort','everyone')", name="audience"),
        Index(None, "module", "shared_at"),
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
    device_at: Mapped[datetime]
    shared_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]


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
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[str] = mapped_column(ForeignKey("posts.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    view_id: Mapped[str] = mapped_column(ForeignKey("views.id"))
    stars: Mapped[int]
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


# ---------------------------------------------------------------- the house


class AuditEntry(Table):
    """Who did what to which thing; each row carries the hash of the one before. Only grows."""

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("previous_hash"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    object: Mapped[str] = mapped_column(String(200))
    previous_hash: Mapped[str] = mapped_column(String(SHA256))
    hash: Mapped[str] = mapped_column(String(SHA256), unique=True)


class Setting(Table):
    """Facts about this installation, such as the epoch of its data."""

    __tablename__ = "facts"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
