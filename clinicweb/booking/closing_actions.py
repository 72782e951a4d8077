"""The clinic closes somebody's agenda for a while."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.booking.holds import NO_HOLD
from clinicweb.booking.models import WITHDRAWN, Closure, Slot
from clinicweb.booking.publish_actions import publish_in
from clinicweb.clinic.models import Practitioner
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.db import again_after_a_ring, transaction
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Actor


@dataclass(frozen=True, slots=True)
class CloseAgenda:
    """*practitioner* (a code) attends nobody from *starts_at* until *ends_at*, both aware."""

    actor: Actor
    practitioner: str
    starts_at: datetime
    ends_at: datetime
    reason: str


@again_after_a_ring
def close_agenda(rules: ClinicRules, command: CloseAgenda) -> None:
    """
    Nobody can book those hours any more; whoever has one is told by ``actions.tell_changes``.

    Closing the same again changes nothing.  Raises: ``NotFound`` for nobody's code.
    """
    query = select(Practitioner).where(Practitioner.code == command.practitioner)
    with transaction(command.actor) as session:
        practitioner = session.scalar(query)
        if practitioner is None:
            raise NotFound
        if _is_closed(session, practitioner, command):
            return
        closure = Closure(
            practitioner_id=practitioner.id,
            starts_at=command.starts_at,
            ends_at=command.ends_at,
            reason=command.reason,
        )
        session.add(closure)
        session.flush()
        publish_in(session, horizon_days=rules.booking.horizon_days)
        _withdraw(session, closure)
        audit.record(
            session,
            "agenda.close",
            record_type="practitioner",
            record_id=practitioner.code,
            detail={
                "from": command.starts_at.isoformat(),
                "to": command.ends_at.isoformat(),
                "why": command.reason,
            },
        )


def _is_closed(session: Session, practitioner: Practitioner, command: CloseAgenda) -> bool:
    query = select(Closure.id).where(
        Closure.practitioner_id == practitioner.id,
        Closure.site_id.is_(None),
        Closure.starts_at == command.starts_at,
        Closure.ends_at == command.ends_at,
    )
    return session.scalar(query.limit(1)) is not None


def _withdraw(session: Session, closure: Closure) -> None:
    """Hours that no agenda made (imported ones) are not publishing's: they go here."""
    query = (
        select(Slot)
        .where(
            Slot.practitioner_id == closure.practitioner_id,
            Slot.starts_at < closure.ends_at,
            Slot.ends_at > closure.starts_at,
            Slot.status != WITHDRAWN,
        )
        .order_by(Slot.id)
        .with_for_update(of=Slot)
    )
    for slot in session.scalars(query):
        slot.status = WITHDRAWN
        for name, value in NO_HOLD.items():
            setattr(slot, name, value)
