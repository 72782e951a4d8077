"""Failures and their pace"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failure_pace",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_failure_pace")),
    )
    op.create_index(op.f("ix_failure_pace_failed_at"), "failure_pace", ["failed_at"])


def downgrade() -> None:
    op.drop_table("failure_pace")
