"""What «Mis datos» shows: the clinic's record, read only, and where the account is reached."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clinicweb.accounts import one_time
from clinicweb.accounts.models import Account, EmailChange, OneTimeLink, TermsAcceptance
from clinicweb.accounts.people import EMAIL, PHONE
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class OwnData:
    """*email* and *phone* are where the account is reached; *document* is (type, number)."""

    name: str
    document: tuple[str, str] | None
    birth_date: date | None
    affiliation_number: str | None
    email: str | None
    phone: str | None
    pending_email: str | None

    @property
    def seen(self) -> str:
        """What a form sends back, so that of two tabs the one that knows less is told."""
        text = f"{self.email}|{self.phone}|{self.pending_email}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Terms that somebody agreed to."""

    version: str
    text_hash: str
    accepted_at: datetime


def get_own_data(viewer: Viewer) -> OwnData:
    with reading() as session:
        return own_data_of(session, viewer.account_id)


def own_data_of(session: Session, account_id: int) -> OwnData:
    query = (
        select(Account, Patient, func.nullif(EMAIL, ""), func.nullif(PHONE, ""))
        .outerjoin(Patient, Account.patient_id == Patient.id)
        .outerjoin(Practitioner, Account.practitioner_id == Practitioner.id)
        .where(Account.id == account_id)
    )
    account, patient, email, phone = session.execute(query).one()
    return OwnData(
        name=patient.full_name if patient else account.name,
        document=_document(patient),
        birth_date=patient.birth_date if patient else None,
        affiliation_number=patient.affiliation_number if patient else None,
        email=email,
        phone=phone,
        pending_email=_pending_email(session, account_id),
    )


def _document(patient: Patient | None) -> tuple[str, str] | None:
    if patient is None or not patient.document_number:
        return None
    return patient.document_type or "", patient.document_number


def _pending_email(session: Session, account_id: int) -> str | None:
    query = (
        select(EmailChange.email)
        .join(OneTimeLink, OneTimeLink.id == EmailChange.id)
        .where(
            EmailChange.account_id == account_id,
            OneTimeLink.purpose == one_time.CHANGE_EMAIL,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > clock.now(),
        )
    )
    return session.scalar(query)


def find_asked_email(link_id: str) -> str | None:
    """The address that a link is for, for whoever holds it."""
    with reading() as session:
        return session.scalar(select(EmailChange.email).where(EmailChange.id == link_id))


def list_accepted(viewer: Viewer) -> tuple[Accepted, ...]:
    """The newest first."""
    query = (
        select(TermsAcceptance)
        .where(TermsAcceptance.account_id == viewer.account_id)
        .order_by(TermsAcceptance.accepted_at.desc())
        .limit(20)
    )
    with reading() as session:
        return tuple(
            Accepted(row.version, row.text_hash, row.accepted_at) for row in session.scalars(query)
        )
