"""When a session's person last showed who they are"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    confirmed = sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("login_session", confirmed)


def downgrade() -> None:
    op.drop_column("login_session", "confirmed_at")
