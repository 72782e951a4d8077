"""Captcha"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "captcha_used",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captcha_used")),
    )
    op.create_index(
        op.f("ix_captcha_used_expires_at"), "captcha_used", ["expires_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_captcha_used_expires_at"), table_name="captcha_used")
    op.drop_table("captcha_used")
