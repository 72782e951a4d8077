"""The mails about accounts."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts import one_time
from clinicweb.accounts.models import Account, RecoveryRequest, RegistrationRequest
from clinicweb.accounts.people import Person, users_of
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import language
from clinicweb.core.ids import new_public_id
from clinicweb.notifications.actions import NewMessage, enqueue

USERS = "account_users"
ACTIVATION = "account_activation"
ACTIVATED = "account_activated"
NOT_REGISTERED = "account_not_registered"
PASSWORD_LINK = "password_link"  # noqa: S105  names of templates
PASSWORD_CHANGED = "password_changed"  # noqa: S105

RESET_PATH = "/clave/nueva/"
ACTIVATE_PATH = "/cuenta/activar/"


def tell_users(
    session: Session, rules: ClinicRules, request: RecoveryRequest, people: Sequence[Person]
) -> None:
    """S4-18: all the users of one address."""
    lines = [{"name": person.name, "users": list(person.users)} for person in people]
    context = {**_clinic(rules), "people": lines}
    _send(session, USERS, people[0].email, request.language, context)


def tell_password_link(
    session: Session, rules: ClinicRules, request: RecoveryRequest, person: Person, link_id: str
) -> None:
    """The link itself is made when the mail is: the outbox holds nothing that opens an account."""
    context = {
        **_clinic(rules),
        "person_name": person.name,
        "users": list(person.users),
        "minutes": rules.recovery.link_minutes,
        "link": {"purpose": one_time.RESET_PASSWORD, "id": link_id, "path": RESET_PATH},
    }
    _send(session, PASSWORD_LINK, person.email, request.language, context)


def tell_password_changed(session: Session, rules: ClinicRules, account: Account) -> None:
    """S3-61, S3-80: whoever did not do it can act."""
    email = account.email or session.scalar(
        select(Patient.email).where(Patient.id == account.patient_id)
        if account.patient_id
        else select(Practitioner.email).where(Practitioner.id == account.practitioner_id)
    )
    if email:
        context = {**_clinic(rules), "person_name": account.name}
        _send(session, PASSWORD_CHANGED, email, language(), context)


def tell_activation(
    session: Session, rules: ClinicRules, account: Account, lang: str, link_id: str
) -> None:
    """S1-6, S3-14, S4-13: link and code, in one mail."""
    registration = rules.registration
    context = {
        **_clinic(rules),
        "person_name": account.name,
        "hours": registration.link_hours,
        "minutes": registration.code_minutes,
        "link": {"purpose": one_time.ACTIVATE, "id": link_id, "path": ACTIVATE_PATH},
        "code_for": {"purpose": one_time.ACTIVATE, "id": link_id},
    }
    _send(session, ACTIVATION, str(account.email), lang, context)


def tell_activated(
    session: Session, rules: ClinicRules, account: Account, one_use_id: str | None
) -> None:
    """S3-8, S4-14: the account is open; with the one-use password where one was made."""
    context = {
        **_clinic(rules),
        "person_name": account.name,
        "users": list(users_of(account)),
        "password_for": {"purpose": one_time.ACTIVATE, "id": one_use_id} if one_use_id else None,
    }
    _send(session, ACTIVATED, str(account.email), language(), context)


def tell_welcome(session: Session, rules: ClinicRules, account: Account, lang: str) -> None:
    """S0-16: the account was made, and can be used at once."""
    context = {
        **_clinic(rules),
        "person_name": account.name,
        "users": list(users_of(account)),
        "password_for": None,
    }
    _send(session, ACTIVATED, str(account.email), lang, context)


def tell_not_registered(
    session: Session, rules: ClinicRules, request: RegistrationRequest, *, taken: bool
) -> None:
    """S3-69, S4-16: to who asked, in their own mailbox alone."""
    typed = request.typed or {}
    if typed.get("email"):
        context = {**_clinic(rules), "has_account": taken}
        _send(session, NOT_REGISTERED, str(typed["email"]), request.language, context)


def _clinic(rules: ClinicRules) -> Mapping[str, Any]:
    return {"clinic_name": rules.identity.name, "clinic_phone": rules.identity.phone or None}


def _send(
    session: Session, template: str, email: str, lang: str, context: Mapping[str, Any]
) -> None:
    message = NewMessage(
        template=template,
        recipient=email,
        language=lang,
        context=context,
        dedupe_key=f"{template}/{new_public_id()}",
    )
    enqueue(session, message)
