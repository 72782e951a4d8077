"""What people do: write to the clinic, signed in or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.accounts.people import contact_of
from clinicweb.audit import actions as audit
from clinicweb.clinic.rules import ClinicRules
from clinicweb.contact import letters, policy
from clinicweb.contact.models import ContactMessage, ContactNotice
from clinicweb.contact.queries import find_sent
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.errors import Conflict, InvalidInput
from clinicweb.core.ids import new_public_id, new_reference
from clinicweb.core.limits import count_attempt, network_of
from clinicweb.core.text import clean_text, search_key, text_hash
from clinicweb.core.viewer import SystemActor, Viewer
from clinicweb.family.actions import check_acting

STRANGER = SystemActor("contact")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WriteMessage:
    """
    ``viewer``: as who acts for whom it is about; None: nobody is signed in.
    ``key``: of the form, 22 characters; ``name``: of who is not signed in;
    ``address``: of the network; ``email``: checked.
    """

    viewer: Viewer | None
    key: str
    kind: str
    name: str
    email: str
    text: str
    language: str
    address: str


def write_message(rules: ClinicRules, command: WriteMessage) -> str:
    """
    Keep the message, and tell the clinic's mailbox and whoever wrote it; pressed again, it is
    the one that there is.

    Returns: its public id.
    Raises: ``InvalidInput``; ``TooManyAttempts``; ``Conflict`` for a form that somebody else sent;
    ``NotFound`` and ``NotAllowed`` about another of the family.
    """
    text = clean_text(command.text)
    if rules.contact.type_of(command.kind) is None:
        raise InvalidInput({"kind": ["contact.kind"]})
    if not 0 < len(text) <= rules.contact.longest_message:
        raise InvalidInput({"text": ["contact.length"]})
    try:
        with transaction(command.viewer or STRANGER) as session:
            return _write(session, rules, command, text)
    except IntegrityError:  # of two presses at once, the other was faster
        found = find_sent(command.viewer, command.key)
        if found is None:
            raise Conflict(policy.FORM_USED) from None
        return found


def _write(session: Session, rules: ClinicRules, command: WriteMessage, text: str) -> str:
    viewer = command.viewer
    sent = select(ContactMessage).where(ContactMessage.client_key == command.key)
    found = session.scalar(sent)
    if found is not None and found.account_id == (viewer.account_id if viewer else None):
        return found.public_id
    if viewer:
        check_acting(session, rules, viewer)
    _count(session, rules, command)
    message = _message(command, text, _accepted(session, rules))
    if viewer:
        message.name = session.get_one(Account, viewer.account_id).name
    _file(session, message)
    letters.tell_clinic(session, rules, message)
    letters.tell_received(session, rules, message)
    return message.public_id


def _count(session: Session, rules: ClinicRules, command: WriteMessage) -> None:
    """Nobody fills the clinic's mailbox: an account in a day, who has none by their network."""
    numbers = rules.contact
    if command.viewer:
        key = f"contact:{command.viewer.account_id}"
        count_attempt(session, key, limit=numbers.messages_per_account_day, window=_DAY)
    else:
        key = f"contact-network:{network_of(command.address)}"
        count_attempt(session, key, limit=numbers.messages_per_network_hour, window=_HOUR)


def _message(command: WriteMessage, text: str, accepted: dict[str, str]) -> ContactMessage:
    viewer = command.viewer
    return ContactMessage(
        public_id=new_public_id(),
        reference=new_reference(),
        client_key=command.key,
        account_id=viewer.account_id if viewer else None,
        patient_id=viewer.patient_id if viewer else None,
        kind=command.kind,
        name=command.name,
        email=command.email,
        language=command.language,
        body=text,
        **accepted,
    )


def _accepted(session: Session, rules: ClinicRules) -> dict[str, str]:
    """S3-51: the version of the notices, and the text itself, once."""
    notices = rules.contact.notices
    if not notices.version:
        return {}
    hashed = text_hash(notices.text)
    if session.get(ContactNotice, hashed) is None:
        session.add(ContactNotice(text_hash=hashed, text=notices.text))
        session.flush()
    return {"notices_version": notices.version, "notices_hash": hashed}


def _file(session: Session, message: ContactMessage) -> None:
    message.written_at = clock.now()
    words = (message.reference, message.name, message.email, message.body)
    message.search_key = search_key(" ".join(words))
    session.add(message)
    session.flush()
    audit.record(
        session, "contact.write", record_type="contact_message", record_id=message.public_id,
        patient_id=message.patient_id, detail={"reference": message.reference},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallReport:
    """A call that failed, as ``video`` keeps it; ``diagnosis``: words and numbers, JSON."""

    reference: str
    diagnosis: Mapping[str, Any]


def file_report(session: Session, rules: ClinicRules, viewer: Viewer, report: CallReport) -> None:
    """
    S2-22: put the report of *viewer* among the messages to the clinic, within the act of telling.

    Its mail is the caller's: it goes to who looks after calls.
    """
    account = session.get_one(Account, viewer.account_id)
    message = ContactMessage(
        public_id=new_public_id(),
        reference=report.reference,
        client_key=new_public_id(),
        account_id=account.id,
        patient_id=viewer.patient_id,
        kind=policy.SUPPORT,
        name=account.name,
        email=contact_of(session, account).email or "",
        language=account.language or rules.identity.default_language,
        body="",
        diagnosis=dict(report.diagnosis),
    )
    _file(session, message)
