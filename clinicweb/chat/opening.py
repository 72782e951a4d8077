"""Who is meant when somebody opens a conversation: found, and locked, within the act."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.booking.models import APPOINTMENT_CANCELLED, Appointment
from clinicweb.chat import policy
from clinicweb.chat.acting import patients_of
from clinicweb.chat.membership import lock_accounts
from clinicweb.chat.models import COLLEAGUES, WITH_PATIENT
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import PRACTITIONER, Viewer


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    A conversation to be: who would be in it besides the viewer.

    ``pair_key`` names the two of them, or the form that makes a group.
    """

    kind: str
    patient_id: int | None
    others: tuple[int, ...]
    pair_key: str
    assigned: int | None
    opening: policy.Opening


def with_clinician(session: Session, viewer: Viewer, code: str) -> Wanted:
    """As a patient would, or who acts for one; raises ``NotFound`` for no such clinician."""
    [practitioner] = _practitioners(session, [code])
    account_id = _account_of(session, Account.practitioner_id == practitioner.id)
    wanted = _consultation(session, viewer, viewer.patient_id, practitioner.id, account_id)
    own = _account_of(session, Account.patient_id == viewer.patient_id)
    if own in (None, viewer.account_id):
        return wanted
    # Who has an account of their own reads what another writes for them.
    return replace(wanted, others=(*wanted.others, own))


def with_patient(session: Session, rules: ClinicRules, viewer: Viewer, public_id: str) -> Wanted:
    """
    As a clinician would; who has no account is written to by who acts for them.

    Raises: ``NotFound`` for no such patient.
    """
    patient = session.scalar(select(Patient).where(Patient.public_id == public_id))
    if patient is None:
        raise NotFound
    account_id = _account_of(session, Account.patient_id == patient.id)
    if account_id is None:
        account_id = _account_acting_for(session, rules, patient)
    return _consultation(session, viewer, patient.id, viewer.practitioner_id, account_id)


def _account_acting_for(session: Session, rules: ClinicRules, patient: Patient) -> int | None:
    head = Account.patient_id == patient.family_head_id
    account = session.scalar(select(Account).where(head, Account.is_active))
    if account is None or patient.id not in patients_of(session, rules, account):
        return None
    return account.id


def with_colleagues(session: Session, viewer: Viewer, codes: Sequence[str], key: str) -> Wanted:
    """One makes a conversation of two, more a group; raises ``NotFound``, also for oneself."""
    practitioners = _practitioners(session, codes)
    if viewer.practitioner_id in {row.id for row in practitioners}:
        raise NotFound
    found = [_account_of(session, Account.practitioner_id == row.id) for row in practitioners]
    others = _locked(session, viewer, [account_id for account_id in found if account_id])
    is_pair = len(practitioners) == 1
    ids = sorted((viewer.account_id, *others))
    return Wanted(
        kind=COLLEAGUES,
        patient_id=None,
        others=others,
        pair_key=f"colleagues:{ids[0]}:{ids[-1]}" if is_pair else f"group:{key}",
        assigned=None,
        opening=policy.Opening(
            by_clinician=True,
            with_patient=False,
            has_appointment=False,
            is_reachable=len(others) == len(practitioners),
        ),
    )


def pair_key_of(patient_id: int, account_id: int) -> str:
    """Of a patient and the clinician who answers for the conversation."""
    return f"patient:{patient_id}:{account_id}"


def _consultation(
    session: Session,
    viewer: Viewer,
    patient_id: int | None,
    practitioner_id: int | None,
    account_id: int | None,
) -> Wanted:
    if patient_id is None or practitioner_id is None:
        raise NotFound
    others = _locked(session, viewer, [account_id] if account_id else [])
    by_clinician = PRACTITIONER in viewer.roles
    clinician = viewer.account_id if by_clinician else next(iter(others), 0)
    return Wanted(
        kind=WITH_PATIENT,
        patient_id=patient_id,
        others=others,
        pair_key=pair_key_of(patient_id, clinician),
        assigned=clinician,
        opening=policy.Opening(
            by_clinician=by_clinician,
            with_patient=True,
            has_appointment=_has_appointment(session, patient_id, practitioner_id),
            is_reachable=bool(others),
        ),
    )


def _locked(session: Session, viewer: Viewer, others: Sequence[int]) -> tuple[int, ...]:
    """Those who can be written to; two who open one with each other wait for each other here."""
    locked = lock_accounts(session, (viewer.account_id, *others))
    if viewer.account_id not in locked:
        raise NotFound
    return tuple(account_id for account_id in others if account_id in locked)


def _practitioners(session: Session, codes: Sequence[str]) -> list[Practitioner]:
    wanted = set(codes)
    query = select(Practitioner).where(Practitioner.code.in_(wanted), Practitioner.is_active)
    found = list(session.scalars(query.order_by(Practitioner.id)))
    if not found or len(found) != len(wanted):
        raise NotFound
    return found


def _account_of(session: Session, condition: object) -> int | None:
    return session.scalar(select(Account.id).where(condition, Account.is_active))  # type: ignore[arg-type]


def _has_appointment(session: Session, patient_id: int, practitioner_id: int) -> bool:
    """They have, or had, an hour together."""
    shared = exists().where(
        Appointment.patient_id == patient_id,
        Appointment.practitioner_id == practitioner_id,
        Appointment.status != APPOINTMENT_CANCELLED,
    )
    return bool(session.scalar(select(shared)))
