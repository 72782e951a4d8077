"""What the clinic does about sanctions: lifts them, with a reason."""

from dataclasses import dataclass

from sqlalchemy import select

from clinicweb.audit import actions as audit
from clinicweb.booking import mail
from clinicweb.booking.models import WebSanction
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Actor


@dataclass(frozen=True, slots=True)
class LiftSanction:
    """Let the account of the patient *mrn* book again; *reason* is for the journal."""

    actor: Actor
    mrn: str
    reason: str


def lift_sanction(rules: ClinicRules, command: LiftSanction) -> int:
    """
    Lift every sanction of a person that is in force; they are told by mail.

    Returns: how many there were.  Raises: ``NotFound`` for nobody's number.
    """
    now = clock.now()
    today = clock.local_day(now, rules.identity.timezone)
    with transaction(command.actor) as session:
        patient = session.scalar(select(Patient).where(Patient.mrn == command.mrn))
        if patient is None:
            raise NotFound
        in_force = (
            select(WebSanction)
            .where(
                WebSanction.patient_id == patient.id,
                WebSanction.until > today,
                WebSanction.lifted_at.is_(None),
            )
            .order_by(WebSanction.id)
            .with_for_update()
        )
        found = session.scalars(in_force).all()
        for sanction in found:
            sanction.lifted_at, sanction.lifted_why = now, command.reason
            audit.record(
                session,
                "sanction.lift",
                record_type="sanction",
                record_id=sanction.public_id,
                patient_id=patient.id,
                detail={"why": command.reason},
            )
        if found:
            longest = max(found, key=lambda sanction: sanction.until)
            mail.tell_sanction_lifted(session, rules, longest, patient)
        return len(found)
