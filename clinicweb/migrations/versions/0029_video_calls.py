"""Video calls"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_LIVE = sa.text("ended_at IS NULL")
_ONE_LIVE = {
    "uq_video_call_live_conversation": "conversation_id",
    "uq_video_call_live_caller": "caller_id",
    "uq_video_call_live_callee": "callee_id",
}


def upgrade() -> None:
    op.create_table(
        "video_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("caller_id", sa.Integer(), nullable=False),
        sa.Column("callee_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("caller_seat", sa.String(length=22), nullable=True),
        sa.Column("callee_seat", sa.String(length=22), nullable=True),
        sa.Column("quality", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_video_call_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_video_call_patient_id")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["account.id"], name=op.f(f"fk_video_call_{name}"))
            for name in ("caller_id", "callee_id", "ended_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_call")),
        sa.UniqueConstraint("public_id", name=op.f("uq_video_call_public_id")),
    )
    op.create_index(op.f("ix_video_call_patient_id"), "video_call", ["patient_id"], unique=False)
    op.create_index(
        "ix_video_call_live_deadline_at",
        "video_call",
        ["deadline_at"],
        unique=False,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    for name, column in _ONE_LIVE.items():
        op.create_index(
            name, "video_call", [column], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
        )


def downgrade() -> None:
    for name in ("ix_video_call_live_deadline_at", *_ONE_LIVE):
        op.drop_index(name, table_name="video_call", sqlite_where=_LIVE, postgresql_where=_LIVE)
    op.drop_index(op.f("ix_video_call_patient_id"), table_name="video_call")
    op.drop_table("video_call")
