"""The address that «Recuperar contraseña» may ask for besides the user name"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recovery_request", sa.Column("email", sa.String(length=254), nullable=True))


def downgrade() -> None:
    op.drop_column("recovery_request", "email")
