"""A new password in place of the old one: sessions end, mailed links die."""

from sqlalchemy.orm import Session

from clinicweb.accounts import journal, one_time
from clinicweb.accounts.models import Account


def replace(
    session: Session, account: Account, password_hash: str, *, is_one_use: bool = False
) -> None:
    """
    *account*, locked by the caller, has another password from here on.

    Args:
        is_one_use: it lets in once, to choose another.
    """
    account.password_hash = password_hash
    account.must_change_password = is_one_use
    account.credential_version += 1
    one_time.close_all(session, account.id)
    journal.note(session, "password.change", account)
