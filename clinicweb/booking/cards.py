"""An appointment ready to print."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from clinicweb.booking import policy
from clinicweb.booking.moving_texts import affected_text
from clinicweb.booking.queries import AppointmentRow
from clinicweb.booking.texts import modality_text, status_text
from clinicweb.booking.waiting_texts import wait_url
from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock
from clinicweb.core.i18n import moment
from clinicweb.web.errors import reason_text


@dataclass(frozen=True, slots=True)
class Offer:
    """Something the person can do now (*url*), or the sentence why not (*text*)."""

    allowed: bool
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class AppointmentCard:
    id: str
    starts_at: datetime
    when_text: str
    person_name: str  # whose it is, where that is another than who looks
    doctor_name: str
    service_name: str
    site_text: str
    modality_text: str
    status_text: str
    release: Offer
    move: Offer
    # What is read where the clinic cannot attend it.
    affected_text: str | None
    facts: policy.AppointmentFacts
    earlier_url: str | None  # where one waits for an earlier hour than this
    join: Offer | None  # of what is by video, and not over


def card_of(rules: policy.HourRules, row: AppointmentRow) -> AppointmentCard:
    return AppointmentCard(
        id=row.public_id,
        starts_at=row.starts_at,
        when_text=moment(row.starts_at, row.zone).when_text,
        person_name=row.person_name,
        doctor_name=row.practitioner_name,
        service_name=row.service_name,
        site_text=", ".join(filter(None, (row.site_name, row.site_address))),
        modality_text=modality_text(row.modality),
        status_text=status_text(row.status, current_rules().labels),
        release=_release_offer(rules, row),
        move=_move_offer(rules, row),
        affected_text=affected_text() if row.facts.is_affected else None,
        facts=row.facts,
        earlier_url=_earlier_url(row),
        join=_join_offer(row),
    )


def _release_offer(rules: policy.HourRules, row: AppointmentRow) -> Offer:
    decision = policy.may_release(rules, row.facts, now=clock.now())
    return Offer(
        allowed=decision.allowed,
        url=url_for("booking.release", appointment_id=row.public_id),
        text=reason_text(decision.reason) if decision.reason else "",
    )


def _move_offer(rules: policy.HourRules, row: AppointmentRow) -> Offer:
    decision = policy.may_move(rules, row.facts, now=clock.now())
    return Offer(
        allowed=decision.allowed,
        url=url_for("booking.move", appointment_id=row.public_id),
        text=reason_text(decision.reason) if decision.reason else "",
    )


def _earlier_url(row: AppointmentRow) -> str | None:
    is_ahead = row.facts.is_active and row.starts_at > clock.now()
    return wait_url(current_rules(), antes=row.public_id) if is_ahead else None


def _join_offer(row: AppointmentRow) -> Offer | None:
    opens_before = current_rules().video.opens_before
    facts = policy.JoinFacts(row.starts_at, row.ends_at, is_live=row.facts.is_active)
    decision = policy.may_join(opens_before, facts, now=clock.now())
    is_off = row.modality != "virtual" or row.facts.is_affected
    if is_off or decision.reason == policy.JOIN_OVER:
        return None
    opens = moment(row.starts_at - opens_before, row.zone)
    is_same_day = opens.day_text == moment(row.starts_at, row.zone).day_text
    when_text = opens.hour_text if is_same_day else opens.when_text
    return Offer(
        allowed=decision.allowed,
        url=url_for("attention.room", appointment_id=row.public_id),
        text=reason_text(decision.reason, when=when_text) if decision.reason else "",
    )
