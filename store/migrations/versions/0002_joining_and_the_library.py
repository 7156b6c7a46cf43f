"""Joining with codes, staff of cohorts, comments and complaints; what may be hidden."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# The index of the library's words; both keep them as `store.search` gives them.
_WORDS = {
    "sqlite": [
        "CREATE VIRTUAL TABLE library_words USING fts5(words, stems, content='', "
        "contentless_delete=1, detail=column, prefix='1 2 3', "
        # without the categories it would cut Bangla words at their vowel signs
        """tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Mc Mn'")"""
    ],
    "postgresql": [
        "CREATE TABLE library_words (number BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_library_words_words ON library_words USING gin (words)",
    ],
}


# before, staff saw everybody: nobody shall lose people by an upgrade
EVERY_COHORT_TO_ALL_STAFF = """
INSERT INTO cohort_staff (cohort_id, person_id, role, since)
SELECT DISTINCT cohorts.id, roles.person_id, roles.role, cohorts.created_at
FROM cohorts CROSS JOIN roles
WHERE roles.role IN ('trainer', 'evaluator') AND roles.ends_at IS NULL
"""


def upgrade() -> None:
    """Add the tables and columns; what is there keeps its rows."""
    op.add_column("people", sa.Column("consented_at", sa.DateTime(timezone=True)))
    op.add_column("people", sa.Column("consent_version", sa.String(length=20)))
    op.add_column(
        "people",
        sa.Column("password_is_temporary", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "people",
        sa.Column("portfolio_for", sa.String(length=20), server_default="cohort", nullable=False),
    )
    op.add_column(
        "cohorts",
        sa.Column("needs_approval", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("posts", sa.Column("hidden_at", sa.DateTime(timezone=True)))
    _joining()
    _library()
    op.create_table(
        "made_films",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("recipe", sa.Integer(), nullable=False),
        sa.Column("made", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_made_films")),
    )


def _joining() -> None:
    op.create_table(
        "cohort_staff",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('trainer','evaluator')", name=op.f("ck_cohort_staff_role")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_staff_cohort_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_cohort_staff_person_id")
        ),
        sa.PrimaryKeyConstraint("cohort_id", "person_id", "role", name=op.f("pk_cohort_staff")),
    )
    op.create_index(op.f("ix_cohort_staff_person_id"), "cohort_staff", ["person_id"])
    op.execute(EVERY_COHORT_TO_ALL_STAFF)
    op.create_table(
        "join_codes",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("most_uses", sa.Integer()),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_join_codes_cohort_id")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_join_codes")),
    )
    op.create_index(op.f("ix_join_codes_cohort_id"), "join_codes", ["cohort_id"])
    op.create_table(
        "join_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.String(length=64)),
        sa.CheckConstraint(
            "state IN ('waiting','accepted','refused')", name=op.f("ck_join_requests_state")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_join_requests_cohort_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_join_requests_person_id")
        ),
        sa.ForeignKeyConstraint(["code"], ["join_codes.code"], name=op.f("fk_join_requests_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_requests")),
    )
    op.create_index(
        op.f("ix_join_requests_cohort_id_state"), "join_requests", ["cohort_id", "state"]
    )
    op.create_index(op.f("ix_join_requests_person_id"), "join_requests", ["person_id"])


def _library() -> None:
    op.create_table(
        "comments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("view_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("hidden_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('used','would-change')", name=op.f("ck_comments_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_comments_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_comments_post_id")),
        sa.ForeignKeyConstraint(["view_id"], ["views.id"], name=op.f("fk_comments_view_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_comments_person_id_key")),
    )
    op.create_index(op.f("ix_comments_post_id_written_at"), "comments", ["post_id", "written_at"])
    op.create_table(
        "complaints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.String(length=32)),
        sa.Column("comment_id", sa.String(length=32)),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.String(length=32)),
        sa.Column("outcome", sa.String(length=20)),
        sa.CheckConstraint(
            "(post_id IS NULL) <> (comment_id IS NULL)", name=op.f("ck_complaints_about_one")
        ),
        sa.CheckConstraint("outcome IN ('kept','hidden')", name=op.f("ck_complaints_outcome")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_complaints_comment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_complaints_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_complaints_post_id")),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["people.id"], name=op.f("fk_complaints_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
    )
    op.create_index(op.f("ix_complaints_comment_id"), "complaints", ["comment_id"])
    op.create_index(op.f("ix_complaints_post_id"), "complaints", ["post_id"])
    op.create_index(
        op.f("ix_complaints_settled_at_reported_at"), "complaints", ["settled_at", "reported_at"]
    )
    op.create_index(op.f("ix_complaints_person_id"), "complaints", ["person_id"])
    _library_entries()


def _library_entries() -> None:
    op.create_table(
        "library",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("course", sa.String(length=64), nullable=False),
        sa.Column("module", sa.String(length=129), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("district", sa.String(length=100)),
        sa.Column("ratings", sa.Integer(), nullable=False),
        sa.Column("usefulness", sa.Float(precision=53), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_library_post_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_library")),
        sa.UniqueConstraint("post_id", name=op.f("uq_library_post_id")),
    )
    for column in ("course", "module", "kind", "district", "ratings", "usefulness"):
        op.create_index(op.f(f"ix_library_{column}_number"), "library", [column, "number"])
    for statement in _WORDS[op.get_bind().dialect.name]:
        op.execute(statement)
