"""Ana's part of the waiting list, for those who walk every route."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.booking.freed import holder_of
from clinicweb.booking.models import FREE, Slot
from clinicweb.booking.offer_mail import PURPOSE
from clinicweb.booking.waiting_models import HourOffer, WaitingEntry
from clinicweb.core import clock, tokens
from clinicweb.core.ids import new_public_id

_LIFETIME = timedelta(hours=1)


def an_offer(session: Session, keys: tuple[str, ...], account: Account) -> dict[str, str]:
    """What she waits for, and an hour that is being offered to her."""
    now = clock.now()
    slot = session.scalars(select(Slot).where(Slot.status == FREE).order_by(Slot.id)).first()
    assert slot is not None
    entry = WaitingEntry(
        public_id=new_public_id(),
        account_id=account.id,
        patient_id=account.patient_id,
        service_id=slot.service_id,
        first_day=slot.day,
        last_day=slot.day,
        part="any",
        created_at=now,
    )
    offer = HourOffer(public_id=new_public_id(), slot=slot, entry=entry)
    offer.offered_at, offer.ends_at = now, now + _LIFETIME
    slot.held_until, slot.held_by_draft_id = offer.ends_at, holder_of(offer.public_id)
    session.add_all([entry, offer])
    return {
        "wait_id": entry.public_id,
        "offer_token": tokens.issue(keys, PURPOSE, offer.public_id),
    }
