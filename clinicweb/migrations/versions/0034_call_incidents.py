"""Reports of calls that failed; whether who is called was told"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=9), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(length=10), nullable=False),
        sa.Column("browser", sa.String(length=120), nullable=False),
        sa.Column("diagnosis", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["video_call.id"], name=op.f("fk_call_incident_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_call_incident_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_incident")),
        sa.UniqueConstraint("call_id", "account_id", name="uq_call_incident_of_one"),
        sa.UniqueConstraint("reference", name=op.f("uq_call_incident_reference")),
    )
    op.create_index(op.f("ix_call_incident_account_id"), "call_incident", ["account_id"])
    op.create_index(op.f("ix_call_incident_reported_at"), "call_incident", ["reported_at"])
    op.add_column("video_call", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("video_call", "told_at")
    op.drop_index(op.f("ix_call_incident_reported_at"), table_name="call_incident")
    op.drop_index(op.f("ix_call_incident_account_id"), table_name="call_incident")
    op.drop_table("call_incident")
