"""Sick leaves and their seals"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _sick_leaves()
    _seals()


def _sick_leaves() -> None:
    op.create_table(
        "sick_leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("sealing_failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_sick_leave_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["practitioner.id"], name=op.f("fk_sick_leave_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["sick_leave.id"], name=op.f("fk_sick_leave_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sick_leave")),
        sa.UniqueConstraint("code", name=op.f("uq_sick_leave_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sick_leave_public_id")),
    )
    op.create_index(
        op.f("ix_sick_leave_patient_id_sick_leave_issued_on"),
        "sick_leave",
        ["patient_id", "issued_on"],
    )
    op.create_index(op.f("ix_sick_leave_replaces_id"), "sick_leave", ["replaces_id"])


def _seals() -> None:
    op.create_table(
        "document_seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("sick_leave_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("certificate_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["sick_leave_id"], ["sick_leave.id"], name=op.f("fk_document_seal_sick_leave_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_seal")),
        sa.UniqueConstraint("code", name=op.f("uq_document_seal_code")),
        sa.UniqueConstraint("sick_leave_id", name=op.f("uq_document_seal_sick_leave_id")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_document_seal_content_hash")),
    )


def downgrade() -> None:
    op.drop_table("document_seal")
    op.drop_index(op.f("ix_sick_leave_replaces_id"), table_name="sick_leave")
    op.drop_index(op.f("ix_sick_leave_patient_id_sick_leave_issued_on"), table_name="sick_leave")
    op.drop_table("sick_leave")
