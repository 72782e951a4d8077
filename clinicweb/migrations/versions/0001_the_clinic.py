"""The clinic: sites, services, people."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("code", name=op.f("uq_agreement_code")),
    )
    op.create_table(
        "identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_type", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifier")),
        sa.UniqueConstraint(
            "record_type",
            "record_id",
            "system",
            "value",
            name=op.f("uq_identifier_record_type_record_id_system_value"),
        ),
    )
    op.create_index(op.f("ix_identifier_value"), "identifier", ["value"], unique=False)
    op.create_table(
        "patient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mrn", sa.String(length=120), nullable=False),
        sa.Column("document_type", sa.String(length=20), nullable=True),
        sa.Column("document_number", sa.String(length=60), nullable=True),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("family_name", sa.String(length=120), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(length=10), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("affiliation_number", sa.String(length=60), nullable=True),
        sa.Column("card_serial", sa.String(length=60), nullable=True),
        sa.Column("relationship", sa.String(length=30), nullable=True),
        sa.Column("family_head_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["family_head_id"], ["patient.id"], name=op.f("fk_patient_family_head_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("mrn", name=op.f("uq_patient_mrn")),
    )
    op.create_index(
        op.f("ix_patient_affiliation_number"), "patient", ["affiliation_number"], unique=False
    )
    op.create_index(
        op.f("ix_patient_document_number"), "patient", ["document_number"], unique=False
    )
    op.create_index(op.f("ix_patient_email"), "patient", ["email"], unique=False)
    op.create_index(op.f("ix_patient_family_head_id"), "patient", ["family_head_id"], unique=False)
    op.create_table(
        "practitioner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=True),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("family_name", sa.String(length=120), nullable=False),
        sa.Column("search_key", sa.String(length=260), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("shift", sa.String(length=60), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practitioner")),
        sa.UniqueConstraint("code", name=op.f("uq_practitioner_code")),
    )
    op.create_index(
        op.f("ix_practitioner_search_key"), "practitioner", ["search_key"], unique=False
    )
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("search_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("modalities", sa.String(length=60), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("recommendations", sa.String(), nullable=True),
        sa.Column("booking", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("code", name=op.f("uq_service_code")),
    )
    op.create_index(op.f("ix_service_search_key"), "service", ["search_key"], unique=False)
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("city", sa.String(length=120), nullable=True),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("code", name=op.f("uq_site_code")),
    )
    op.create_table(
        "patient_agreement",
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_patient_agreement_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_patient_agreement_patient_id")
        ),
        sa.PrimaryKeyConstraint("patient_id", "agreement_id", name=op.f("pk_patient_agreement")),
    )
    op.create_index(
        op.f("ix_patient_agreement_agreement_id"),
        "patient_agreement",
        ["agreement_id"],
        unique=False,
    )
    op.create_table(
        "practitioner_service",
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioner.id"],
            name=op.f("fk_practitioner_service_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_practitioner_service_service_id")
        ),
        sa.PrimaryKeyConstraint(
            "practitioner_id", "service_id", name=op.f("pk_practitioner_service")
        ),
    )
    op.create_index(
        op.f("ix_practitioner_service_service_id"),
        "practitioner_service",
        ["service_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_practitioner_service_service_id"), table_name="practitioner_service")
    op.drop_table("practitioner_service")
    op.drop_index(op.f("ix_patient_agreement_agreement_id"), table_name="patient_agreement")
    op.drop_table("patient_agreement")
    op.drop_table("site")
    op.drop_index(op.f("ix_service_search_key"), table_name="service")
    op.drop_table("service")
    op.drop_index(op.f("ix_practitioner_search_key"), table_name="practitioner")
    op.drop_table("practitioner")
    op.drop_index(op.f("ix_patient_family_head_id"), table_name="patient")
    op.drop_index(op.f("ix_patient_email"), table_name="patient")
    op.drop_index(op.f("ix_patient_document_number"), table_name="patient")
    op.drop_index(op.f("ix_patient_affiliation_number"), table_name="patient")
    op.drop_table("patient")
    op.drop_index(op.f("ix_identifier_value"), table_name="identifier")
    op.drop_table("identifier")
    op.drop_table("agreement")
