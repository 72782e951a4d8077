"""Showing again who one is, before changing how one comes in."""

import secrets
from datetime import timedelta

from clinicweb.accounts import passwords
from clinicweb.accounts.models import Account, LoginSession
from clinicweb.accounts.queries import key_hash
from clinicweb.accounts.recovery_actions import WRONG_PASSWORD, own_counter
from clinicweb.audit import actions as audit
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, limits
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.errors import NotAllowed
from clinicweb.core.viewer import Viewer

_HOUR = timedelta(hours=1)


def confirm_by_password(rules: ClinicRules, viewer: Viewer, password: str) -> str:
    """
    Check the viewer's own password.

    Returns: the session's new key.
    Raises: ``NotAllowed`` (``password.wrong``), ``TooManyAttempts``.
    """
    counted, rate = own_counter(viewer), rules.sign_in.failures_per_account_hour
    with bookkeeping() as session:
        limits.count_attempt(session, counted, limit=rate, window=_HOUR)
        present = session.get_one(Account, viewer.account_id).password_hash
    if not passwords.is_right(password, present):
        raise NotAllowed(WRONG_PASSWORD)
    with bookkeeping() as session:
        limits.give_back_attempt(session, counted)
    return note_confirmed(viewer, "password")


def note_confirmed(viewer: Viewer, means: str) -> str:
    """
    The viewer has just shown who they are, by *means*.

    Returns: the session's new key; a copy of the one before is worth nothing from here on.
    """
    key = secrets.token_urlsafe(32)
    with transaction(viewer) as session:
        login = session.get_one(LoginSession, viewer.session_id, with_for_update=True)
        login.key_hash, login.confirmed_at = key_hash(key), clock.now()
        audit.record(
            session,
            "session.confirm",
            record_type="login_session",
            record_id=login.id,
            patient_id=viewer.patient_id,
            detail={"account": viewer.account_id, "means": means},
        )
    return key
