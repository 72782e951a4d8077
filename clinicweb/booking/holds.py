"""Keeping an hour for the person who is choosing it, for some minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, exists, literal, or_, select, update
from sqlalchemy.orm import Session

from clinicweb.booking.models import FREE, Slot
from clinicweb.booking.policy import ONE_OF_SEVERAL, SLOT_OFFERED, SLOT_TAKEN
from clinicweb.clinic.booking_rules import Booking
from clinicweb.clinic.models import Service
from clinicweb.core import clock, db
from clinicweb.core.drafts import Draft
from clinicweb.core.errors import Conflict

DIRECT = "direct"  # Service.booking: patients book it by themselves
NO_HOLD = {"held_until": None, "held_by_draft_id": None, "held_by_account_id": None}

# Held for who waits for such an hour, and by no draft: no draft's id begins so.
FOR_WAITING = "~"


def is_for_waiting(holder: str | None) -> bool:
    """Whether who holds an hour (``Slot.held_by_draft_id``) is somebody of the waiting list."""
    return bool(holder) and str(holder).startswith(FOR_WAITING)


def is_open_to(draft_id: str, now: datetime) -> ColumnElement[bool]:
    """SQL: free, and not kept at *now* for another draft."""
    nobodys = or_(Slot.held_until.is_(None), Slot.held_until <= now)
    return (Slot.status == FREE) & (nobodys | (Slot.held_by_draft_id == draft_id))


def is_of_service(service: str) -> ColumnElement[bool]:
    """SQL: of *service* (a code), which patients book by themselves."""
    service_id = _service_id(service)
    is_direct = exists().where(Service.id == service_id, Service.booking == DIRECT)
    # Its number stands in the statement: PostgreSQL must know that it is the busy one, or it
    # expects so few hours that reading them all looks cheap.
    return (Slot.service_id == literal(service_id, literal_execute=True)) & is_direct


# By database; a code keeps its number for good.
_service_ids: WeakKeyDictionary[db.Database, dict[str, int]] = WeakKeyDictionary()


def note_services(ids: Mapping[str, int]) -> None:
    """Whoever has read them spares the next statement a question."""
    _service_ids.setdefault(db.current(), {}).update(ids)


def _service_id(code: str) -> int:
    known = _service_ids.setdefault(db.current(), {})
    if code not in known:
        with db.reading() as session:
            found = session.scalar(select(Service.id).where(Service.code == code))
        if found is None:
            return 0
        known[code] = found
    return known[code]


@dataclass(frozen=True, slots=True)
class Wish:
    """An hour to keep: of *service* (a code), and what else must be true of it."""

    slot_id: int
    service: str
    also: Sequence[ColumnElement[bool]] = ()


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
    never offered; ``slot.offered`` when it is being offered to who waited for it.
    """
    now = clock.now()
    wish = Wish(slot_id, service, also)
    _make_room(session, rules, [wish], draft_id=draft_id, account_id=account_id)
    if not _hold(session, rules, wish, (draft_id, account_id), now):
        raise Conflict(_why_lost(session, slot_id, now))


def _why_lost(session: Session, slot_id: int, now: datetime) -> str:
    query = select(Slot.held_by_draft_id).where(Slot.id == slot_id, Slot.held_until > now)
    return SLOT_OFFERED if is_for_waiting(session.scalar(query)) else SLOT_TAKEN


def hold_all(
    session: Session, rules: Booking, wishes: Sequence[Wish], *, draft_id: str, account_id: int
) -> None:
    """As ``hold_slot`` for all of *wishes*.  Raises ``Conflict``, about the first that is lost."""
    now = clock.now()
    _make_room(session, rules, wishes, draft_id=draft_id, account_id=account_id)
    for wish in wishes:
        if not _hold(session, rules, wish, (draft_id, account_id), now):
            raise Conflict(ONE_OF_SEVERAL, about=str(wish.slot_id))


def hold_some(
    session: Session, rules: Booking, wishes: Sequence[Wish], *, draft_id: str, account_id: int
) -> None:
    """As ``hold_all``, without those that are lost."""
    now = clock.now()
    _make_room(session, rules, wishes, draft_id=draft_id, account_id=account_id)
    for wish in wishes:
        _hold(session, rules, wish, (draft_id, account_id), now)


def _make_room(
    session: Session, rules: Booking, wishes: Sequence[Wish], *, draft_id: str, account_id: int
) -> None:
    """Lock what may change, let go of what the draft kept, and of the account's oldest."""
    _lock(session, [wish.slot_id for wish in wishes], account_id)
    let_go(session, draft_id)
    keep = max(0, rules.max_holds - len(wishes))
    _let_go_of_oldest(session, account_id, keep=keep, now=clock.now())


def _hold(
    session: Session, rules: Booking, wish: Wish, owner: tuple[str, int], now: datetime
) -> bool:
    draft_id, account_id = owner
    kept = session.execute(
        update(Slot)
        .where(
            Slot.id == wish.slot_id,
            is_of_service(wish.service),
            *wish.also,
            is_open_to(draft_id, now),
            Slot.starts_at > now,
            Slot.starts_at >= now + rules.book_notice,
        )
        .values(
            held_until=now + rules.hold, held_by_draft_id=draft_id, held_by_account_id=account_id
        )
        .execution_options(synchronize_session=False)
    )
    return bool(kept.rowcount)  # type: ignore[attr-defined]


def _lock(session: Session, slot_ids: Sequence[int], account_id: int) -> None:
    """All that may change, in one order: two who change places must not wait in a ring."""
    # First which, then these by their ids: PostgreSQL answers an "or" of both by reading all.
    kept = session.scalars(select(Slot.id).where(_is_kept_by(account_id)))
    touched = select(Slot.id).where(Slot.id.in_({*slot_ids, *kept}))
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
