"""Hours changed for others, and changes of agendas that people were told of"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("moved_at", "affected_at"):
        column = sa.Column(name, sa.DateTime(timezone=True), nullable=True)
        op.add_column("appointment", column)
    op.create_table(
        "agenda_change",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_agenda_change_appointment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_change")),
    )
    op.create_index(
        op.f("ix_agenda_change_appointment_id"), "agenda_change", ["appointment_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_agenda_change_appointment_id"), table_name="agenda_change")
    op.drop_table("agenda_change")
    for name in ("affected_at", "moved_at"):
        op.drop_column("appointment", name)
