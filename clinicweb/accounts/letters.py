"""The mails and text messages about accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from clinicweb.accounts import one_time
from clinicweb.accounts.models import Account, EmailChange, RecoveryRequest, RegistrationRequest
from clinicweb.accounts.people import Person, people_of, users_of
from clinicweb.accounts.queries import masked
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import language
from clinicweb.core.ids import new_public_id
from clinicweb.core.tokens import Purpose
from clinicweb.notifications.actions import EMAIL, SMS, NewMessage, enqueue

USERS = "account_users"
ACTIVATION = "account_activation"
ACTIVATED = "account_activated"
NOT_REGISTERED = "account_not_registered"
PASSWORD_CHANGED = "password_changed"  # noqa: S105  names of templates
TEMPORARY_PASSWORD = "password_temporary"  # noqa: S105
SIGN_IN_CODE = "sign_in_code"
CODE_MINUTES = 10
_CODE_LASTS = timedelta(minutes=CODE_MINUTES)
EMAIL_LINK = "email_change_link"
EMAIL_ASKED = "email_change_asked"
DATA_CHANGED = "own_data_changed"
INVITATION = "account_invitation"

ACTIVATE_PATH = "/cuenta/activar/"
CHANGE_EMAIL_PATH = "/correo/confirmar/"
INVITE_PATH = "/invitacion/"


@dataclass(frozen=True, slots=True)
class PasswordWay:
    """How «Recuperar contraseña» goes on: the first mail, and the link in it."""

    template: str
    purpose: Purpose
    path: str


# By ``recovery.password_by``.
PASSWORD_WAYS = {
    "link": PasswordWay("password_link", one_time.RESET_PASSWORD, "/clave/nueva/"),
    "temporary": PasswordWay("password_confirm", one_time.TEMPORARY_PASSWORD, "/clave/temporal/"),
}


def tell_users(
    session: Session, rules: ClinicRules, request: RecoveryRequest, people: Sequence[Person]
) -> None:
    """S4-18: all the users of one address."""
    lines = [{"name": person.name, "users": list(person.users)} for person in people]
    context = {**of_clinic(rules), "people": lines}
    send(session, USERS, people[0].email, people[0].language or request.language, context)


def tell_password_link(
    session: Session, rules: ClinicRules, request: RecoveryRequest, person: Person, link_id: str
) -> None:
    """The link itself is made when the mail is: the outbox holds nothing that opens an account."""
    way = PASSWORD_WAYS[rules.recovery.password_by]
    context = {
        **of_clinic(rules),
        "person_name": person.name,
        "users": list(person.users),
        "minutes": rules.recovery.link_minutes,
        "link": {"purpose": way.purpose, "id": link_id, "path": way.path},
    }
    send(session, way.template, person.email, person.language or request.language, context)


def tell_temporary_password(
    session: Session, rules: ClinicRules, account: Account, purpose: Purpose, link_id: str
) -> None:
    """S4-19: the password is made of the link with the mail; nothing of it is stored."""
    for person in people_of(session, rules, account.id):
        context = {
            **of_clinic(rules),
            "person_name": person.name,
            "users": list(person.users),
            "password_for": {"purpose": purpose, "id": link_id},
        }
        lang = person.language or language()
        send(session, TEMPORARY_PASSWORD, person.email, lang, context)


def tell_password_changed(session: Session, rules: ClinicRules, account: Account) -> None:
    """S3-61, S3-80: whoever did not do it can act."""
    for person in people_of(session, rules, account.id):
        context = {**of_clinic(rules), "person_name": person.name}
        send(session, PASSWORD_CHANGED, person.email, person.language or language(), context)


def tell_sign_in_code(
    session: Session, rules: ClinicRules, account: Account, email: str, proof: Mapping[str, str]
) -> None:
    """S1-11: the code itself is made when the mail is; the outbox holds only what it is of."""
    context = {
        **of_clinic(rules),
        "person_name": account.name,
        "minutes": CODE_MINUTES,
        "code_for": dict(proof),
    }
    send(
        session, SIGN_IN_CODE, email, account.language or language(), context, good_for=_CODE_LASTS
    )


def text_sign_in_code(
    session: Session, rules: ClinicRules, account: Account, phone: str, proof: Mapping[str, str]
) -> None:
    """The same by text message to *phone* (E.164)."""
    context = {
        "clinic_name": rules.sms_name,
        "minutes": CODE_MINUTES,
        "code_for": dict(proof),
    }
    send(
        session,
        SIGN_IN_CODE,
        phone,
        account.language or language(),
        context,
        channel=SMS,
        good_for=_CODE_LASTS,
    )


def tell_activation(
    session: Session, rules: ClinicRules, request: RegistrationRequest, name: str | None
) -> None:
    """S1-6, S3-14, S4-13: the link, and the code where a page waits for it, in one mail."""
    registration, typed = rules.registration, request.typed or {}
    proof = {"purpose": one_time.ACTIVATE, "id": request.link_id}
    has_code = registration.activation != "none"
    context = {
        **of_clinic(rules),
        "person_name": name or typed.get("full_name"),
        "hours": registration.link_hours,
        "minutes": registration.code_minutes,
        "link": {**proof, "path": ACTIVATE_PATH},
        "code_for": proof if has_code else None,
    }
    send(session, ACTIVATION, str(typed["email"]), request.language, context)


def text_activation(session: Session, rules: ClinicRules, request: RegistrationRequest) -> None:
    """S1-6: the code alone."""
    minutes = rules.registration.code_minutes
    context = {
        "clinic_name": rules.sms_name,
        "minutes": minutes,
        "code_for": {"purpose": one_time.ACTIVATE, "id": request.link_id},
    }
    message = NewMessage(
        channel=SMS,
        template=ACTIVATION,
        recipient=str((request.typed or {}).get("phone")),
        language=request.language,
        context=context,
        dedupe_key=f"{ACTIVATION}/{new_public_id()}",
        good_for=timedelta(minutes=minutes),
    )
    enqueue(session, message)


def tell_activated(
    session: Session,
    rules: ClinicRules,
    account: Account,
    lang: str,
    *,
    one_use_of: str | None = None,
) -> None:
    """
    S0-16, S3-8, S4-14: the account is open.

    Args:
        one_use_of: the link that the one-use password was made of, where one was.
    """
    proof = {"purpose": one_time.ACTIVATE, "id": one_use_of}
    context = {
        **of_clinic(rules),
        "person_name": account.name,
        "users": list(users_of(account, rules)),
        "password_for": proof if one_use_of else None,
    }
    address = account.email or next(
        (person.email for person in people_of(session, rules, account.id)), None
    )
    if address:  # who came in by telephone may have none
        send(session, ACTIVATED, address, lang, context)


def tell_not_registered(
    session: Session, rules: ClinicRules, request: RegistrationRequest, outcome: str
) -> None:
    """S3-69, S4-16: to who asked, in their own mailbox alone."""
    typed = request.typed or {}
    if typed.get("email"):
        context = {**of_clinic(rules), "outcome": outcome}
        send(session, NOT_REGISTERED, str(typed["email"]), request.language, context)


def tell_invitation(
    session: Session, rules: ClinicRules, account: Account, link_id: str, lang: str
) -> None:
    """The clinic made an account; its owner opens it."""
    context = {
        **of_clinic(rules),
        "person_name": account.name,
        "days": rules.invitation.days,
        "link": {"purpose": one_time.INVITE, "id": link_id, "path": INVITE_PATH},
    }
    send(session, INVITATION, str(account.email), account.language or lang, context)


def tell_email_asked(
    session: Session, rules: ClinicRules, account: Account, change: EmailChange
) -> None:
    """The new address gets the link; the old one learns who wants what, in time to stop it."""
    lang = account.language or language()
    context = {**of_clinic(rules), "person_name": account.name}
    proof = {"purpose": one_time.CHANGE_EMAIL, "id": change.id, "path": CHANGE_EMAIL_PATH}
    send(session, EMAIL_LINK, change.email, lang, {**context, "link": proof})
    for person in people_of(session, rules, account.id):
        asked = {**context, "new_email": masked(change.email)}
        send(session, EMAIL_ASKED, person.email, lang, asked)


def tell_email_changed(
    session: Session, rules: ClinicRules, account: Account, before: Sequence[Person]
) -> None:
    """S3-61: both addresses, the old one for the last time."""
    new = str(account.email)
    for address in dict.fromkeys((*(person.email for person in before), new)):
        _tell_data_changed(session, rules, account, address, new_email=masked(new))


def tell_phone_changed(session: Session, rules: ClinicRules, account: Account) -> None:
    """S3-61."""
    for person in people_of(session, rules, account.id):
        _tell_data_changed(session, rules, account, person.email, new_email=None)


def _tell_data_changed(
    session: Session, rules: ClinicRules, account: Account, address: str, *, new_email: str | None
) -> None:
    """*new_email* None: it was the telephone."""
    context = {**of_clinic(rules), "person_name": account.name, "new_email": new_email}
    send(session, DATA_CHANGED, address, account.language or language(), context)


def of_clinic(rules: ClinicRules) -> Mapping[str, Any]:
    """What every mail about accounts says of the clinic."""
    return {"clinic_name": rules.identity.name, "clinic_phone": rules.identity.phone or None}


def send(
    session: Session,
    template: str,
    recipient: str,
    lang: str,
    context: Mapping[str, Any],
    *,
    channel: str = EMAIL,
    good_for: timedelta | None = None,
) -> None:
    message = NewMessage(
        template=template,
        recipient=recipient,
        language=lang,
        context=context,
        dedupe_key=f"{template}/{new_public_id()}",
        channel=channel,
        good_for=good_for,
    )
    enqueue(session, message)
