"""Prescriptions"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prescription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("requester_id", sa.Integer(), nullable=True),
        sa.Column("authored_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_prescription_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["practitioner.id"], name=op.f("fk_prescription_requester_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prescription")),
        sa.UniqueConstraint("code", name=op.f("uq_prescription_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_prescription_public_id")),
    )
    op.create_index(
        op.f("ix_prescription_patient_id_prescription_authored_on"),
        "prescription",
        ["patient_id", "authored_on"],
        unique=False,
    )
    op.create_table(
        "medication_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prescription_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("medication", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("dosage_text", sa.Text(), nullable=True),
        sa.Column("dose", sa.String(length=60), nullable=True),
        sa.Column("frequency", sa.Integer(), nullable=True),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("period_unit", sa.String(length=3), nullable=True),
        sa.Column("as_needed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prescription_id"],
            ["prescription.id"],
            name=op.f("fk_medication_request_prescription_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medication_request")),
        sa.UniqueConstraint(
            "prescription_id", "code", name=op.f("uq_medication_request_prescription_id_code")
        ),
    )


def downgrade() -> None:
    op.drop_table("medication_request")
    op.drop_index(
        op.f("ix_prescription_patient_id_prescription_authored_on"), table_name="prescription"
    )
    op.drop_table("prescription")
