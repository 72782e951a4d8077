"""The messages about appointments: what they tell, and their calendar files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy.orm import Session

from clinicweb.accounts.people import reader_of
from clinicweb.booking.models import Appointment, WebSanction
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, db, tokens
from clinicweb.core.i18n import _, language
from clinicweb.core.viewer import Viewer
from clinicweb.notifications.actions import (
    APPOINTMENT_BOOKED,
    APPOINTMENT_RELEASED,
    AppointmentContext,
    NewMessage,
    enqueue,
)
from clinicweb.notifications.calendar import CalendarEvent

APPOINTMENT_MOVED = "appointment_moved"
APPOINTMENT_REMINDER = "appointment_reminder"
REMINDER_PURPOSE = tokens.declare_purpose("reminder")
REMINDER_PATH = "/citas/aviso/"
# A link outlives its reminder for who opens the mail later: then it says what became of it.
REMINDER_LIFETIME = timedelta(days=60)

WEB_SANCTION = "web_sanction"
WEB_SANCTION_LIFTED = "web_sanction_lifted"


def tell_booked(session: Session, rules: ClinicRules, appointment: Appointment) -> None:
    """S0-28, S3-58."""
    _tell(session, rules, appointment, APPOINTMENT_BOOKED, "REQUEST")


def tell_released(session: Session, rules: ClinicRules, appointment: Appointment) -> None:
    """S3-59."""
    _tell(session, rules, appointment, APPOINTMENT_RELEASED, "CANCEL")


@dataclass(frozen=True, slots=True)
class Was:
    """Where in time an appointment was before: *at* is aware, *zone* the site's of then."""

    at: datetime
    zone: str


def tell_moved(session: Session, rules: ClinicRules, appointment: Appointment, was: Was) -> None:
    """The old hour and the new one, with the calendar file that puts it there."""
    old = {"was": {"at": was.at.isoformat(), "zone": was.zone}}
    _tell(session, rules, appointment, APPOINTMENT_MOVED, "REQUEST", also=old)


def tell_reminder(
    session: Session, rules: ClinicRules, appointment: Appointment, *, hours_before: int
) -> None:
    """The link says who may answer; what is answered is asked on its page."""
    addressee = addressee_of(session, rules, appointment)
    if addressee is None:
        return
    link = reminder_link(appointment)
    message = NewMessage(
        template=APPOINTMENT_REMINDER,
        recipient=addressee.email,
        language=addressee.language or rules.identity.default_language,
        context={**context_of(rules, appointment, addressee).to_json(), "link": link},
        dedupe_key=reminder_key(appointment, hours_before),
        # Later it is no help: whoever comes has left by then.
        good_for=appointment.starts_at - clock.now(),
    )
    enqueue(session, message)


def reminder_link(appointment: Appointment) -> dict[str, str]:
    return {"purpose": REMINDER_PURPOSE, "id": appointment.public_id, "path": REMINDER_PATH}


def reminder_key(appointment: Appointment, hours_before: int) -> str:
    return f"{APPOINTMENT_REMINDER}/{appointment.public_id}/{appointment.sequence}/{hours_before}"


def tell_sanctioned(
    session: Session, rules: ClinicRules, sanction: WebSanction, patient: Patient
) -> None:
    """S3-38: why, until when, and what is still possible."""
    _tell_of_sanction(session, rules, sanction, patient, WEB_SANCTION)


def tell_sanction_lifted(
    session: Session, rules: ClinicRules, sanction: WebSanction, patient: Patient
) -> None:
    _tell_of_sanction(session, rules, sanction, patient, WEB_SANCTION_LIFTED)


def _tell_of_sanction(
    session: Session, rules: ClinicRules, sanction: WebSanction, patient: Patient, template: str
) -> None:
    reader = reader_of(session, patient)
    if reader is None:  # nowhere to tell it; the home page shows it
        return
    numbers = rules.booking.sanctions
    context = {
        "person_name": patient.full_name,
        "reason": sanction.reason,
        "until": sanction.until.isoformat(),
        "late_hours": numbers.late_hours,
        "most_cancellations": numbers.most_cancellations,
        "window_days": numbers.window_days,
        "clinic_name": rules.identity.name,
        "clinic_phone": rules.identity.phone or None,
    }
    message = NewMessage(
        template=template,
        recipient=reader.email,
        language=reader.language or language(),
        context=context,
        dedupe_key=f"{template}/{sanction.public_id}",
    )
    enqueue(session, message)


def _tell(
    session: Session,
    rules: ClinicRules,
    appointment: Appointment,
    template: str,
    method: Literal["REQUEST", "CANCEL"],
    *,
    also: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    addressee = addressee_of(session, rules, appointment)
    if addressee is None:  # nowhere to tell it; the home page shows it
        return
    message = NewMessage(
        template=template,
        recipient=addressee.email,
        language=addressee.language or language(),
        context={**context_of(rules, appointment, addressee).to_json(), **also},
        dedupe_key=f"{template}/{appointment.public_id}/{appointment.sequence}",
        calendar=_event(rules, appointment, addressee, method),
    )
    enqueue(session, message)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is told; *member_name*: the given name of whom it is about, when that is another."""

    email: str
    name: str
    language: str | None
    member_name: str | None = None


def addressee_of(
    session: Session, rules: ClinicRules, appointment: Appointment
) -> Addressee | None:
    """Whoever acted for the patient; else the patient, or who heads a family that shares one."""
    patient, actor = appointment.patient, session.info[db.ACTOR]
    holder_id = actor.holder_id if isinstance(actor, Viewer) else None
    own = reader_of(session, patient)
    if holder_id is None and rules.family.is_on and own is None:
        holder_id = patient.family_head_id
    if holder_id is None:
        return Addressee(own.email, patient.full_name, own.language) if own else None
    holder = session.get_one(Patient, holder_id)
    reader = reader_of(session, holder)
    if reader is None:
        return None
    return Addressee(reader.email, holder.full_name, reader.language, patient.given_name)


def context_of(
    rules: ClinicRules, appointment: Appointment, addressee: Addressee
) -> AppointmentContext:
    return AppointmentContext(
        patient_name=addressee.name,
        member_name=addressee.member_name,
        practitioner_name=appointment.practitioner.full_name,
        starts_at=appointment.starts_at,
        zone=appointment.site.timezone,
        modality=appointment.modality,
        site_name=appointment.site.name,
        site_address=appointment.site.address,
        clinic_name=rules.identity.name,
        clinic_phone=rules.identity.phone or None,
    )


def _event(
    rules: ClinicRules,
    appointment: Appointment,
    addressee: Addressee,
    method: Literal["REQUEST", "CANCEL"],
) -> CalendarEvent:
    """Calendars are seen over shoulders: nothing in it says what the appointment is for."""
    site = appointment.site
    in_person = appointment.modality == "in_person"
    return CalendarEvent(
        uid=f"{appointment.public_id}@clinicweb",
        sequence=appointment.sequence,
        method=method,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        zone=site.timezone,
        summary=_("Hora en %(clinic)s", clinic=rules.identity.name),
        attendee_email=addressee.email,
        location=site.full_name if in_person else "",
        organizer_name=rules.identity.name,
    )
