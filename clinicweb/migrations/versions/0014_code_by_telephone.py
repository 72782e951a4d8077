"""Where a registration's code goes"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "registration_request", sa.Column("channels", sa.JSON(none_as_null=True), nullable=True)
    )
    op.add_column(
        "registration_request",
        sa.Column("channel", sa.String(length=10), nullable=False, server_default="email"),
    )


def downgrade() -> None:
    op.drop_column("registration_request", "channel")
    op.drop_column("registration_request", "channels")
