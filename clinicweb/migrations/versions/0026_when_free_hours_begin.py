"""Indexes to jump from one free start to the next"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_FREE = sa.text("status = 'free'")
_INDEXES = {
    "ix_slot_free_start": ["service_id", "day", "starts_at", "id"],
    "ix_slot_free_site": ["service_id", "site_id", "modality", "day", "starts_at", "id"],
}


def upgrade() -> None:
    for name, columns in _INDEXES.items():
        op.create_index(name, "slot", columns, sqlite_where=_FREE, postgresql_where=_FREE)


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, "slot")
