"""Files of messages"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("shown_name", sa.String(length=120), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("stored_name", sa.String(length=32), nullable=False),
        sa.Column("preview_name", sa.String(length=32), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_attachment_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attachment")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_attachment_message_id")),
        sa.UniqueConstraint("preview_name", name=op.f("uq_message_attachment_preview_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_attachment_public_id")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_message_attachment_stored_name")),
    )
    op.create_table(
        "message_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("client_key", sa.String(length=22), nullable=False),
        sa.Column("typed_name", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("stored_name", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_message_upload_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_message_upload_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_upload")),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_upload_public_id")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_message_upload_stored_name")),
    )
    op.create_index(
        op.f("ix_message_upload_expires_at"), "message_upload", ["expires_at"], unique=False
    )
    op.create_index(
        "uq_message_upload_key",
        "message_upload",
        ["account_id", "conversation_id", "client_key"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_index("uq_message_upload_key", table_name="message_upload")
    op.drop_index(op.f("ix_message_upload_expires_at"), table_name="message_upload")
    op.drop_table("message_upload")
    op.drop_table("message_attachment")
