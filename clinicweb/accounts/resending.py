"""Registrations that wait for their mailbox to be opened, mailed once more.  S3-72."""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from clinicweb.accounts import names
from clinicweb.accounts.models import (
    AFFILIATION,
    DOCUMENT,
    EMAIL,
    USERNAME,
    RegistrationRequest,
)
from clinicweb.accounts.registration_actions import MAILS_AN_HOUR
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, limits

_MOST = 10
_HOUR = timedelta(hours=1)


def send_again(session: Session, rules: ClinicRules, typed: str) -> None:
    """
    Let the worker answer once more what *typed* may mean: each to the address of its own.

    Of one registration there are as many mails an hour as on the page of its code.
    """
    waiting = (
        select(RegistrationRequest)
        .where(RegistrationRequest.link_id.is_not(None), _is_meant(rules, typed))
        .order_by(RegistrationRequest.created_at.desc())
        .limit(_MOST)
    )
    for request in session.scalars(waiting):
        counted = f"again:{request.id}"
        if limits.may_attempt(session, counted, limit=MAILS_AN_HOUR, window=_HOUR):
            request.answered_at = None
            request.code_sent_at = clock.now()
            request.code_attempts = 0


def _is_meant(rules: ClinicRules, typed: str) -> ColumnElement[bool]:
    meant = {*names.candidates(typed, rules.sign_in), (EMAIL, names.username(typed))}
    return or_(*(_written(kind) == value for kind, value in meant))


def _written(kind: str) -> ColumnElement[str]:
    """What was typed as a name of *kind*, spelled as ``names.candidates`` does."""
    text = RegistrationRequest.typed[_FIELDS[kind]].as_string()
    if kind == AFFILIATION:
        return func.replace(func.replace(func.upper(text), " ", ""), "-", "")
    return text if kind == DOCUMENT else func.lower(text)


# Where a name that signs in stands among what was typed.
_FIELDS = {
    DOCUMENT: "document",
    EMAIL: "email",
    AFFILIATION: "affiliation_number",
    USERNAME: "username",
}
