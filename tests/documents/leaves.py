"""Sick leaves of everybody in each state, as ``{mrn}-{state}``; only ``sealed`` is for reading."""

import hashlib
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.core import clock, db
from clinicweb.documents.codes import ALPHABET
from clinicweb.documents.models import DocumentSeal, SickLeave
from clinicweb.documents.policy import months_after
from clinicweb.documents.sealed_store import SealedStore
from tests.family.world import RULES

SEALED = "sealed"
HIDDEN = ("unsealed", "preliminary", "void", "old", "superseded", "revoked")
_STATUS = {"preliminary": "preliminary", "void": "entered-in-error"}


def today() -> date:
    return clock.local_day(clock.now(), RULES.identity.timezone)


def fill_leaves(session: Session, kept: SealedStore) -> None:
    doctor = session.scalars(select(Practitioner).where(Practitioner.code == "diaz")).one()
    for patient in session.scalars(select(Patient)):
        leaves = {state: a_leave(patient, state) for state in (SEALED, *HIDDEN)}
        for state, leave in leaves.items():
            leave.author_id = doctor.id
            session.add(leave)
            if state != "unsealed":
                session.add(a_seal(leave, kept))
        session.flush()
        leaves[SEALED].replaces_id = leaves["superseded"].id


def a_leave(patient: Patient, state: str = SEALED) -> SickLeave:
    """Its reason is called after its patient and its state."""
    issued = months_after(today(), -6) - timedelta(days=1) if state == "old" else today()
    return SickLeave(
        code=f"{patient.mrn}-{state}",
        patient_id=patient.id,
        status=_STATUS.get(state, "final"),
        kind=f"{patient.given_name}itis {state}",
        issued_on=issued,
        starts_on=issued,
        ends_on=issued + timedelta(days=2),
    )


def a_seal(leave: SickLeave, kept: SealedStore) -> DocumentSeal:
    """The bytes are no PDF that anybody made."""
    now = clock.now()
    seal = DocumentSeal(
        code=code_of(leave.code),
        sick_leave=leave,
        content_hash=kept.keep(f"%PDF-1.7 {leave.code}".encode()),
        certificate_hash="0" * 64,
        sealed_at=now,
        expires_on=leave.issued_on + timedelta(days=365),
    )
    if leave.code.endswith("-revoked"):
        seal.revoked_at, seal.revoked_reason = now, "error de la persona"
    return seal


def fill_unsealed(session: Session) -> None:
    """One of Ana and one of Beto, authorised today."""
    for patient in session.scalars(select(Patient).where(Patient.mrn.in_(("1001", "1002")))):
        session.add(a_leave(patient))


def code_of(name: str) -> str:
    """Twelve signs that no other has."""
    digest = hashlib.sha256(name.encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:12])


def leave_of(mrn: str, state: str = SEALED) -> tuple[str, str]:
    """The public ids of a patient and of their certificate."""
    query = (
        select(Patient.public_id, SickLeave.public_id)
        .join(Patient, Patient.id == SickLeave.patient_id)
        .where(SickLeave.code == f"{mrn}-{state}")
    )
    with db.reading() as session:
        person, leave = session.execute(query).one()
        return person, leave
