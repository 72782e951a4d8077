"""Conversations by when something was last said"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_conversation_last_at"), "conversation", ["last_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_conversation_last_at"), table_name="conversation")
