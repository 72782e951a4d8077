"""Families: an address for each patient, the end of an affiliation, consents of adults."""

import sqlalchemy as sa
from alembic import op

from clinicweb.core.ids import new_public_id

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "patient",
        sa.Column("public_id", sa.String(length=22), nullable=False, server_default=""),
    )
    _name_patients()
    op.create_index("uq_patient_public_id", "patient", ["public_id"], unique=True)
    op.add_column("patient", sa.Column("affiliation_ends_on", sa.Date(), nullable=True))
    op.create_table(
        "family_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_how", sa.String(length=200), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["patient.id"], name=op.f("fk_family_consent_holder_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_family_consent_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_consent")),
    )
    op.create_index(
        "uq_family_consent_in_force",
        "family_consent",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def _name_patients() -> None:
    connection = op.get_bind()
    ids = connection.execute(sa.text("SELECT id FROM patient")).scalars().all()
    rows = [{"id": row_id, "public_id": new_public_id()} for row_id in ids]
    if rows:
        connection.execute(
            sa.text("UPDATE patient SET public_id = :public_id WHERE id = :id"), rows
        )


def downgrade() -> None:
    op.drop_index(
        "uq_family_consent_in_force",
        table_name="family_consent",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_table("family_consent")
    op.drop_column("patient", "affiliation_ends_on")
    op.drop_index("uq_patient_public_id", table_name="patient")
    op.drop_column("patient", "public_id")
