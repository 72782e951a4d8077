"""What self-tests of camera, microphone and line found"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("browser", sa.String(length=120), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_device_check_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_check")),
        sa.UniqueConstraint("public_id", name=op.f("uq_device_check_public_id")),
    )
    op.create_index(op.f("ix_device_check_account_id"), "device_check", ["account_id"])
    op.create_index(op.f("ix_device_check_checked_at"), "device_check", ["checked_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_device_check_checked_at"), table_name="device_check")
    op.drop_index(op.f("ix_device_check_account_id"), table_name="device_check")
    op.drop_table("device_check")
