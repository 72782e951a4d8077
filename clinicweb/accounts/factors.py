"""
What can prove, beside the password, who somebody is: the one dispatch over the means.

A means is one that we send a code to, or one that its owner holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from clinicweb.accounts import factor_checks, factor_queries, letters
from clinicweb.accounts.factor_queries import RECOVERY, TOTP
from clinicweb.accounts.models import Account, SignInRequest
from clinicweb.accounts.people import contact_of
from clinicweb.accounts.queries import masked
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import tokens
from clinicweb.core.errors import TooManyAttempts
from clinicweb.core.phones import masked_phone
from clinicweb.core.text import only_digits
from clinicweb.notifications.actions import EMAIL, SMS, count_text
from clinicweb.notifications.queries import can_text

# What the codes of a sign-in are made for; see ``code_id``.
SIGN_IN = tokens.declare_purpose("sign-in")
_HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Means:
    """
    One way to prove who one is.

    Args:
        where: what its owner knows it by, masked: ``a•••@correo.example``; empty for what
            they hold themselves.
        is_own: set up by the person: asked of them even where the clinic asks for none.
    """

    kind: str
    where: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and what its answer is checked with; *keys* are the secret keys."""

    rules: ClinicRules
    keys: Sequence[str]
    request: SignInRequest


class Check(Protocol):
    """
    Whether *typed* proves it now, for the request's account.  What is good once is used up in
    this transaction.
    """

    def __call__(self, session: Session, asked: Asked, typed: str, /) -> bool: ...


class Sending(Protocol):
    """Write the message with the code down."""

    def __call__(
        self, session: Session, rules: ClinicRules, request: SignInRequest, account: Account, /
    ) -> None: ...


def means_of(session: Session, account: Account) -> tuple[Means, ...]:
    """
    What *account* can prove itself by, in the order in which it is offered.

    What its owner set up takes the place of what is sent: else whoever reads their mail, and
    with it has a new password, would have all that is asked.
    """
    own = factor_queries.strong_kinds(session, account.id)
    if own:
        return tuple(Means(kind, is_own=True) for kind in own)
    contact, found = contact_of(session, account), []
    if contact.email:
        found.append(Means(EMAIL, masked(contact.email)))
    if contact.phone and can_text(current_rules(), contact.phone):
        found.append(Means(SMS, masked_phone(contact.phone)))
    return tuple(found)


def code_id(request: SignInRequest) -> str:
    """What the present code of *request* is derived from: each choice makes another one."""
    return f"{request.id}.{request.choices}"


def is_sent(kind: str) -> bool:
    """Whether a code goes out for it."""
    return kind in _SENDINGS


def send(session: Session, rules: ClinicRules, request: SignInRequest, account: Account) -> None:
    """Send the present code of *request* by its means, where one is sent."""
    sending = _SENDINGS.get(request.kind or "")
    if sending:
        sending(session, rules, request, account)


def is_right(session: Session, asked: Asked, typed: str) -> bool:
    """Whether *typed* is what the means of the request asks for."""
    check = _CHECKS.get(asked.request.kind or "")
    return check is not None and check(session, asked, typed)


def _is_sent_code(_session: Session, asked: Asked, typed: str) -> bool:
    return tokens.is_code(asked.keys, SIGN_IN, code_id(asked.request), only_digits(typed))


def _is_app_code(session: Session, asked: Asked, typed: str) -> bool:
    code = only_digits(typed)
    return factor_checks.is_app_code(session, asked.keys, asked.request.account_id, code)


def _is_recovery_code(session: Session, asked: Asked, typed: str) -> bool:
    return factor_checks.is_recovery_code(session, asked.rules, asked.request.account_id, typed)


def _send_by_email(
    session: Session, rules: ClinicRules, request: SignInRequest, account: Account
) -> None:
    email = contact_of(session, account).email
    if email:
        letters.tell_sign_in_code(session, rules, account, email, _proof(request))


def _send_by_sms(
    session: Session, rules: ClinicRules, request: SignInRequest, account: Account
) -> None:
    phone = contact_of(session, account).phone
    if phone and not count_text(session, rules.sms, phone):
        raise TooManyAttempts(_HOUR_SECONDS)
    if phone:
        letters.text_sign_in_code(session, rules, account, phone, _proof(request))


def _proof(request: SignInRequest) -> Mapping[str, str]:
    return {"purpose": SIGN_IN, "id": code_id(request)}


_SENDINGS: Mapping[str, Sending] = {EMAIL: _send_by_email, SMS: _send_by_sms}
# A passkey is shown on a page of its own: what it says is nothing that a person types.
_CHECKS: Mapping[str, Check] = {
    EMAIL: _is_sent_code,
    SMS: _is_sent_code,
    TOTP: _is_app_code,
    RECOVERY: _is_recovery_code,
}
