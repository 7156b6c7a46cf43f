"""The first tables, and the triggers that let audit and marks only grow."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Json = sa.JSON()

MARK_COLUMNS = (
    "id, hand_in_number, exercise, marker_id, rubric_hash, levels, comment, score, maximum, "
    "marked_at, replaces"
)
# what may not happen, by the name of its trigger
_REFUSED = {
    "audit_keeps": "BEFORE UPDATE ON audit FOR EACH ROW",
    "audit_stays": "BEFORE DELETE ON audit FOR EACH ROW",
    "marks_keep": f"BEFORE UPDATE OF {MARK_COLUMNS} ON marks FOR EACH ROW",
    "marks_release_once": "BEFORE UPDATE ON marks FOR EACH ROW WHEN (OLD.released_at IS NOT NULL)",
    "marks_stay": "BEFORE DELETE ON marks FOR EACH ROW",
}
_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        for name, when in _REFUSED.items()
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append-only'; END $$",
        *(
            f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION refuse_change()"
            for name, when in _REFUSED.items()
        ),
    ],
}


def upgrade() -> None:
    """Make every table of the store."""
    op.create_table(
        "artifacts",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_artifacts")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_hash")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_audit_previous_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("course", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
        sa.UniqueConstraint("course", "name", name=op.f("uq_cohorts_course_name")),
    )
    op.create_table(
        "courses",
        sa.Column("course", sa.String(length=64), nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("course", name=op.f("pk_courses")),
    )
    op.create_table(
        "facts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_facts")),
    )
    op.create_table(
        "pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairs")),
        sa.UniqueConstraint("name", name=op.f("uq_pairs_name")),
    )
    op.create_table(
        "rubrics",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_rubrics")),
    )
    op.create_table(
        "schools",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("upazila", sa.String(length=100), nullable=False),
        sa.Column("district", sa.String(length=100), nullable=False),
        sa.Column("cluster", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schools")),
        sa.UniqueConstraint(
            "name", "upazila", "district", name=op.f("uq_schools_name_upazila_district")
        ),
    )
    op.create_index(op.f("ix_schools_district"), "schools", ["district"], unique=False)
    op.create_table(
        "modules",
        sa.Column("key", sa.String(length=129), nullable=False),
        sa.Column("course", sa.String(length=64), nullable=False),
        sa.Column("module", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("route", sa.String(length=200), nullable=True),
        sa.Column("current_version_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["course"], ["courses.course"], name=op.f("fk_modules_course")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_modules")),
        sa.UniqueConstraint("course", "module", name=op.f("uq_modules_course_module")),
        sa.UniqueConstraint("route", name=op.f("uq_modules_route")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("gender", sa.String(length=20), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("pair_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_people_pair_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_people_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("name", name=op.f("uq_people_name")),
    )
    op.create_index(op.f("ix_people_school_id"), "people", ["school_id"], unique=False)
    op.create_table(
        "clip_watches",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("module", sa.String(length=129), nullable=False),
        sa.Column("clip", sa.String(length=64), nullable=False),
        sa.Column("ranges", Json, nullable=False),
        sa.Column("position", sa.Float(precision=53), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["module"], ["modules.key"], name=op.f("fk_clip_watches_module")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_clip_watches_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "module", "clip", name=op.f("pk_clip_watches")),
    )
    op.create_table(
        "cohort_members",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_members_cohort_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_cohort_members_person_id")
        ),
        sa.PrimaryKeyConstraint("cohort_id", "person_id", name=op.f("pk_cohort_members")),
    )
    op.create_index(
        op.f("ix_cohort_members_person_id"), "cohort_members", ["person_id"], unique=False
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("area", sa.String(length=100), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('teacher','trainer','evaluator','administrator')", name=op.f("ck_roles_role")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_roles_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    op.create_index(op.f("ix_roles_person_id_role"), "roles", ["person_id", "role"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
    op.create_table(
        "versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(length=129), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("structure", sa.Integer(), nullable=False),
        sa.Column("manifest", Json, nullable=False),
        sa.Column("release_sha", sa.String(length=64), nullable=False),
        sa.Column("source_sha", sa.String(length=64), nullable=False),
        sa.Column("pages", Json, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["module"], ["modules.key"], name=op.f("fk_versions_module")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("module", "content_hash", name=op.f("uq_versions_module_content_hash")),
        sa.UniqueConstraint("module", "number", name=op.f("uq_versions_module_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("module", sa.String(length=129), nullable=False),
        sa.Column("exercise", sa.String(length=100), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carried_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["carried_by"], ["people.id"], name=op.f("fk_answers_carried_by")),
        sa.ForeignKeyConstraint(["module"], ["modules.key"], name=op.f("fk_answers_module")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_answers_person_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_answers_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint(
            "person_id",
            "module",
            "exercise",
            "device",
            "sequence",
            name=op.f("uq_answers_person_id_module_exercise_device_sequence"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_answers_newest",
        "answers",
        ["person_id", "module", "exercise", "edited_at"],
        unique=False,
    )
    op.create_table(
        "hand_ins",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(length=129), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("handed_by", sa.String(length=32), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carried_by", sa.String(length=32), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("autograded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=100), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting','to-mark','returned','failed','taken-back')",
            name=op.f("ck_hand_ins_state"),
        ),
        sa.ForeignKeyConstraint(["carried_by"], ["people.id"], name=op.f("fk_hand_ins_carried_by")),
        sa.ForeignKeyConstraint(["handed_by"], ["people.id"], name=op.f("fk_hand_ins_handed_by")),
        sa.ForeignKeyConstraint(["module"], ["modules.key"], name=op.f("fk_hand_ins_module")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_hand_ins_version_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_hand_ins")),
        sa.UniqueConstraint("handed_by", "key", name=op.f("uq_hand_ins_handed_by_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_hand_ins_module"), "hand_ins", ["module"], unique=False)
    op.create_index(
        op.f("ix_hand_ins_state_received_at"), "hand_ins", ["state", "received_at"], unique=False
    )
    op.create_table(
        "hand_in_answers",
        sa.Column("hand_in_number", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.String(length=100), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("value", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_hand_in_answers_answer_id")
        ),
        sa.ForeignKeyConstraint(
            ["hand_in_number"], ["hand_ins.number"], name=op.f("fk_hand_in_answers_hand_in_number")
        ),
        sa.PrimaryKeyConstraint("hand_in_number", "exercise", name=op.f("pk_hand_in_answers")),
    )
    op.create_table(
        "hand_in_people",
        sa.Column("hand_in_number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["hand_in_number"], ["hand_ins.number"], name=op.f("fk_hand_in_people_hand_in_number")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_hand_in_people_person_id")
        ),
        sa.PrimaryKeyConstraint("hand_in_number", "person_id", name=op.f("pk_hand_in_people")),
    )
    op.create_index(
        op.f("ix_hand_in_people_person_id"), "hand_in_people", ["person_id"], unique=False
    )
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hand_in_number", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.String(length=100), nullable=False),
        sa.Column("marker_id", sa.String(length=32), nullable=False),
        sa.Column("rubric_hash", sa.String(length=64), nullable=True),
        sa.Column("levels", Json, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(precision=53), nullable=False),
        sa.Column("maximum", sa.Float(precision=53), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["hand_in_number"], ["hand_ins.number"], name=op.f("fk_marks_hand_in_number")
        ),
        sa.ForeignKeyConstraint(["marker_id"], ["people.id"], name=op.f("fk_marks_marker_id")),
        sa.ForeignKeyConstraint(["replaces"], ["marks.id"], name=op.f("fk_marks_replaces")),
        sa.ForeignKeyConstraint(
            ["rubric_hash"], ["rubrics.hash"], name=op.f("fk_marks_rubric_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_marks_hand_in_number_exercise"),
        "marks",
        ["hand_in_number", "exercise"],
        unique=False,
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("module", sa.String(length=129), nullable=False),
        sa.Column("exercise", sa.String(length=100), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("licence", sa.String(length=40), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("audience IN ('cohort','everyone')", name=op.f("ck_posts_audience")),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.id"], name=op.f("fk_posts_answer_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_posts_cohort_id")),
        sa.ForeignKeyConstraint(["module"], ["modules.key"], name=op.f("fk_posts_module")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_posts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
    )
    op.create_index(
        op.f("ix_posts_module_shared_at"), "posts", ["module", "shared_at"], unique=False
    )
    op.create_index(op.f("ix_posts_person_id"), "posts", ["person_id"], unique=False)
    op.create_table(
        "scores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hand_in_number", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.String(length=100), nullable=False),
        sa.Column("score", sa.Float(precision=53), nullable=False),
        sa.Column("maximum", sa.Float(precision=53), nullable=False),
        sa.Column("needs_mark", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["hand_in_number"], ["hand_ins.number"], name=op.f("fk_scores_hand_in_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scores")),
        sa.UniqueConstraint(
            "hand_in_number", "exercise", name=op.f("uq_scores_hand_in_number_exercise")
        ),
    )
    op.create_table(
        "views",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_seconds", sa.Float(precision=53), nullable=False),
        sa.Column("clip_seconds", Json, nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_views_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_views_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
        sa.UniqueConstraint("post_id", "person_id", name=op.f("uq_views_post_id_person_id")),
    )
    op.create_index(op.f("ix_views_person_id"), "views", ["person_id"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("view_id", sa.String(length=32), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_ratings_stars")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ratings_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_ratings_post_id")),
        sa.ForeignKeyConstraint(["view_id"], ["views.id"], name=op.f("fk_ratings_view_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ratings_newest", "ratings", ["post_id", "person_id", "id"], unique=False)

    for sentence in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(sentence)
