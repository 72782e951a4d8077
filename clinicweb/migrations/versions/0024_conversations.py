"""Conversations"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=True),
        sa.Column("pair_key", sa.String(length=60), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_account_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assigned_account_id"],
            ["account.id"],
            name=op.f("fk_conversation_assigned_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_conversation_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_conversation_public_id")),
    )
    op.create_index(
        op.f("ix_conversation_patient_id"), "conversation", ["patient_id"], unique=False
    )
    op.create_index(
        "uq_conversation_open_pair",
        "conversation",
        ["pair_key"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "conversation_member",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_number", sa.Integer(), nullable=False),
        sa.Column("told_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_conversation_member_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_conversation_member_conversation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "conversation_id", "account_id", name=op.f("pk_conversation_member")
        ),
    )
    op.create_index(
        op.f("ix_conversation_member_account_id_conversation_member_left_at"),
        "conversation_member",
        ["account_id", "left_at"],
        unique=False,
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.String(length=22), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.Column("reply_to_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_message_author_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["reply_to_id"], ["message.id"], name=op.f("fk_message_reply_to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_public_id")),
    )
    op.create_index(
        op.f("ix_message_conversation_id_message_change"),
        "message",
        ["conversation_id", "change"],
        unique=False,
    )
    op.create_index(
        "uq_message_client_key", "message", ["conversation_id", "client_key"], unique=True
    )
    op.create_index("uq_message_number", "message", ["conversation_id", "number"], unique=True)
    op.create_table(
        "message_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_version_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_version")),
    )
    op.create_index(
        op.f("ix_message_version_message_id"), "message_version", ["message_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_message_version_message_id"), table_name="message_version")
    op.drop_table("message_version")
    op.drop_index("uq_message_number", table_name="message")
    op.drop_index("uq_message_client_key", table_name="message")
    op.drop_index(op.f("ix_message_conversation_id_message_change"), table_name="message")
    op.drop_table("message")
    op.drop_index(
        op.f("ix_conversation_member_account_id_conversation_member_left_at"),
        table_name="conversation_member",
    )
    op.drop_table("conversation_member")
    op.drop_index(
        "uq_conversation_open_pair",
        table_name="conversation",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_conversation_patient_id"), table_name="conversation")
    op.drop_table("conversation")
