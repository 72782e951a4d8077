"""Reminders"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_IS_LIVE = sa.text("status IN ('booked', 'arrived', 'checked-in')")


def upgrade() -> None:
    op.add_column(
        "appointment", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_appointment_live_starts_at",
        "appointment",
        ["starts_at"],
        unique=False,
        sqlite_where=_IS_LIVE,
        postgresql_where=_IS_LIVE,
    )
    op.create_table(
        "appointment_reminder",
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("hours_before", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_reminder_appointment_id"),
        ),
        sa.PrimaryKeyConstraint(
            "appointment_id", "hours_before", "sequence", name=op.f("pk_appointment_reminder")
        ),
    )


def downgrade() -> None:
    op.drop_table("appointment_reminder")
    op.drop_index("ix_appointment_live_starts_at", table_name="appointment")
    op.drop_column("appointment", "confirmed_at")
