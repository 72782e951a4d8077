"""«Reactivar cuenta»"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reactivation_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("affiliation_number", sa.String(length=60), nullable=False),
        sa.Column("card_serial", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reactivation_request")),
    )
    op.create_table(
        "reactivation",
        sa.Column("link_id", sa.String(length=22), nullable=False),
        sa.Column("stop_link_id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_before", sa.String(length=254), nullable=True),
        sa.Column("name_before", sa.String(length=120), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_reactivation_account_id")
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_reactivation")),
        sa.UniqueConstraint("stop_link_id", name=op.f("uq_reactivation_stop_link_id")),
    )
    op.create_index(op.f("ix_reactivation_account_id"), "reactivation", ["account_id"])
    op.create_index(op.f("ix_reactivation_created_at"), "reactivation", ["created_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_reactivation_created_at"), table_name="reactivation")
    op.drop_index(op.f("ix_reactivation_account_id"), table_name="reactivation")
    op.drop_table("reactivation")
    op.drop_table("reactivation_request")
