"""What somebody who waits is told: an hour was freed, and one press makes it theirs."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from clinicweb.accounts.people import Person
from clinicweb.booking.waiting_models import HourOffer
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.tokens import declare_purpose
from clinicweb.notifications.actions import EMAIL, SMS, NewMessage, count_text, enqueue
from clinicweb.notifications.queries import can_text

TEMPLATE = "hour_offer"
PURPOSE = declare_purpose("hour-offer")
PATH = "/citas/oferta/"
# A link outlives its offer for who opens the mail later: then it says what became of it.
LIFETIME = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told; *member_name*: the given name of whom the hour is for, if that is another."""

    person: Person
    member_name: str | None = None


def tell_offer(session: Session, rules: ClinicRules, offer: HourOffer, told: Told) -> None:
    """By mail, and by text message where that can go: the answer cannot wait for the evening."""
    enqueue(session, _message(rules, offer, told, EMAIL))
    phone = told.person.phone
    if phone and can_text(rules, phone) and count_text(session, rules.sms, phone):
        enqueue(session, _message(rules, offer, told, SMS))


def _message(rules: ClinicRules, offer: HourOffer, told: Told, channel: str) -> NewMessage:
    person = told.person
    return NewMessage(
        template=TEMPLATE,
        recipient=str(person.phone) if channel == SMS else person.email,
        language=person.language or rules.identity.default_language,
        context=_context(rules, offer, told, channel),
        dedupe_key=f"{TEMPLATE}/{offer.public_id}/{channel}",
        channel=channel,
        good_for=offer.ends_at - clock.now(),
    )


def _context(rules: ClinicRules, offer: HourOffer, told: Told, channel: str) -> dict[str, Any]:
    """Never what the hour is for."""
    slot = offer.slot
    return {
        "patient_name": told.person.name,
        "member_name": told.member_name,
        "practitioner_name": slot.practitioner.full_name,
        "starts_at": slot.starts_at.isoformat(),
        "answer_by": offer.ends_at.isoformat(),
        "zone": slot.site.timezone,
        "modality": slot.modality,
        "site_name": slot.site.name,
        "site_address": slot.site.address,
        "clinic_name": rules.sms_name if channel == SMS else rules.identity.name,
        "clinic_phone": rules.identity.phone or None,
        "link": {"purpose": PURPOSE, "id": offer.public_id, "path": PATH},
    }
