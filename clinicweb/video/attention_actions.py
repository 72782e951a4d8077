"""What the patient does around their box: consents, says their name, comes and goes."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.decision import check, refuse
from clinicweb.core.text import clean_line, text_hash
from clinicweb.core.viewer import Viewer
from clinicweb.video import attention_policy as policy
from clinicweb.video import lines
from clinicweb.video.attention_models import TelecareConsent, TelecareText
from clinicweb.video.boxes import Box, has_consented, lock_own

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class AcceptTelecare:
    """*shown*: the hash of the text that was read; *viewer*: as ``boxes.acting_for`` found them."""

    viewer: Viewer
    appointment_id: str
    shown: str
    address: str


def accept_telecare(rules: ClinicRules, command: AcceptTelecare) -> bool:
    """
    Keep that the person consented to the clinic's text, once for each text.

    Returns: whether it was the text of now; another one than was shown is not accepted.
    Raises: ``NotFound``.
    """
    asked, viewer = rules.video.consent, command.viewer
    hashed = text_hash(asked.text)
    with transaction(viewer) as session:
        box = lock_own(session, rules, viewer, command.appointment_id)
        if not asked.version or command.shown != hashed:
            return False
        made = TelecareConsent(
            patient_id=box.appointment.patient_id, account_id=viewer.account_id,
            version=asked.version, text_hash=hashed, accepted_at=clock.now(),
            address=command.address,
        )  # fmt: skip
        if not has_consented(session, viewer, rules):
            if session.get(TelecareText, hashed) is None:
                session.add(TelecareText(text_hash=hashed, text=asked.text))
                session.flush()
            session.add(made)
            detail = {"version": asked.version, "text_hash": hashed}
            lines.note_appointment(session, "telecare.consent", box.appointment, **detail)
        return True


def confirm_name(rules: ClinicRules, viewer: Viewer, appointment_id: str, name: str) -> None:
    """
    S0-34: how the person is called, so that the doctor knows who it is.

    Raises: ``NotFound``, ``NotAllowed`` outside of the time when one may enter.
    """
    with transaction(viewer) as session:
        box = _entered(session, rules, viewer, appointment_id)
        attention = box.opened(session)
        attention.account_id = viewer.account_id
        attention.shown_name = clean_line(name)[:LONGEST_NAME]
        lines.note_appointment(session, "attention.name", box.appointment)


def arrive(rules: ClinicRules, viewer: Viewer, appointment_id: str) -> None:
    """
    «Estoy aquí», for the first time or again; the doctor and all who wait hear of it.

    Raises: ``NotFound``, ``NotAllowed``.
    """
    with transaction(viewer) as session:
        box = _entered(session, rules, viewer, appointment_id)
        attention, now = box.opened(session), clock.now()
        if not attention.shown_name:
            check(refuse(policy.NOT_READY))
        is_new = attention.arrived_at is None or attention.left_at is not None
        attention.account_id = viewer.account_id
        attention.arrived_at = attention.arrived_at or now
        attention.seen_at, attention.left_at = now, None
        action = "attention.arrive" if is_new else "attention.again"
        lines.note_appointment(session, action, box.appointment)
        session.flush()
        lines.announce_waiting(session, box.appointment.id)


def leave(rules: ClinicRules, viewer: Viewer, appointment_id: str) -> None:
    """They go, and may come back; who is not there stays so.  Raises ``NotFound``."""
    with transaction(viewer) as session:
        box = lock_own(session, rules, viewer, appointment_id)
        attention = box.attention
        if attention is None or attention.arrived_at is None or attention.left_at is not None:
            return
        attention.left_at = clock.now()
        lines.note_appointment(session, "attention.leave", box.appointment)
        session.flush()
        lines.announce_waiting(session, box.appointment.id)


def _entered(session: Session, rules: ClinicRules, viewer: Viewer, appointment_id: str) -> Box:
    box = lock_own(session, rules, viewer, appointment_id)
    check(policy.may_enter(rules.video, box.facts, now=clock.now()))
    if not has_consented(session, viewer, rules):
        check(refuse(policy.NOT_READY))
    return box
