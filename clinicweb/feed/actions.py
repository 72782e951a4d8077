"""Making and closing one's calendar address."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from clinicweb.feed.models import CalendarFeed


def open_feed(viewer: Viewer) -> str:
    """A new address, in place of the one before.  Returns: the feed's id."""
    feed = CalendarFeed(id=new_public_id(), account_id=viewer.account_id, created_at=clock.now())
    with transaction(viewer) as session:
        _forget(session, viewer)
        session.add(feed)
        _record(session, "calendar_feed.open", viewer)
        return feed.id


def close_feed(viewer: Viewer) -> None:
    """From here on nobody reads the address."""
    with transaction(viewer) as session:
        _forget(session, viewer)
        _record(session, "calendar_feed.close", viewer)


def _forget(session: Session, viewer: Viewer) -> None:
    session.execute(delete(CalendarFeed).where(CalendarFeed.account_id == viewer.account_id))


def _record(session: Session, action: str, viewer: Viewer) -> None:
    audit.record(
        session,
        action,
        record_type="account",
        record_id=viewer.account_id,
        patient_id=viewer.patient_id,
    )
