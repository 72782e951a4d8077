"""Changing one's e-mail, and the language one reads"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "email_change",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_email_change_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_change")),
    )
    op.create_index(
        op.f("ix_email_change_account_id"), "email_change", ["account_id"], unique=False
    )
    op.add_column("account", sa.Column("language", sa.String(length=5), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "language")
    op.drop_index(op.f("ix_email_change_account_id"), table_name="email_change")
    op.drop_table("email_change")
