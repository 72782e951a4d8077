"""From a registration to an account: who is meant, and the account itself."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts import matching, names
from clinicweb.accounts.matching import Match
from clinicweb.accounts.models import (
    AFFILIATION,
    DOCUMENT,
    EMAIL,
    USERNAME,
    Account,
    AccountIdentifier,
    RegistrationRequest,
    TermsAcceptance,
)
from clinicweb.accounts.records import find_records, new_patient
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.viewer import PATIENT
from clinicweb.notifications.actions import SMS

USERNAME_TAKEN = "username_taken"
REFUSED = "register."  # with an outcome after it: the reason of a refusal


def decide(session: Session, rules: ClinicRules, request: RegistrationRequest) -> Match:
    """
    What comes of *request* now.

    It is asked again when the account is opened: between mail and proof others may have come.
    """
    typed = request.typed or {}
    if typed.get("username") and is_taken(session, USERNAME, names.username(typed["username"])):
        return Match(USERNAME_TAKEN)
    claim = matching.Claim(
        proof=rules.registration.proof,
        email=typed.get("email") or "",
        name=typed.get("full_name"),
        phone=typed.get("phone") if request.channel == SMS else None,
    )
    return matching.match(claim, find_records(session, rules, typed))


def enrol(
    session: Session,
    rules: ClinicRules,
    request: RegistrationRequest,
    found: Match,
    *,
    password_hash: str,
) -> Account:
    """The account of *found*; what was typed is forgotten."""
    typed = request.typed or {}
    patient = (
        session.get_one(Patient, found.patient_id)
        if found.patient_id
        else new_patient(session, rules, typed)
    )
    email = _own_email(request, patient)
    account = Account(
        name=patient.full_name,
        roles=PATIENT,
        patient_id=patient.id,
        password_hash=password_hash,
        must_change_password=rules.registration.generates_password,
        email=email,
        phone=typed.get("phone"),
        language=request.language,
        created_at=clock.now(),
        identifiers=_identifiers(session, rules, patient, {**typed, "email": email}),
    )
    session.add(account)
    session.flush()
    _note_terms(session, request, account)
    forget(request)
    return account


def _own_email(request: RegistrationRequest, patient: Patient) -> str | None:
    """As typed, where it was shown to be theirs or the clinic knew it: passwords are sent there."""
    typed = (request.typed or {}).get("email")
    is_known = names.username(typed or "") == names.username(patient.email or "")
    return typed if request.channel != SMS or is_known else None


def forget(request: RegistrationRequest) -> None:
    """What somebody typed is not kept once it has served."""
    request.typed = request.password_hash = None


def is_taken(session: Session, kind: str, value: str) -> bool:
    """Whether *value* signs in to some account already."""
    taken = select(AccountIdentifier.id).filter_by(kind=kind, value=value)
    return session.scalar(taken) is not None


def _identifiers(
    session: Session, rules: ClinicRules, patient: Patient, typed: Mapping[str, str | None]
) -> list[AccountIdentifier]:
    """Document, user name, e-mail, affiliation number: whatever this clinic signs in with."""
    wanted = {
        DOCUMENT: patient.document_number,
        USERNAME: names.username(typed.get("username") or ""),
        EMAIL: names.username(typed.get("email") or ""),
        AFFILIATION: patient.affiliation_number,
    }
    kinds = {*rules.sign_in.names, USERNAME, DOCUMENT}
    return [
        AccountIdentifier(kind=kind, value=value)
        for kind, value in wanted.items()
        if value and kind in kinds and not is_taken(session, kind, value)
    ]


def _note_terms(session: Session, request: RegistrationRequest, account: Account) -> None:
    if request.terms_version and request.terms_hash:
        session.add(
            TermsAcceptance(
                account_id=account.id,
                version=request.terms_version,
                text_hash=request.terms_hash,
                accepted_at=request.created_at,
                address=request.address,
            )
        )
