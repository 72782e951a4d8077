"""Reading what strong factors an account has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from clinicweb.accounts.factor_models import Passkey, RecoveryCode, TotpSecret
from clinicweb.core import clock, sealed
from clinicweb.core.db import reading
from clinicweb.core.viewer import Viewer

TOTP = "totp"
PASSKEY = "passkey"
RECOVERY = "recovery"

# How long a secret that was shown waits for its first code.
BEGUN_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One passkey, for its owner's list."""

    public_id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """All strong factors of one account; *app_since* is None where there is no app."""

    app_since: datetime | None
    passkeys: tuple[PasskeyRow, ...]
    codes_left: int
    has_codes: bool  # some were made, used or not

    @property
    def is_any(self) -> bool:
        """Codes alone are none: they stand in for something that was lost."""
        return self.app_since is not None or bool(self.passkeys)


def get_factors(viewer: Viewer) -> Factors:
    """The viewer's own, the oldest passkey first."""
    mine = viewer.account_id
    app = select(TotpSecret.confirmed_at).where(
        TotpSecret.account_id == mine, TotpSecret.confirmed_at.is_not(None)
    )
    passkeys = select(Passkey).where(Passkey.account_id == mine).order_by(Passkey.id)
    with reading() as session:
        return Factors(
            app_since=session.scalar(app),
            passkeys=tuple(_row(passkey) for passkey in session.scalars(passkeys)),
            codes_left=codes_left(session, mine),
            has_codes=bool(session.scalar(select(exists().where(RecoveryCode.account_id == mine)))),
        )


def _row(passkey: Passkey) -> PasskeyRow:
    return PasskeyRow(passkey.public_id, passkey.name, passkey.created_at, passkey.last_used_at)


def get_begun_app(viewer: Viewer, keys: Sequence[str]) -> str | None:
    """The secret that waits for its first code; None when there is none, or no longer."""
    with reading() as session:
        begun = session.scalar(begun_secret(viewer.account_id))
        if begun is None:
            return None
        try:
            return sealed.unseal(keys, seal_of(viewer.account_id), begun.sealed)
        except sealed.BadSeal:
            return None


def begun_secret(account_id: int) -> Select[TotpSecret]:
    """The one drawn lately and not confirmed yet."""
    return select(TotpSecret).where(
        TotpSecret.account_id == account_id,
        TotpSecret.confirmed_at.is_(None),
        TotpSecret.created_at > clock.now() - BEGUN_FOR,
    )


def seal_of(account_id: int) -> str:
    """What an account's secret is sealed for: in another's row it cannot be read."""
    return f"totp.{account_id}"


def codes_left(session: Session, account_id: int) -> int:
    query = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(query) or 0


def strong_kinds(session: Session, account_id: int) -> tuple[str, ...]:
    """
    Which strong factors an account has: ``passkey``, ``totp``, and with one of them ``recovery``
    while codes are left.
    """
    is_mine = {
        PASSKEY: Passkey.account_id == account_id,
        TOTP: (TotpSecret.account_id == account_id) & TotpSecret.confirmed_at.is_not(None),
        RECOVERY: (RecoveryCode.account_id == account_id) & RecoveryCode.used_at.is_(None),
    }
    found = session.execute(select(*(exists().where(each) for each in is_mine.values()))).one()
    kinds = tuple(kind for kind, is_there in zip(is_mine, found, strict=True) if is_there)
    return kinds if set(kinds) != {RECOVERY} else ()
