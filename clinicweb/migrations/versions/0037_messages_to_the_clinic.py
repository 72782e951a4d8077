"""Messages to the clinic"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_notice",
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("text_hash", name=op.f("pk_contact_notice")),
    )
    op.create_table(
        "contact_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("reference", sa.String(length=9), nullable=False),
        sa.Column("client_key", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=260), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("diagnosis", sa.JSON(), nullable=True),
        sa.Column("notices_version", sa.String(length=40), nullable=True),
        sa.Column("notices_hash", sa.String(length=64), nullable=True),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_contact_message_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["notices_hash"],
            ["contact_notice.text_hash"],
            name=op.f("fk_contact_message_notices_hash"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_contact_message_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_message")),
        sa.UniqueConstraint("client_key", name=op.f("uq_contact_message_client_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_message_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_contact_message_reference")),
    )
    op.create_index(op.f("ix_contact_message_account_id"), "contact_message", ["account_id"])
    op.create_index(
        op.f("ix_contact_message_closed_at_contact_message_read_at"),
        "contact_message",
        ["closed_at", "read_at"],
    )
    op.create_index(op.f("ix_contact_message_written_at"), "contact_message", ["written_at"])
    op.create_table(
        "contact_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_key", sa.String(length=22), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author_name", sa.String(length=260), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_contact_answer_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["contact_message.id"], name=op.f("fk_contact_answer_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_answer")),
        sa.UniqueConstraint("client_key", name=op.f("uq_contact_answer_client_key")),
    )
    op.create_index(op.f("ix_contact_answer_message_id"), "contact_answer", ["message_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_contact_answer_message_id"), table_name="contact_answer")
    op.drop_table("contact_answer")
    op.drop_index(op.f("ix_contact_message_written_at"), table_name="contact_message")
    op.drop_index(
        op.f("ix_contact_message_closed_at_contact_message_read_at"), table_name="contact_message"
    )
    op.drop_index(op.f("ix_contact_message_account_id"), table_name="contact_message")
    op.drop_table("contact_message")
    op.drop_table("contact_notice")
