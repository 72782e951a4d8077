"""The journal's line of each document that was opened."""

from clinicweb.audit import actions as audit
from clinicweb.core.db import noting
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer


def note_opened(viewer: Viewer, action: str, *, record: tuple[str, str]) -> None:
    """*viewer* was shown *record* (type and public id) of the person whom they act for."""
    if viewer.patient_id is None:
        raise NotFound
    with noting() as session:
        audit.log_read(session, viewer, action, record=record, patient_id=viewer.patient_id)
