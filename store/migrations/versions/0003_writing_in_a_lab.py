"""What a trainer writes in a Lab: course folders as published, and as sent to be looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "course_sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course", sa.String(length=64), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64)),
        sa.ForeignKeyConstraint(
            ["course"], ["courses.course"], name=op.f("fk_course_sources_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_sources")),
    )
    op.create_index("ix_course_sources_course", "course_sources", ["course"])
    op.create_table(
        "proofs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("course", sa.String(length=64), nullable=False),
        sa.Column("wish", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("said", sa.String(length=300), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("wish IN ('check','preview','publish')", name=op.f("ck_proofs_wish")),
        sa.CheckConstraint(
            "state IN ('asked','sending','waiting','running','done','refused','failed')",
            name=op.f("ck_proofs_state"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_proofs_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
    )
    op.create_index("ix_proofs_person_id_course", "proofs", ["person_id", "course"])
    op.create_index("ix_proofs_state_asked_at", "proofs", ["state", "asked_at"])
