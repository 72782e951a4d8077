"""Reading boxes: as the patient finds theirs, and the doctor everybody's of today."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.booking.models import APPOINTMENT_CANCELLED, LIVE_STATUSES, Appointment
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.viewer import Viewer
from clinicweb.video import attention_policy as policy
from clinicweb.video import policy as calls
from clinicweb.video.attention_models import Attention, TelecareConsent, TelecareText
from clinicweb.video.attention_policy import Place, Waiting
from clinicweb.video.attention_rows import CallNow, Expected, RoomRow
from clinicweb.video.boxes import Box, attended_by, find_attended, find_coming, has_consented
from clinicweb.video.consent import Consented
from clinicweb.video.membership import line_of
from clinicweb.video.models import Call

# Somebody's line is that of their doctor's day, or night.
_LINE = timedelta(hours=12)
# Around midnight the day has those hours too that are near.
_NIGHT = timedelta(hours=2)
_MOST = 100


def get_room(viewer: Viewer, rules: ClinicRules, appointment_id: str) -> RoomRow:
    """
    The box of an appointment of the viewer's, or of one for whom they may act.

    Raises: ``NotFound`` for one of anybody else.
    """
    now = clock.now()
    with reading() as session:
        coming = find_coming(session, viewer, rules, appointment_id)
        row, facts = coming.box.appointment, coming.box.facts
        attention = coming.box.attention or Attention()
        may_enter = policy.may_enter(rules.video, facts, now=now)
        is_waiting = facts.has_come and attention.left_at is None and may_enter.allowed
        return RoomRow(
            appointment_id=row.public_id,
            member_id=coming.member_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            zone=row.site.timezone,
            person_name=row.patient.full_name,
            doctor_name=row.practitioner.full_name,
            service_name=row.service.name,
            site_text=", ".join(filter(None, (row.site.name, row.site.address))),
            modality=row.modality,
            may_enter=may_enter,
            has_consented=has_consented(session, coming.viewer, rules),
            shown_name=attention.shown_name or "",
            came_at=attention.arrived_at,
            has_left=attention.left_at is not None,
            is_here=policy.is_present(attention.seen_at, attention.left_at, now=now),
            place=_place(session, row, now) if is_waiting else None,
            call=_now_of(viewer, coming.call, now),
            has_talked=attention.admitted_at is not None,
            outcome=facts.outcome,
        )


def list_expected(viewer: Viewer, rules: ClinicRules) -> tuple[Expected, ...]:
    """Whom the viewer attends by video today, in the clinic's time; by hour."""
    now, zone = clock.now(), rules.identity.timezone
    first = clock.start_of_day(clock.local_day(now, zone), zone)
    query = (
        attended_by(viewer)
        .add_columns(Attention, Call)
        .outerjoin(Attention, Attention.appointment_id == Appointment.id)
        .outerjoin(Call, (Call.appointment_id == Appointment.id) & Call.ended_at.is_(None))
        .where(
            Appointment.modality == "virtual",
            Appointment.status != APPOINTMENT_CANCELLED,
            Appointment.starts_at >= min(first, now - _NIGHT),
            Appointment.starts_at < max(first + timedelta(days=1), now + _NIGHT),
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(_MOST)
    )
    with reading() as session:
        rows = session.execute(query).all()
        return tuple(
            _told(viewer, rules, Box(appointment, attention), call)
            for appointment, attention, call in rows
        )


def get_expected(viewer: Viewer, rules: ClinicRules, appointment_id: str) -> Expected:
    """One of whatever day, with its calls.  Raises ``NotFound`` for who attends it not."""
    with reading() as session:
        box = find_attended(session, viewer, appointment_id)
        query = select(Call).where(Call.appointment_id == box.appointment.id).order_by(Call.id)
        made = list(session.scalars(query))
        live = next((call for call in made if call.ended_at is None), None)
        seconds = (calls.lasted(call.answered_at, call.ended_at) for call in made)
        lasted = tuple(each for each in seconds if each is not None)
        return _told(viewer, rules, box, live, lasted=lasted)


def find_consent(viewer: Viewer) -> tuple[Consented, ...]:
    """What the viewer's account consented to, the latest first."""
    query = (
        select(TelecareConsent, TelecareText)
        .join(TelecareText, TelecareText.text_hash == TelecareConsent.text_hash)
        .where(TelecareConsent.account_id == viewer.account_id)
        .order_by(TelecareConsent.accepted_at.desc())
        .limit(_MOST)
    )
    with reading() as session:
        return tuple(
            Consented(row.version, text.text, row.text_hash, row.accepted_at)
            for row, text in session.execute(query)
        )


def _now_of(viewer: Viewer, call: Call | None, now: datetime) -> CallNow | None:
    if call is None or viewer.account_id not in {call.caller_id, call.callee_id}:
        return None
    line = line_of(viewer, call)
    status = calls.became(line.facts, now=now)
    if not calls.is_live(status):
        return None
    return CallNow(call.public_id, rings=status == calls.RINGING and not line.by_caller)


def _place(session: Session, row: Appointment, now: datetime) -> Place:
    query = (
        select(
            Appointment.starts_at, Appointment.ends_at, Attention.seen_at, Attention.left_at,
            Call.asked_at,
        )
        .join(Attention, Attention.appointment_id == Appointment.id)
        .outerjoin(Call, (Call.appointment_id == Appointment.id) & Call.ended_at.is_(None))
        .where(
            Appointment.practitioner_id == row.practitioner_id,
            Appointment.id != row.id,
            Appointment.starts_at > row.starts_at - _LINE,
            Appointment.starts_at < row.starts_at + _LINE,
            Attention.arrived_at.is_not(None),
            Attention.outcome.is_(None),
            Appointment.status.in_(LIVE_STATUSES),
        )
        .limit(_MOST)
    )  # fmt: skip
    return policy.place_in_line(row.starts_at, _waiting(session.execute(query).all(), now), now=now)


def _waiting(rows: Iterable[Any], now: datetime) -> Iterator[Waiting]:
    for starts_at, ends_at, seen_at, left_at, asked_at in rows:
        if asked_at is not None or policy.is_present(seen_at, left_at, now=now):
            yield Waiting(starts_at, ends_at - starts_at, since=asked_at)


def _told(
    viewer: Viewer,
    rules: ClinicRules,
    box: Box,
    call: Call | None,
    *,
    lasted: tuple[int, ...] = (),
) -> Expected:
    row, facts, video, now = box.appointment, box.facts, rules.video, clock.now()
    attention = box.attention or Attention()
    said = {one: policy.may_conclude(video, facts, one, now=now) for one in policy.OUTCOMES}
    return Expected(
        appointment_id=row.public_id,
        patient_id=row.patient_id,
        starts_at=row.starts_at,
        zone=row.site.timezone,
        person_name=row.patient.full_name,
        shown_name=attention.shown_name or "",
        service_name=row.service.name,
        came_at=attention.arrived_at,
        seen_at=attention.seen_at,
        left_at=attention.left_at,
        is_here=policy.is_present(attention.seen_at, attention.left_at, now=now),
        may_admit=policy.may_admit(video, facts, now=now),
        call=_now_of(viewer, call, now),
        outcome=facts.outcome,
        outcomes=tuple(one for one, decision in said.items() if decision.allowed),
        refused_outcomes=tuple(one.reason for one in said.values() if one.reason),
        has_talked=attention.admitted_at is not None,
        note=attention.note or "",
        calls=lasted,
    )
