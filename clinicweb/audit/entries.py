"""What the journal says of acts that others have to reckon with."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.audit.models import AuditEvent


def list_details(
    session: Session, action: str, patient_ids: Collection[int]
) -> list[tuple[int, Mapping[str, Any]]]:
    """(patient, detail) of each time that *action* was done to a record of one of these."""
    query = select(AuditEvent.patient_id, AuditEvent.detail).where(
        AuditEvent.patient_id.in_(patient_ids), AuditEvent.action == action
    )
    return [(patient_id, detail or {}) for patient_id, detail in session.execute(query)]
