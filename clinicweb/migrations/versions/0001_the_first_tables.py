"""The first tables"""

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
        "attempt_counter",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_attempt_counter")),
    )
    op.create_index(
        op.f("ix_attempt_counter_ends_at"), "attempt_counter", ["ends_at"], unique=False
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
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("calendar", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_message_dedupe_key")),
    )
    op.create_index(
        "ix_outbox_message_due",
        "outbox_message",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('queued', 'sending')"),
        postgresql_where=sa.text("status IN ('queued', 'sending')"),
    )
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
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=260), nullable=False),
        sa.Column("roles", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("credential_version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("practitioner_id", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_account_patient_id")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_account_practitioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("patient_id", name=op.f("uq_account_patient_id")),
        sa.UniqueConstraint("practitioner_id", name=op.f("uq_account_practitioner_id")),
    )
    op.create_table(
        "agenda",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("modality", sa.String(length=20), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("to_time", sa.Time(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("web_quota", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_agenda_practitioner_id")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_agenda_service_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_agenda_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda")),
    )
    op.create_index(
        "uq_agenda_natural_key",
        "agenda",
        [
            "practitioner_id",
            "service_id",
            "site_id",
            "modality",
            "weekday",
            "from_time",
            "valid_from",
        ],
        unique=True,
    )
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_closure_practitioner_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_closure_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    op.create_index(
        op.f("ix_closure_practitioner_id_closure_site_id_closure_starts_at"),
        "closure",
        ["practitioner_id", "site_id", "starts_at"],
        unique=False,
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
    op.create_table(
        "account_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_identifier_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_identifier")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_account_identifier_kind_value")),
    )
    op.create_index(
        op.f("ix_account_identifier_account_id"), "account_identifier", ["account_id"], unique=False
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=260), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_audit_event_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_audit_event_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_account_id"), "audit_event", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_audit_event_patient_id_audit_event_at"),
        "audit_event",
        ["patient_id", "at"],
        unique=False,
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("flow", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("nonce_hash", sa.String(length=64), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_account_id"), "draft", ["account_id"], unique=False)
    op.create_index(op.f("ix_draft_expires_at"), "draft", ["expires_at"], unique=False)
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("credential_version", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_session_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_login_session_key_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_login_session_public_id")),
    )
    op.create_index(
        op.f("ix_login_session_account_id"), "login_session", ["account_id"], unique=False
    )
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("modality", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by_draft_id", sa.String(length=22), nullable=True),
        sa.Column("held_by_account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["held_by_account_id"], ["account.id"], name=op.f("fk_slot_held_by_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_slot_practitioner_id")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_slot_service_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_slot_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
    )
    op.create_index(
        "ix_slot_free",
        "slot",
        [
            "service_id",
            "practitioner_id",
            "day",
            "starts_at",
            "site_id",
            "modality",
            "held_until",
            "held_by_draft_id",
        ],
        unique=False,
        sqlite_where=sa.text("status = 'free'"),
        postgresql_where=sa.text("status = 'free'"),
    )
    op.create_index(op.f("ix_slot_held_by_draft_id"), "slot", ["held_by_draft_id"], unique=False)
    op.create_index(
        "uq_slot_natural_key",
        "slot",
        ["practitioner_id", "starts_at", "service_id", "site_id", "modality"],
        unique=True,
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column("modality", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("draft_id", sa.String(length=22), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_appointment_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_appointment_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_appointment_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_appointment_service_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_appointment_site_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_appointment_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_appointment_draft_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_appointment_public_id")),
    )
    op.create_index(
        op.f("ix_appointment_patient_id_appointment_starts_at"),
        "appointment",
        ["patient_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_appointment_practitioner_id_appointment_starts_at"),
        "appointment",
        ["practitioner_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        "uq_appointment_live_slot",
        "appointment",
        ["slot_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('booked', 'arrived', 'checked-in')"),
        postgresql_where=sa.text("status IN ('booked', 'arrived', 'checked-in')"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_appointment_live_slot",
        table_name="appointment",
        sqlite_where=sa.text("status IN ('booked', 'arrived', 'checked-in')"),
        postgresql_where=sa.text("status IN ('booked', 'arrived', 'checked-in')"),
    )
    op.drop_index(
        op.f("ix_appointment_practitioner_id_appointment_starts_at"), table_name="appointment"
    )
    op.drop_index(op.f("ix_appointment_patient_id_appointment_starts_at"), table_name="appointment")
    op.drop_table("appointment")
    op.drop_index("uq_slot_natural_key", table_name="slot")
    op.drop_index(op.f("ix_slot_held_by_draft_id"), table_name="slot")
    op.drop_index(
        "ix_slot_free",
        table_name="slot",
        sqlite_where=sa.text("status = 'free'"),
        postgresql_where=sa.text("status = 'free'"),
    )
    op.drop_table("slot")
    op.drop_index(op.f("ix_login_session_account_id"), table_name="login_session")
    op.drop_table("login_session")
    op.drop_index(op.f("ix_draft_expires_at"), table_name="draft")
    op.drop_index(op.f("ix_draft_account_id"), table_name="draft")
    op.drop_table("draft")
    op.drop_index(op.f("ix_audit_event_patient_id_audit_event_at"), table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_account_id"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_index(op.f("ix_account_identifier_account_id"), table_name="account_identifier")
    op.drop_table("account_identifier")
    op.drop_index(op.f("ix_practitioner_service_service_id"), table_name="practitioner_service")
    op.drop_table("practitioner_service")
    op.drop_index(op.f("ix_patient_agreement_agreement_id"), table_name="patient_agreement")
    op.drop_table("patient_agreement")
    op.drop_index(
        op.f("ix_closure_practitioner_id_closure_site_id_closure_starts_at"), table_name="closure"
    )
    op.drop_table("closure")
    op.drop_index("uq_agenda_natural_key", table_name="agenda")
    op.drop_table("agenda")
    op.drop_table("account")
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
    op.drop_index(
        "ix_outbox_message_due",
        table_name="outbox_message",
        sqlite_where=sa.text("status IN ('queued', 'sending')"),
        postgresql_where=sa.text("status IN ('queued', 'sending')"),
    )
    op.drop_table("outbox_message")
    op.drop_index(op.f("ix_identifier_value"), table_name="identifier")
    op.drop_table("identifier")
    op.drop_index(op.f("ix_attempt_counter_ends_at"), table_name="attempt_counter")
    op.drop_table("attempt_counter")
    op.drop_table("agreement")
