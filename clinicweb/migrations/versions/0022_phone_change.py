"""Changing one's telephone by a code sent there"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phone_change",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_phone_change_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_change")),
    )
    op.create_index(
        op.f("ix_phone_change_account_id"), "phone_change", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_phone_change_expires_at"), "phone_change", ["expires_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_phone_change_expires_at"), table_name="phone_change")
    op.drop_index(op.f("ix_phone_change_account_id"), table_name="phone_change")
    op.drop_table("phone_change")
