"""The authenticator app: set up and taken away.  RFC 6238, six digits, half minutes."""

from collections.abc import Sequence
from datetime import timedelta

import pyotp
from sqlalchemy import Delete, delete
from sqlalchemy.orm import Session

from clinicweb.accounts import factor_news as news
from clinicweb.accounts.factor_checks import take_app_code
from clinicweb.accounts.factor_models import TotpSecret
from clinicweb.accounts.factor_queries import begun_secret, seal_of
from clinicweb.accounts.own_factor_actions import lock, refuse_to_end_the_last
from clinicweb.accounts.session_actions import note_factor_added
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, limits, sealed
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.viewer import Viewer

WRONG_CODE = "factor.code_wrong"
_HOUR = timedelta(hours=1)


def begin_app(keys: Sequence[str], viewer: Viewer) -> None:
    """
    Draw a secret for an app.  It counts from ``confirm_app`` on; one begun before is forgotten.

    What is set up already goes on meanwhile.
    """
    with transaction(viewer) as session:
        lock(session, viewer.account_id)
        session.execute(_all_of(viewer).where(TotpSecret.confirmed_at.is_(None)))
        begun = TotpSecret(
            account_id=viewer.account_id,
            sealed=sealed.seal(keys, seal_of(viewer.account_id), pyotp.random_base32()),
            created_at=clock.now(),
        )
        session.add(begun)
        news.note(session, viewer.account_id, "app_begin")


def confirm_app(rules: ClinicRules, keys: Sequence[str], viewer: Viewer, typed: str) -> None:
    """
    The first code shows that the app has the secret: from here on it is asked for.

    Raises: ``NotAllowed`` (``factor.code_wrong``), ``NotFound`` when none was begun lately,
    ``TooManyAttempts``.
    """
    rate = rules.sign_in.failures_per_account_hour
    with bookkeeping() as session:
        counted = f"app-setup:{viewer.account_id}"
        limits.count_attempt(session, counted, limit=rate, window=_HOUR)
    with transaction(viewer) as session:
        lock(session, viewer.account_id)
        begun = _begun(session, viewer)
        if not take_app_code(session, keys, begun, typed):
            raise NotAllowed(WRONG_CODE)
        session.execute(_all_of(viewer).where(TotpSecret.confirmed_at.is_not(None)))
        begun.confirmed_at = clock.now()
        note_factor_added(session, viewer.account_id)
        news.tell(session, rules, viewer.account_id, news.APP_ON)


def _begun(session: Session, viewer: Viewer) -> TotpSecret:
    found = session.scalar(begun_secret(viewer.account_id))
    if found is None:
        raise NotFound
    return found


def remove_app(rules: ClinicRules, viewer: Viewer) -> None:
    """Raises: ``NotAllowed`` (``factor.last``), ``NotFound`` when there is none."""
    with transaction(viewer) as session:
        lock(session, viewer.account_id)
        ended = _all_of(viewer).where(TotpSecret.confirmed_at.is_not(None))
        if session.execute(ended.returning(TotpSecret.id)).first() is None:
            raise NotFound
        refuse_to_end_the_last(session, rules, viewer)
        news.tell(session, rules, viewer.account_id, news.APP_OFF)


def _all_of(viewer: Viewer) -> Delete:
    return delete(TotpSecret).where(TotpSecret.account_id == viewer.account_id)
