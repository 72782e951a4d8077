"""What all strong factors share: one change at a time, none demanded is ended, all can be reset."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from clinicweb.accounts import factor_news as news
from clinicweb.accounts import factors, known_devices, names, one_time, policy
from clinicweb.accounts.factor_models import (
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    TotpSecret,
)
from clinicweb.accounts.factor_queries import BEGUN_FOR
from clinicweb.accounts.models import Account, AccountIdentifier, LoginSession
from clinicweb.accounts.sign_in_actions import setting_for
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.viewer import Actor, Viewer

FACTOR_LAST = "factor.last"


def lock(session: Session, account_id: int) -> None:
    """Of two changes to one account's factors, the second waits here, and then sees the first."""
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())


def refuse_to_end_the_last(session: Session, rules: ClinicRules, viewer: Viewer) -> None:
    """Raises: ``NotAllowed`` (``factor.last``) when the rest is less than the clinic demands."""
    account = session.get_one(Account, viewer.account_id)
    is_demanded = setting_for(rules.sign_in, account) != policy.OFF
    if is_demanded and not factors.means_of(session, account):
        raise NotAllowed(FACTOR_LAST)


def reset_factors(rules: ClinicRules, actor: Actor, identifier: str) -> str:
    """
    Take all strong factors from an account whose owner has lost them; its sessions end.

    The person signs in with the password and, where the clinic asks for more, with what the
    clinic has: the e-mail or the telephone of the record.

    Returns: the person's name.  Raises: ``NotFound`` when *identifier* means nobody.
    """
    with transaction(actor) as session:
        account = _named(session, rules, identifier)
        lock(session, account.id)
        for table in (TotpSecret, Passkey, RecoveryCode, PasskeyChallenge):
            session.execute(delete(table).where(table.account_id == account.id))
        one_time.close_all(session, account.id)
        going_on = LoginSession.account_id == account.id, LoginSession.ended_at.is_(None)
        session.execute(update(LoginSession).where(*going_on).values(ended_at=clock.now()))
        known_devices.forget_all(session, account.id)
        news.tell(session, rules, account.id, news.RESET)
        return account.name


def _named(session: Session, rules: ClinicRules, identifier: str) -> Account:
    for kind, value in names.candidates(identifier, rules.sign_in):
        found = session.scalar(
            select(Account)
            .join(AccountIdentifier)
            .where(AccountIdentifier.kind == kind, AccountIdentifier.value == value)
        )
        if found:
            return found
    raise NotFound


def purge() -> None:
    """Forget what was begun and never finished."""
    now = clock.now()
    over = PasskeyChallenge.expires_at < now
    begun = TotpSecret.confirmed_at.is_(None) & (TotpSecret.created_at < now - BEGUN_FOR)
    with bookkeeping() as session:
        session.execute(delete(PasskeyChallenge).where(over))
        session.execute(delete(TotpSecret).where(begun))
