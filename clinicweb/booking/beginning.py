"""Beginning a booking whose first answer is known (S3-23)."""

from clinicweb.booking.actions import FLOW
from clinicweb.booking.steps import person
from clinicweb.core import drafts
from clinicweb.core.db import bookkeeping
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from clinicweb.family.members import Member


def begin_for(viewer: Viewer, member: Member) -> str:
    """A draft of *viewer*, for *member*; returns its id."""
    draft_id, owner = new_public_id(), drafts.Owner(account_id=viewer.account_id)
    with bookkeeping() as session:
        draft = drafts.start(session, draft_id, FLOW, owner)
        draft.answers = {
            person.KEY: {"patient": member.public_id, "patient_text": member.full_name}
        }
    return draft_id
