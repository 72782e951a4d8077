"""Booking rules: may this person take or release this hour?  Pure: no I/O, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinicweb.core.decision import ALLOWED, Decision, refuse

SLOT_TAKEN = "slot.taken"
PATIENT_BUSY = "book.patient_busy"
TOO_LATE_TO_BOOK = "book.late"
LATE_RELEASE = "release.late"
RELEASE_NOT_ACTIVE = "release.not_active"


@dataclass(frozen=True, slots=True)
class HourRules:
    """The clinic's numbers; the least notice for taking and for giving back an hour."""

    book_notice: timedelta
    release_notice: timedelta


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A slot as *this* draft sees it; instants are aware, UTC."""

    starts_at: datetime
    is_free: bool
    held_by_other_until: datetime | None
    patient_is_busy: bool


@dataclass(frozen=True, slots=True)
class AppointmentFacts:
    """*starts_at* is aware, UTC; *is_active*: booked, and not yet over or cancelled."""

    starts_at: datetime
    is_active: bool


def may_book(rules: HourRules, slot: SlotFacts, *, now: datetime) -> Decision:
    """
    Decide whether a person can have this slot.

    Returns: allowed, or refused with ``slot.taken``, ``book.late`` or ``book.patient_busy``.
    """
    if not slot.is_free:
        return refuse(SLOT_TAKEN)
    if slot.held_by_other_until is not None and slot.held_by_other_until > now:
        return refuse(SLOT_TAKEN)
    if slot.starts_at <= now or slot.starts_at - now < rules.book_notice:
        return refuse(TOO_LATE_TO_BOOK)
    if slot.patient_is_busy:
        return refuse(PATIENT_BUSY)
    return ALLOWED


def may_release(rules: HourRules, appointment: AppointmentFacts, *, now: datetime) -> Decision:
    """
    Decide whether *appointment* can still be released; exactly the notice is enough.

    Returns: allowed, or refused with ``release.late`` or ``release.not_active``.

    Source: S0-30, S3-36.
    """
    if not appointment.is_active:
        return refuse(RELEASE_NOT_ACTIVE)
    if appointment.starts_at <= now or appointment.starts_at - now < rules.release_notice:
        return refuse(LATE_RELEASE)
    return ALLOWED
