"""What the pages of an appointment by video print."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for

from clinicweb.booking.texts import modality_text
from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock
from clinicweb.core.i18n import _, moment
from clinicweb.core.text import paragraphs, text_hash
from clinicweb.video import attention_policy as policy
from clinicweb.video import attention_texts as texts
from clinicweb.video.attention_rows import CallNow, Expected, RoomRow
from clinicweb.video.texts import length_text
from clinicweb.web.errors import reason_text

# What stands in the room: why it is shut, or the step that is open.
CLOSED, CONSENT, NAME, WAITING, TIPS = "closed", "consent", "name", "waiting", "tips"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the appointment, as ``booking/_facts.html`` prints it."""

    when_text: str
    person_name: str  # where it is another's than of who looks
    doctor_name: str
    service_name: str
    site_text: str
    modality_text: str


def state_of(row: RoomRow) -> str:
    if not row.may_enter.allowed:
        was_attended = row.outcome == policy.ATTENDED
        return TIPS if was_attended or (row.has_talked and not row.outcome) else CLOSED
    if not row.has_consented:
        return CONSENT
    return WAITING if row.shown_name else NAME


def room_context(row: RoomRow) -> dict[str, Any]:
    rules = current_rules()
    asked = rules.video.consent
    member = url_for("booking.member", member_id=row.member_id) if row.member_id else ""
    return place_context(row) | {
        "card": _facts(row),
        "back_url": member or url_for("booking.home"),
        "consent": paragraphs(asked.text),
        "consent_hash": text_hash(asked.text),
        "consent_version": asked.version,
        "written_in": rules.identity.default_language,
    }


def _facts(row: RoomRow) -> Facts:
    return Facts(
        when_text=moment(row.starts_at, row.zone).when_text,
        person_name=row.person_name if row.member_id else "",
        doctor_name=row.doctor_name,
        service_name=row.service_name,
        site_text=row.site_text,
        modality_text=modality_text(row.modality),
    )


def place_context(row: RoomRow) -> dict[str, Any]:
    """What the part needs that the page asks for again and again."""
    rules, now = current_rules(), clock.now()
    phone = rules.identity.phone
    refusal = _refusal(row)
    closes_at = row.ends_at + (rules.video.late if row.came_at else timedelta())
    return {
        "room": row,
        "state": state_of(row),
        "closed_text": texts.closed_text(row, refusal, rules.video.opens_before),
        "came_text": moment(row.came_at, row.zone).hour_text if row.came_at else "",
        "until_text": moment(closes_at, row.zone).hour_text,
        "place_texts": texts.place_texts(row, row.place, phone, now=now) if row.place else (),
        "call_url": call_url(row.call),
        "tips": tips(),
    }


def _refusal(row: RoomRow) -> str:
    reason = row.may_enter.reason
    return reason_text(reason) if reason and reason != policy.EARLY else ""


def tips() -> tuple[str, ...]:
    """S0-36, in the reader's language."""
    return tuple(_(tip) for tip in current_rules().video.after.tips)


def call_url(call: CallNow | None) -> str:
    """Where a call is answered, or gone on with; empty for none."""
    if call is None:
        return ""
    endpoint = "video.answer" if call.rings else "video.room"
    return url_for(endpoint, call_id=call.public_id)


@dataclass(frozen=True, slots=True)
class ExpectedCard:
    """One appointment of the doctor's list, ready to print."""

    id: str
    hour_text: str
    person_name: str
    shown_name: str  # where they say another name than the record has
    service_name: str
    state_text: str
    is_here: bool
    admit_url: str  # empty where nobody can be called in now
    again: bool  # they were called in before
    call_url: str
    url: str


def card_of(row: Expected) -> ExpectedCard:
    may_admit = row.may_admit.allowed and row.call is None
    return ExpectedCard(
        id=row.appointment_id,
        hour_text=moment(row.starts_at, row.zone).hour_text,
        person_name=row.person_name,
        shown_name=row.shown_name if row.shown_name != row.person_name else "",
        service_name=row.service_name,
        state_text=texts.state_text(row, now=clock.now()),
        is_here=row.is_here and not row.outcome,
        admit_url=url_for("attention.admit", appointment_id=row.appointment_id)
        if may_admit
        else "",
        again=row.has_talked,
        call_url=call_url(row.call),
        url=url_for("attention.attended", appointment_id=row.appointment_id),
    )


def attended_context(row: Expected) -> dict[str, Any]:
    """The page of one alone."""
    why_not = [
        reason_text(reason)
        for reason in row.refused_outcomes
        if reason in {policy.CAME, policy.STILL_AWAITED} and not row.outcome
    ]
    return {
        "card": card_of(row),
        "when_text": moment(row.starts_at, row.zone).when_text,
        "calls": tuple(length_text(seconds) for seconds in row.calls),
        "why_not": why_not,
        "has_outcomes": bool(row.outcomes),
    }
