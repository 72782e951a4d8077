"""Writing to the journal, inside the transaction of the act itself."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from clinicweb.audit.models import AuditEvent
from clinicweb.core import clock, db
from clinicweb.core.viewer import PATIENT, Actor, Viewer

_TABLE = cast("Table", AuditEvent.__table__)


def record(
    session: Session,
    action: str,
    *,
    record_type: str,
    record_id: object,
    patient_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """
    Note that the actor of this transaction did *action* to a record.

    Args:
        action: stable word pair such as ``appointment.book``.
        patient_id: whose record it is, so that this person can read the line later.  Where it
            is that of somebody for whom the actor acts, the line says so.
        detail: JSON values; nothing clinical, no secrets.
    """
    actor = session.info[db.ACTOR]
    event = AuditEvent(
        at=clock.now(),
        account_id=actor.account_id if isinstance(actor, Viewer) else None,
        actor_name=actor.name,
        action=action,
        record_type=record_type,
        record_id=str(record_id),
        patient_id=patient_id,
        detail={**(detail or {}), **_on_behalf(actor, patient_id)} or None,
    )
    session.add(event)
    session.info[db.AUDITED] = True


def log_read(
    session: Session, viewer: Viewer, action: str, *, record: tuple[str, object], patient_id: int
) -> None:
    """
    Note that *viewer* looked at something clinical of a patient: a line that they can read.

    Args:
        session: of ``db.noting``: looking is no act.
        action: e.g. ``conversation.read``.
        record: its type and its public id.
    """
    record_type, record_id = record
    # Straight into the table: of what looking costs a page, half is spared.
    session.execute(
        insert(_TABLE),
        {
            "at": clock.now(),
            "account_id": viewer.account_id,
            "actor_name": viewer.name,
            "action": action,
            "record_type": record_type,
            "record_id": str(record_id),
            "patient_id": patient_id,
            "detail": _on_behalf(viewer, patient_id) or None,
        },
    )


def _on_behalf(actor: Actor, patient_id: int | None) -> dict[str, Any]:
    """Also of who stands for nobody in particular: patients act on no record but their family's."""
    if not isinstance(actor, Viewer) or patient_id is None:
        return {}
    is_patient = actor.roles == {PATIENT} and actor.patient_id is not None
    own_id = actor.holder_id or (actor.patient_id if is_patient else patient_id)
    return {"on_behalf": True} if patient_id != own_id else {}
