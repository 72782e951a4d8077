"""One person in each state that an account can be in; all that they type is equally long."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session
from stdnum.cl import rut

from clinicweb.accounts import one_time
from clinicweb.accounts.models import (
    AFFILIATION,
    DOCUMENT,
    EMAIL,
    USERNAME,
    Account,
    AccountIdentifier,
    RegistrationRequest,
)
from clinicweb.clinic.models import Patient
from clinicweb.core import clock
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import PATIENT
from tests import cast

KNOWN, UNKNOWN, CLOSED = "known", "unknown", "closed"
UNVERIFIED, SLOWED, NO_EMAIL = "unverified", "slowed", "without e-mail"
STATES = (KNOWN, UNKNOWN, CLOSED, UNVERIFIED, SLOWED, NO_EMAIL)
# Tried as often as the slowed one: what the door says then, it must say of nobody too.
UNKNOWN_SLOWED = "unknown, slowed"


@dataclass(frozen=True, slots=True)
class Somebody:
    """What somebody types about themselves, by *number* of 1 to 9."""

    state: str
    number: int

    @property
    def username(self) -> str:
        return f"gente{self.number}"

    @property
    def email(self) -> str:
        return f"gente{self.number}@correo.example"

    @property
    def affiliation(self) -> str:
        return f"AF50{self.number}"

    @property
    def serial(self) -> str:
        return f"S90{self.number}"

    @property
    def name(self) -> str:
        return f"Gente{'abcdefghi'[self.number - 1]} Mora"

    def document(self, document_type: str) -> str:
        """Of Colombia, without a check digit, or of Chile."""
        bare = f"7{self.number}00000"
        digits = f"1{bare}"
        return f"{digits}-{rut.calc_check_digit(digits)}" if document_type == "rut" else digits

    def typed(self) -> frozenset[str]:
        """All of it, however it is shown again."""
        documents = {self.document("rut"), self.document("cedula")}
        name = self.name.split()[0]
        return (
            frozenset({self.username, self.email, self.affiliation, self.serial, name}) | documents
        )


PEOPLE = {
    state: Somebody(state, number)
    for number, state in enumerate((*STATES, UNKNOWN_SLOWED), start=1)
}


def fill(session: Session, document_type: str) -> None:
    """Everybody but those whom the clinic does not know."""
    for person in PEOPLE.values():
        if person.state in (UNKNOWN, UNKNOWN_SLOWED):
            continue
        patient = _patient(person, document_type)
        session.add(patient)
        session.flush()
        if person.state == UNVERIFIED:
            session.add(_registration(session, person, document_type))
        else:
            session.add(_account(person, patient))


def _patient(person: Somebody, document_type: str) -> Patient:
    return Patient(
        mrn=f"9{person.number}",
        given_name=person.name.split()[0],
        family_name="Mora",
        email=None if person.state == NO_EMAIL else person.email,
        document_type=document_type,
        document_number=person.document(document_type),
        affiliation_number=person.affiliation,
        card_serial=person.serial,
    )


def _account(person: Somebody, patient: Patient) -> Account:
    names = {USERNAME: person.username, DOCUMENT: patient.document_number}
    names |= {AFFILIATION: person.affiliation, EMAIL: patient.email}
    return Account(
        name=person.name,
        roles=PATIENT,
        password_hash=cast._password_hash(),
        patient_id=patient.id,
        email=patient.email,
        is_active=person.state != CLOSED,
        created_at=clock.now(),
        identifiers=[
            AccountIdentifier(kind=kind, value=value) for kind, value in names.items() if value
        ],
    )


def _registration(session: Session, person: Somebody, document_type: str) -> RegistrationRequest:
    now, day = clock.now(), timedelta(days=1)
    link_id = one_time.make_for_nobody(session, one_time.ACTIVATE, lifetime=day, instead_of=None)
    return RegistrationRequest(
        id=new_public_id(),
        typed={
            "email": person.email,
            "username": person.username,
            "document": person.document(document_type),
            "affiliation_number": person.affiliation,
            "card_serial": person.serial,
            "full_name": person.name,
        },
        password_hash="$none",
        language="es",
        address="127.0.0.1",
        created_at=now,
        code_sent_at=now,
        answered_at=now,
        link_id=link_id,
    )
