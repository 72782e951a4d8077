"""Registration"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registration_request",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("typed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("terms_version", sa.String(length=40), nullable=True),
        sa.Column("terms_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_attempts", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link_id", sa.String(length=22), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_request")),
        sa.UniqueConstraint("link_id", name=op.f("uq_registration_request_link_id")),
    )
    op.create_index(
        op.f("ix_registration_request_created_at"),
        "registration_request",
        ["created_at"],
        unique=False,
    )
    op.create_table(
        "terms_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_terms_acceptance_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_acceptance")),
    )
    op.create_index(
        op.f("ix_terms_acceptance_account_id"), "terms_acceptance", ["account_id"], unique=False
    )
    op.add_column(
        "account",
        sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("account", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("account", sa.Column("phone", sa.String(length=40), nullable=True))
    op.create_index(op.f("ix_account_email"), "account", ["email"], unique=False)
    _spell_cards_alike()


def _spell_cards_alike() -> None:
    """As imports write them from now on."""
    for column in ("affiliation_number", "card_serial"):
        spelled = f"replace(replace(upper({column}), ' ', ''), '-', '')"
        op.execute(f"UPDATE patient SET {column} = {spelled} WHERE {column} IS NOT NULL")  # noqa: S608


def downgrade() -> None:
    op.execute("DELETE FROM one_time_link WHERE account_id IS NULL")
    op.drop_index(op.f("ix_account_email"), table_name="account")
    op.drop_column("account", "phone")
    op.drop_column("account", "email")
    op.drop_column("account", "must_change_password")
    op.drop_index(op.f("ix_terms_acceptance_account_id"), table_name="terms_acceptance")
    op.drop_table("terms_acceptance")
    op.drop_index(op.f("ix_registration_request_created_at"), table_name="registration_request")
    op.drop_table("registration_request")
