"""Recovery codes: ten, each good once, for who has lost what else they come in with."""

from datetime import timedelta

from sqlalchemy import delete

from clinicweb.accounts import factor_news as news
from clinicweb.accounts.factor_checks import hash_of_code
from clinicweb.accounts.factor_models import RecoveryCode
from clinicweb.accounts.own_factor_actions import lock
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, limits, tokens
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.viewer import Viewer

CODES = 10
SETS_AN_HOUR = 10
_HOUR = timedelta(hours=1)


def make_codes(rules: ClinicRules, viewer: Viewer) -> tuple[str, ...]:
    """
    New codes, to be shown this once; those before them no longer count.

    Raises: ``TooManyAttempts``.
    """
    mine, codes = viewer.account_id, tuple(tokens.new_code_of_letters() for _ in range(CODES))
    with bookkeeping() as session:
        limits.count_attempt(session, f"codes:{mine}", limit=SETS_AN_HOUR, window=_HOUR)
    with transaction(viewer) as session:
        lock(session, mine)
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == mine))
        session.add_all(
            RecoveryCode(
                account_id=mine, code_hash=hash_of_code(mine, code), created_at=clock.now()
            )
            for code in codes
        )
        news.tell(session, rules, mine, news.CODES_NEW)
    return codes
