"""What proves, beside the password, that a person is who they say: apps, passkeys, codes."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from clinicweb.core.db import Base

_IS_CONFIRMED = text("confirmed_at IS NOT NULL")


class TotpSecret(Base):
    """
    What an authenticator app and we both know; sealed.

    It counts once a first code has shown that the app has it. ``last_step`` is the newest
    half minute whose code was taken: neither that one nor an older one is taken again.
    """

    __tablename__ = "totp_secret"
    __table_args__ = (
        Index(
            "uq_totp_secret_confirmed",
            "account_id",
            unique=True,
            sqlite_where=_IS_CONFIRMED,
            postgresql_where=_IS_CONFIRMED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """One code for who has lost the rest; good once.  Using it is one UPDATE of ``used_at``."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyUser(Base):
    """What authenticators call an account: random, and nothing that anybody else knows it by."""

    __tablename__ = "passkey_user"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    handle: Mapped[str] = mapped_column(String(86), unique=True)


class Passkey(Base):
    """One key that a telephone, a computer or a stick keeps for an account; its public half."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)  # base64url
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # Rises with each use where the authenticator counts; one that falls back was copied.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[str] = mapped_column(String(120))  # words, joined by spaces
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """
    What an authenticator is asked to sign, once, in the browser that asked for it.

    Using it is one UPDATE of ``used_at``. ``purpose`` says what for: ``add`` (of *account_id*),
    ``sign-in`` (nobody's yet) or ``factor`` (of *account_id*, whose password was right).
    """

    __tablename__ = "passkey_challenge"

    challenge: Mapped[str] = mapped_column(String(43), primary_key=True)  # base64url
    purpose: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
