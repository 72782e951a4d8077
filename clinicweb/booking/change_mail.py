"""What people are told of a change of the agenda, by mail and by text message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.accounts.people import PHONE
from clinicweb.booking.mail import Addressee, addressee_of, context_of
from clinicweb.booking.models import Appointment
from clinicweb.booking.queries import FreeHour
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, phones, tokens
from clinicweb.notifications.actions import SMS, NewMessage, count_text, enqueue
from clinicweb.notifications.queries import are_texts_used_up

AGENDA_CHANGED, AGENDA_RESTORED = "agenda_changed", "agenda_restored"
CHANGE_PURPOSE = tokens.declare_purpose("agenda-change")
CHANGE_PATH = "/citas/cambio/"
# As far ahead as a clinic may publish: who opens the mail late reads what became of it.
CHANGE_LIFETIME = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class News:
    """One change: its id, the hours that are offered, and whether texts can be sent at all."""

    change_id: str
    hours: Sequence[FreeHour]
    sends_texts: bool


def tell_changed(
    session: Session, rules: ClinicRules, appointment: Appointment, news: News
) -> list[str]:
    """Returns: by which ways, of ``email`` and ``sms``."""
    ways = []
    addressee = addressee_of(session, rules, appointment)
    if addressee is not None:
        enqueue(session, _mail(rules, appointment, addressee, news))
        ways.append("email")
    phone = _phone_of(session, rules, appointment) if news.sends_texts else None
    if phone is not None and count_text(session, rules.sms, phone):
        enqueue(session, _text(rules, appointment, phone, news))
        ways.append("sms")
    return ways


def _link(news: News) -> dict[str, str]:
    return {"purpose": CHANGE_PURPOSE, "id": news.change_id, "path": CHANGE_PATH}


def _mail(
    rules: ClinicRules, appointment: Appointment, addressee: Addressee, news: News
) -> NewMessage:
    return NewMessage(
        template=AGENDA_CHANGED,
        recipient=addressee.email,
        language=addressee.language or rules.identity.default_language,
        context={
            **context_of(rules, appointment, addressee).to_json(),
            "link": _link(news),
            "other_hours": [_offered(hour) for hour in news.hours],
        },
        dedupe_key=f"{AGENDA_CHANGED}/{appointment.public_id}/{news.change_id}",
        good_for=appointment.starts_at - clock.now(),
    )


def _offered(hour: FreeHour) -> dict[str, Any]:
    return {
        "slot_id": hour.slot_id,
        "at": hour.starts_at.isoformat(),
        "zone": hour.zone,
        "practitioner_name": hour.practitioner_name,
        "site_name": "" if hour.modality == "virtual" else hour.site_name,
    }


def _text(rules: ClinicRules, appointment: Appointment, phone: str, news: News) -> NewMessage:
    return NewMessage(
        template=AGENDA_CHANGED,
        recipient=phone,
        language=rules.identity.default_language,
        context={
            "clinic_name": rules.sms_name,
            "starts_at": appointment.starts_at.isoformat(),
            "zone": appointment.site.timezone,
            "link": _link(news),
        },
        dedupe_key=f"{AGENDA_CHANGED}/sms/{appointment.public_id}/{news.change_id}",
        channel=SMS,
        good_for=appointment.starts_at - clock.now(),
    )


def _phone_of(session: Session, rules: ClinicRules, appointment: Appointment) -> str | None:
    """The person's own, else that of who heads a family that shares an account."""
    head_id = appointment.patient.family_head_id if rules.family.is_on else None
    for patient_id in filter(None, (appointment.patient_id, head_id)):
        query = (
            select(PHONE)
            .select_from(Patient)
            .outerjoin(Account, (Account.patient_id == Patient.id) & Account.is_active)
            .where(Patient.id == patient_id)
        )
        phone = session.scalar(query)
        if phone and phones.can_be_texted(phone, rules.sms_countries):
            return None if are_texts_used_up(rules) else str(phone)
    return None


def tell_restored(
    session: Session, rules: ClinicRules, appointment: Appointment, change_id: str
) -> None:
    """The hour that was taken back is given again: who did nothing keeps it."""
    addressee = addressee_of(session, rules, appointment)
    if addressee is None:
        return
    message = NewMessage(
        template=AGENDA_RESTORED,
        recipient=addressee.email,
        language=addressee.language or rules.identity.default_language,
        context=context_of(rules, appointment, addressee).to_json(),
        dedupe_key=f"{AGENDA_RESTORED}/{appointment.public_id}/{change_id}",
        good_for=appointment.starts_at - clock.now(),
    )
    enqueue(session, message)
