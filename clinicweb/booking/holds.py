"""Keeping an hour for the person who is choosing it, for some minutes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from clinicweb.booking.models import FREE, Slot
from clinicweb.booking.policy import SLOT_TAKEN
from clinicweb.clinic.booking_rules import Booking
from clinicweb.clinic.models import Service
from clinicweb.core import clock
from clinicweb.core.drafts import Draft
from clinicweb.core.errors import Conflict

DIRECT = "direct"  # Service.booking: patients book it by themselves
NO_HOLD = {"held_until": None, "held_by_draft_id": None, "held_by_account_id": None}


def is_open_to(draft_id: str, now: datetime) -> ColumnElement[bool]:
    """SQL: free, and not kept at *now* for another draft."""
    nobodys = or_(Slot.held_until.is_(None), Slot.held_until <= now)
    return (Slot.status == FREE) & (nobodys | (Slot.held_by_draft_id == draft_id))


def is_of_service(service: str) -> ColumnElement[bool]:
    """SQL: of *service* (a code), which patients book by themselves."""
    query = select(Service.id).where(Service.code == service, Service.booking == DIRECT)
    return Slot.service_id == query.scalar_subquery()


def hold_slot(
    session: Session,
    rules: Booking,
    slot_id: int,
    *,
    service: str,
    draft_id: str,
    account_id: int,
    also: Sequence[ColumnElement[bool]] = (),
) -> None:
    """
    Keep *slot_id*, an hour of *service*, for *draft_id*, and let go of any other it kept.

    Args:
        also: what else must be true of the hour.

    Raises: ``Conflict`` (``slot.taken``) when it is booked, kept for somebody else, or was
    never offered.
    """
    now = clock.now()
    _lock(session, slot_id, account_id)
    let_go(session, draft_id)
    _let_go_of_oldest(session, account_id, keep=rules.max_holds - 1, now=now)
    kept = session.execute(
        update(Slot)
        .where(
            Slot.id == slot_id,
            is_of_service(service),
            *also,
            is_open_to(draft_id, now),
            Slot.starts_at > now,
            Slot.starts_at >= now + rules.book_notice,
        )
        .values(
            held_until=now + rules.hold, held_by_draft_id=draft_id, held_by_account_id=account_id
        )
    )
    if kept.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict(SLOT_TAKEN)


def _lock(session: Session, slot_id: int, account_id: int) -> None:
    """All that may change, in one order: two who change places must not wait in a ring."""
    touched = select(Slot.id).where(or_(Slot.id == slot_id, _is_kept_by(account_id)))
    session.scalars(touched.order_by(Slot.id).with_for_update()).all()


def _is_kept_by(account_id: int) -> ColumnElement[bool]:
    # By way of the drafts, which have an index on their account: there are many slots.
    return Slot.held_by_draft_id.in_(select(Draft.id).where(Draft.account_id == account_id))


def let_go(session: Session, draft_id: str) -> None:
    """Whatever *draft_id* kept is anybody's again."""
    session.execute(update(Slot).where(Slot.held_by_draft_id == draft_id).values(NO_HOLD))


def _let_go_of_oldest(session: Session, account_id: int, *, keep: int, now: datetime) -> None:
    """One person may keep only so many: the oldest go first."""
    kept = session.scalars(
        select(Slot.id)
        .where(_is_kept_by(account_id), Slot.held_until > now)
        .order_by(Slot.held_until.desc())
        .offset(keep)
    ).all()
    if kept:
        session.execute(update(Slot).where(Slot.id.in_(kept)).values(NO_HOLD))
