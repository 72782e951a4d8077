"""As whom one can try the demo, read from its database: so what is printed holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import DOCUMENT, USERNAME, Account, AccountIdentifier
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import db, documents
from clinicweb.core.i18n import _
from clinicweb.demo.documents_data import Holder, make_document
from clinicweb.demo.patients_data import PATIENTS
from clinicweb.demo.people import DEMO_PEOPLE, DemoInvitation
from clinicweb.demo.places import place_of

KNOWN_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody without an account; *answers* to the registration, by its field, in its order."""

    name: str
    is_known: bool
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Visitors:
    """
    Who can sign in, by user name, with all their names; who can register; and whom the clinic
    invited, with the address of their mail.
    """

    names: Mapping[str, tuple[str, ...]]
    without_account: tuple[Visitor, ...]
    invited: tuple[tuple[str, str], ...] = ()


def find_visitors(rules: ClinicRules) -> Visitors:
    with db.reading() as session:
        return Visitors(
            _sign_in_names(session, rules),
            tuple(_registrants(session, rules)),
            tuple(_invited(session)),
        )


def has_account(invitation: DemoInvitation) -> bool:
    """Whether the person was invited before, come or not."""
    query = select(Account.id).outerjoin(Patient).outerjoin(Practitioner)
    is_theirs = (
        Patient.mrn == invitation.mrn
        if invitation.mrn
        else Practitioner.code == invitation.practitioner
    )
    with db.reading() as session:
        return session.scalar(query.where(is_theirs)) is not None


def _invited(session: Session) -> list[tuple[str, str]]:
    """Those who have not come yet."""
    query = select(Account.name, Account.email).where(Account.password_hash == "")
    return [(name, email or "") for name, email in session.execute(query.order_by(Account.id))]


def _sign_in_names(session: Session, rules: ClinicRules) -> dict[str, tuple[str, ...]]:
    """Each one's names, the clinic's own kinds first and in its order."""
    usernames = [person.username for person in DEMO_PEOPLE]
    is_theirs = (AccountIdentifier.kind == USERNAME) & AccountIdentifier.value.in_(usernames)
    accounts = select(AccountIdentifier.account_id).where(is_theirs)
    query = select(AccountIdentifier).where(AccountIdentifier.account_id.in_(accounts))
    found: dict[int, dict[str, str]] = {}
    for name in session.scalars(query):
        found.setdefault(name.account_id, {})[name.kind] = _shown(rules, name)
    kinds = dict.fromkeys((*rules.sign_in.names, USERNAME))
    kinds[USERNAME] = kinds.pop(USERNAME)
    return {
        names[USERNAME]: tuple(names[kind] for kind in kinds if kind in names)
        for names in found.values()
    }


def _shown(rules: ClinicRules, name: AccountIdentifier) -> str:
    if name.kind != DOCUMENT:
        return name.value
    return documents.display(rules.sign_in.document_types[0], name.value)


def _registrants(session: Session, rules: ClinicRules) -> list[Visitor]:
    if not rules.registration.is_open:
        return []
    query = (
        select(Patient)
        .outerjoin(Account, Account.patient_id == Patient.id)
        .where(Account.id.is_(None), Patient.family_head_id.is_(None), Patient.email != "")
        .order_by(Patient.id)
        .limit(KNOWN_PEOPLE)
    )
    found = [_visitor(rules, patient, is_known=True) for patient in session.scalars(query)]
    if rules.registration.proof == "none":
        return [*_newcomers(session, rules), *found]
    return found


def _newcomers(session: Session, rules: ClinicRules) -> list[Visitor]:
    """Where new people may come in: one, until she has."""
    place = place_of(rules)
    holder = Holder(PATIENTS + 1, "Nina", "Paz Leiva", "female", date(1995, 4, 12))
    number = make_document(place.document_type, holder)
    nina = Patient(
        document_type=place.document_type,
        document_number=documents.normalise(place.document_type, number),
        given_name=holder.given_name,
        family_name=holder.family_name,
        birth_date=holder.born,
        email="nina.paz@correo.example",
        phone=place.mobile.format(number=1000 + holder.number),
    )
    has_come = select(Patient.id).where(Patient.document_number == nina.document_number)
    return [] if session.scalar(has_come) else [_visitor(rules, nina, is_known=False)]


def _visitor(rules: ClinicRules, patient: Patient, *, is_known: bool) -> Visitor:
    registration = rules.registration
    values = {
        "document": documents.display(patient.document_type or "", patient.document_number or ""),
        "affiliation_number": patient.affiliation_number,
        "card_serial": patient.card_serial,
        "full_name": patient.full_name,
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
        "email": patient.email,
        "phone": patient.phone,
    }
    asked = (*registration.first_fields, *registration.fields)
    answers: dict[str, str] = {name: values.get(name) or "" for name in asked if values.get(name)}
    return Visitor(patient.full_name, is_known, answers)


def asked_words(rules: ClinicRules) -> dict[str, str]:
    """What the registration calls each field."""
    labels = rules.labels
    return {
        "document": _(labels.document),
        "affiliation_number": _("Número de afiliación"),
        "card_serial": _("Número de serie de la credencial"),
        "full_name": _(labels.full_name),
        "birth_date": _("Fecha de nacimiento"),
        "email": _(labels.email),
        "phone": _(labels.phone),
    }
