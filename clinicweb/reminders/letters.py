"""By which way a reminder goes: mail, a text message where one can go, or both."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from clinicweb.accounts.people import phone_of
from clinicweb.booking import mail
from clinicweb.booking.models import Appointment
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, phones
from clinicweb.core.limits import may_attempt
from clinicweb.notifications.actions import SMS, NewMessage, enqueue
from clinicweb.notifications.queries import sends_texts

BY_MAIL, BY_TEXT, BY_BOTH = "mail", "text", "both"
DAYS_REMINDERS = "sms-reminder-day"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TextReader:
    """*member_name*: the given name of whom it is about, when that is not the reader."""

    phone: str
    language: str
    member_name: str | None


def remind(session: Session, rules: ClinicRules, row: Appointment, *, hours_before: int) -> None:
    """As the clinic says; who cannot be texted is mailed."""
    by = rules.reminders.by
    is_texted = by != BY_MAIL and _text(session, rules, row, hours_before)
    if not is_texted or by == BY_BOTH:
        mail.tell_reminder(session, rules, row, hours_before=hours_before)


def _text(session: Session, rules: ClinicRules, row: Appointment, hours_before: int) -> bool:
    reader = _text_reader(session, rules, row) if sends_texts() else None
    if reader is None or not _may_go(session, rules):
        return False
    message = NewMessage(
        template=mail.APPOINTMENT_REMINDER,
        recipient=reader.phone,
        language=reader.language,
        context={
            "clinic_name": rules.sms_name,
            "starts_at": row.starts_at.isoformat(),
            "zone": row.site.timezone,
            "member_name": reader.member_name,
            "link": mail.reminder_link(row),
        },
        dedupe_key=f"{mail.reminder_key(row, hours_before)}/{SMS}",
        channel=SMS,
        good_for=row.starts_at - clock.now(),
    )
    enqueue(session, message)
    return True


def _may_go(session: Session, rules: ClinicRules) -> bool:
    """Counted apart from codes: reminders may cost, but keep nobody from coming in."""
    most = rules.reminders.texts_per_day
    return may_attempt(session, DAYS_REMINDERS, limit=most, window=_DAY)


def _text_reader(session: Session, rules: ClinicRules, row: Appointment) -> TextReader | None:
    """The patient's own telephone; else that of who heads a family which shares an account."""
    own = _reader(session, rules, row.patient, None)
    if own is not None or not rules.family.is_on or row.patient.family_head_id is None:
        return own
    head = session.get_one(Patient, row.patient.family_head_id)
    return _reader(session, rules, head, row.patient.given_name)


def _reader(
    session: Session, rules: ClinicRules, patient: Patient, member_name: str | None
) -> TextReader | None:
    phone, language = phone_of(session, patient)
    if not phone or not phones.can_be_texted(phone, rules.sms_countries):
        return None
    return TextReader(phone, language or rules.identity.default_language, member_name)
