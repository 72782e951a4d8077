"""The long way to an hour"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service", sa.Column("area", sa.String(length=60), nullable=True))
    version = op.create_table(
        "catalogue_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_version")),
    )
    op.bulk_insert(version, [{"id": 1, "number": 1}])
    op.create_table(
        "guide_seen",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_guide_seen_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_guide_seen")),
    )


def downgrade() -> None:
    op.drop_table("guide_seen")
    op.drop_table("catalogue_version")
    op.drop_column("service", "area")
