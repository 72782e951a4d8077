"""Between registrations and the clinic's patients."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from clinicweb.accounts import names
from clinicweb.accounts.matching import Found
from clinicweb.accounts.models import Account
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import documents
from clinicweb.core.ids import new_public_id

Typed = Mapping[str, str | None]
_MOST = 20
_LONGEST_NAME = 120


def find_records(session: Session, rules: ClinicRules, typed: Typed) -> list[Found]:
    """The patients whom what was typed may mean, by the proof that the clinic asks for."""
    wanted = {
        "none": _by_document,
        "document": _by_document,
        "affiliation": _by_card,
        "email": _by_email,
    }[rules.registration.proof](typed)
    query = (
        select(Patient, Account.id)
        .outerjoin(Account, Account.patient_id == Patient.id)
        .order_by(Patient.id)
        .limit(_MOST)
    )
    if rules.registration.one_account_per_family:  # S3-3, S3-12: it is the titular's
        heads = select(func.coalesce(Patient.family_head_id, Patient.id)).where(wanted)
        query = query.where(Patient.id.in_(heads))
    else:
        query = query.where(wanted)
    return [
        Found(patient.id, patient.full_name, patient.email, account_id is not None, patient.phone)
        for patient, account_id in session.execute(query)
    ]


def _by_document(typed: Typed) -> ColumnElement[bool]:
    number = typed.get("document")
    return Patient.document_number == number if number else false()


def _by_card(typed: Typed) -> ColumnElement[bool]:
    number, serial = typed.get("affiliation_number"), typed.get("card_serial")
    if not number or not serial:
        return false()
    same_number = Patient.affiliation_number == documents.card_number(number)
    return same_number & (Patient.card_serial == documents.card_number(serial))


def _by_email(typed: Typed) -> ColumnElement[bool]:
    email = names.username(typed.get("email") or "")
    return func.lower(Patient.email) == email if email else false()


def account_by_card(
    session: Session, rules: ClinicRules, number: str, serial: str
) -> Account | None:
    """The open account that a card belongs to; its holder's, or the head of the family's."""
    wanted = _by_card({"affiliation_number": number, "card_serial": serial})
    holder = (
        func.coalesce(Patient.family_head_id, Patient.id)
        if rules.registration.one_account_per_family
        else Patient.id
    )
    holders = select(holder).where(wanted)
    query = select(Account).where(Account.patient_id.in_(holders), Account.is_active)
    found = session.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None


def new_patient(session: Session, rules: ClinicRules, typed: Typed) -> Patient:
    """A record for somebody whom the clinic meets here for the first time."""
    given, _, family = (typed.get("full_name") or "").partition(" ")
    born = typed.get("birth_date")
    patient = Patient(
        mrn=f"web-{new_public_id()}",
        document_type=rules.sign_in.document_types[0] if typed.get("document") else None,
        document_number=typed.get("document"),
        given_name=given[:_LONGEST_NAME],
        family_name=(family or given)[:_LONGEST_NAME],
        birth_date=date.fromisoformat(born) if born else None,
        email=typed.get("email"),
        phone=typed.get("phone"),
    )
    session.add(patient)
    session.flush()
    return patient
