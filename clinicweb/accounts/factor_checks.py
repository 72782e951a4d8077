"""Codes that their owner holds: is this one right, now?  One that is, is used up."""

import hashlib
import hmac
import logging
from collections.abc import Sequence

import pyotp
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from clinicweb.accounts import factor_news as news
from clinicweb.accounts.factor_models import RecoveryCode, TotpSecret
from clinicweb.accounts.factor_queries import codes_left, seal_of
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, sealed

log = logging.getLogger(__name__)

_STEP_SECONDS = 30


def is_app_code(session: Session, keys: Sequence[str], account_id: int, typed: str) -> bool:
    """Whether *typed* is a code of the account's app now."""
    query = select(TotpSecret).where(
        TotpSecret.account_id == account_id, TotpSecret.confirmed_at.is_not(None)
    )
    known = session.scalar(query)
    return known is not None and take_app_code(session, keys, known, typed)


def take_app_code(session: Session, keys: Sequence[str], known: TotpSecret, typed: str) -> bool:
    """The same of one secret, which may not be confirmed yet."""
    seal = seal_of(known.account_id)
    try:
        secret = sealed.unseal(keys, seal, known.sealed)
    except sealed.BadSeal:
        log.warning("the app's secret %s cannot be read: a secret key is missing", known.id)
        return False
    step = _step_of(secret, typed)
    if step is None:
        return False
    # Of two who send the same code at once, one finds the step as it was.
    taken = update(TotpSecret).where(
        TotpSecret.id == known.id,
        or_(TotpSecret.last_step.is_(None), TotpSecret.last_step < step),
    )
    # Sealed anew with the newest key: older ones can be taken away in time.
    new = taken.values(last_step=step, sealed=sealed.seal(keys, seal, secret))
    return session.execute(new.returning(TotpSecret.id)).first() is not None


def _step_of(secret: str, typed: str) -> int | None:
    """The half minute whose code *typed* is: the present one, the last or the next."""
    digits = "".join(typed.split())
    now, app = int(clock.now().timestamp()) // _STEP_SECONDS, pyotp.TOTP(secret)
    fits = {
        step: hmac.compare_digest(app.generate_otp(step).encode(), digits.encode())
        for step in (now - 1, now, now + 1)
    }
    return next((step for step, is_it in fits.items() if is_it), None)


def is_recovery_code(session: Session, rules: ClinicRules, account_id: int, typed: str) -> bool:
    """Whether *typed* is one of the account's codes on paper; the person is told."""
    used = update(RecoveryCode).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.code_hash == hash_of_code(account_id, typed),
        RecoveryCode.used_at.is_(None),
    )
    found = session.execute(used.values(used_at=clock.now()).returning(RecoveryCode.id)).first()
    if found is None:
        return False
    left = codes_left(session, account_id)
    news.tell(session, rules, account_id, news.CODE_USED, left=left)
    return True


def hash_of_code(account_id: int, code: str) -> str:
    """What the table keeps of a code on paper, however it is typed."""
    # 59 random bits: a slow hash would add nothing but waiting.
    letters = "".join(c for c in code.casefold() if c.isalnum())
    return hashlib.sha256(f"clinicweb.recovery.{account_id}.{letters}".encode()).hexdigest()
