"""The waiting list"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_IS_WAITING = sa.text("ended_at IS NULL")
_IS_OPEN = sa.text("answer IS NULL")


def upgrade() -> None:
    _create_entries()
    op.create_table(
        "freed_hour",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("freed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_freed_hour_slot_id")),
        sa.PrimaryKeyConstraint("slot_id", name=op.f("pk_freed_hour")),
    )
    op.create_index(op.f("ix_freed_hour_look_at"), "freed_hour", ["look_at"], unique=False)
    _create_offers()


def _create_entries() -> None:
    named = ("account", "patient", "service", "practitioner", "site", "appointment")
    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("modality", sa.String(length=20), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=10), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_waiting_entry_{table}_id")
            )
            for table in named
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_waiting_entry_public_id")),
    )
    op.create_index(
        op.f("ix_waiting_entry_patient_id"), "waiting_entry", ["patient_id"], unique=False
    )
    op.create_index(
        "ix_waiting_entry_waiting",
        "waiting_entry",
        ["service_id", "id"],
        unique=False,
        sqlite_where=_IS_WAITING,
        postgresql_where=_IS_WAITING,
    )


def _create_offers() -> None:
    op.create_table(
        "hour_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_hour_offer_appointment_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waiting_entry.id"], name=op.f("fk_hour_offer_entry_id")
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_hour_offer_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_offer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hour_offer_public_id")),
    )
    op.create_index(
        op.f("ix_hour_offer_slot_id_hour_offer_entry_id"),
        "hour_offer",
        ["slot_id", "entry_id"],
        unique=False,
    )
    for name, column in (("slot", "slot_id"), ("entry", "entry_id")):
        op.create_index(
            f"uq_hour_offer_open_{name}",
            "hour_offer",
            [column],
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        )


def downgrade() -> None:
    op.drop_table("hour_offer")
    op.drop_table("freed_hour")
    op.drop_table("waiting_entry")
