"""Quotas of the web, cancellations on it, and sanctions for them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_quotas()
    _add_cancellations()
    _add_sanctions()


def _add_quotas() -> None:
    op.create_table(
        "web_quota",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("modality", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_web_quota_taken_is_a_count")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_web_quota_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_web_quota_service_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_web_quota_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_quota")),
    )
    op.create_index(
        "uq_web_quota_natural_key",
        "web_quota",
        ["practitioner_id", "day", "service_id", "site_id", "modality"],
        unique=True,
    )


def _add_cancellations() -> None:
    op.create_table(
        "web_cancellation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_web_cancellation_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_web_cancellation_appointment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_cancellation")),
    )
    op.create_index(
        op.f("ix_web_cancellation_account_id_web_cancellation_at"),
        "web_cancellation",
        ["account_id", "at"],
        unique=False,
    )


def _add_sanctions() -> None:
    op.create_table(
        "web_sanction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_why", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_web_sanction_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_web_sanction_appointment_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_web_sanction_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_sanction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_web_sanction_public_id")),
    )
    op.create_index(
        op.f("ix_web_sanction_account_id_web_sanction_until"),
        "web_sanction",
        ["account_id", "until"],
        unique=False,
    )
    op.create_index(
        op.f("ix_web_sanction_patient_id"), "web_sanction", ["patient_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_web_sanction_patient_id"), table_name="web_sanction")
    op.drop_index(op.f("ix_web_sanction_account_id_web_sanction_until"), table_name="web_sanction")
    op.drop_table("web_sanction")
    op.drop_index(
        op.f("ix_web_cancellation_account_id_web_cancellation_at"), table_name="web_cancellation"
    )
    op.drop_table("web_cancellation")
    op.drop_index("uq_web_quota_natural_key", table_name="web_quota")
    op.drop_table("web_quota")
