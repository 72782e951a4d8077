"""Attention by video: who came, consent, calls of appointments"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_LIVE = sa.text("ended_at IS NULL")
_ONE_LIVE = {
    "uq_video_call_live_conversation": "conversation_id",
    "uq_video_call_live_caller": "caller_id",
    "uq_video_call_live_callee": "callee_id",
}
_LINKS = (
    ("appointment_id", "appointment.id"),
    ("conversation_id", "conversation.id"),
    ("patient_id", "patient.id"),
    ("caller_id", "account.id"),
    ("callee_id", "account.id"),
    ("ended_by_id", "account.id"),
)


def _time(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "attention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("shown_name", sa.String(length=120), nullable=True),
        *(_time(name) for name in ("arrived_at", "seen_at", "left_at", "admitted_at")),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        _time("outcome_at"),
        sa.Column("outcome_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_attention_appointment_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_attention_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_by_id"], ["account.id"], name=op.f("fk_attention_outcome_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attention")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_attention_appointment_id")),
    )
    op.create_index(op.f("ix_attention_account_id"), "attention", ["account_id"], unique=False)
    _create_consent()
    _let_calls_belong_to_appointments()
    op.create_index(
        op.f("ix_video_call_appointment_id"), "video_call", ["appointment_id"], unique=False
    )
    op.create_index(
        "uq_video_call_live_appointment",
        "video_call",
        ["appointment_id"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )


def _let_calls_belong_to_appointments() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return _make_calls_anew(has_appointments=True)
    op.alter_column("video_call", "conversation_id", nullable=True)
    op.add_column("video_call", sa.Column("appointment_id", sa.Integer(), nullable=True))
    return op.create_foreign_key(
        op.f("fk_video_call_appointment_id"),
        "video_call",
        "appointment",
        ["appointment_id"],
        ["id"],
    )


def _let_calls_belong_to_conversations_alone() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return _make_calls_anew(has_appointments=False)
    op.drop_column("video_call", "appointment_id")
    return op.alter_column("video_call", "conversation_id", nullable=False)


def _make_calls_anew(*, has_appointments: bool) -> None:
    """SQLite changes no column: another table takes the place of the one that there is."""
    for name in ("ix_video_call_live_deadline_at", *_ONE_LIVE):
        op.drop_index(name, table_name="video_call", sqlite_where=_LIVE)
    op.drop_index(op.f("ix_video_call_patient_id"), table_name="video_call")
    links = _LINKS if has_appointments else _LINKS[1:]
    columns: list[sa.Column[Any]] = [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=has_appointments),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("caller_id", sa.Integer(), nullable=False),
        sa.Column("callee_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        _time("asked_at", nullable=False),
        _time("deadline_at", nullable=False),
        *(_time(name) for name in ("answered_at", "ended_at")),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("caller_seat", sa.String(length=22), nullable=True),
        sa.Column("callee_seat", sa.String(length=22), nullable=True),
        sa.Column("quality", sa.JSON(), nullable=True),
    ]
    names = ", ".join(column.name for column in columns)
    op.rename_table("video_call", "video_call_before")
    op.create_table(
        "video_call",
        *columns,
        *([sa.Column("appointment_id", sa.Integer(), nullable=True)] if has_appointments else []),
        *(
            sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_video_call_{name}"))
            for name, target in links
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_call")),
        sa.UniqueConstraint("public_id", name=op.f("uq_video_call_public_id")),
    )
    op.execute(f"INSERT INTO video_call ({names}) SELECT {names} FROM video_call_before")  # noqa: S608  column names
    op.drop_table("video_call_before")
    _index_calls()


def _index_calls() -> None:
    op.create_index(op.f("ix_video_call_patient_id"), "video_call", ["patient_id"], unique=False)
    op.create_index(
        "ix_video_call_live_deadline_at", "video_call", ["deadline_at"], sqlite_where=_LIVE
    )
    for name, column in _ONE_LIVE.items():
        op.create_index(name, "video_call", [column], unique=True, sqlite_where=_LIVE)


def _create_consent() -> None:
    op.create_table(
        "telecare_text",
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("text_hash", name=op.f("pk_telecare_text")),
    )
    op.create_table(
        "telecare_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        _time("accepted_at", nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_telecare_consent_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_telecare_consent_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["text_hash"],
            ["telecare_text.text_hash"],
            name=op.f("fk_telecare_consent_text_hash"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telecare_consent")),
    )
    op.create_index(
        "uq_telecare_consent_text",
        "telecare_consent",
        ["patient_id", "account_id", "version", "text_hash"],
        unique=True,
    )


def downgrade() -> None:
    # A call that belongs to no conversation has no place in what was before.
    op.execute("DELETE FROM video_call WHERE conversation_id IS NULL")
    op.drop_index(
        "uq_video_call_live_appointment",
        table_name="video_call",
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.drop_index(op.f("ix_video_call_appointment_id"), table_name="video_call")
    _let_calls_belong_to_conversations_alone()
    op.drop_index("uq_telecare_consent_text", table_name="telecare_consent")
    op.drop_table("telecare_consent")
    op.drop_table("telecare_text")
    op.drop_index(op.f("ix_attention_account_id"), table_name="attention")
    op.drop_table("attention")
