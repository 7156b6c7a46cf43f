"""A post and a rating carry the key of the browser that sent them: sent twice, made once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the keys; what was made before has none."""
    for table in ("posts", "ratings"):
        op.add_column(table, sa.Column("key", sa.String(length=64)))
        op.create_index(f"ix_{table}_person_id_key", table, ["person_id", "key"], unique=True)
