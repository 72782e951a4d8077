"""Whose call it is, asked within the session at hand; acts ask under its lock."""

from dataclasses import dataclass

from sqlalchemy import Select, case, or_, select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer
from clinicweb.video.models import Call
from clinicweb.video.policy import CallFacts


@dataclass(frozen=True, slots=True)
class Line:
    """A call as one of its two finds it."""

    call: Call
    by_caller: bool

    @property
    def facts(self) -> CallFacts:
        return CallFacts(self.call.status, self.by_caller, self.call.deadline_at)

    @property
    def other_id(self) -> int:
        return self.call.callee_id if self.by_caller else self.call.caller_id

    @property
    def seat(self) -> str | None:
        return self.call.caller_seat if self.by_caller else self.call.callee_seat

    @property
    def other_seat(self) -> str | None:
        return self.call.callee_seat if self.by_caller else self.call.caller_seat

    def sit(self, seat: str) -> None:
        if self.by_caller:
            self.call.caller_seat = seat
        else:
            self.call.callee_seat = seat


def find_line(session: Session, viewer: Viewer, public_id: str) -> Line:
    """Raises ``NotFound`` for who is neither of the two."""
    return line_of(viewer, session.scalar(_own(viewer).where(Call.public_id == public_id)))


def lock_line(session: Session, viewer: Viewer, public_id: str) -> Line:
    """The same under the call's lock: nobody answers or ends it meanwhile."""
    query = _own(viewer).where(Call.public_id == public_id).with_for_update()
    return line_of(viewer, session.scalar(query))


def live_of(viewer: Viewer) -> Select[Call, Account, Practitioner | None, Patient | None]:
    """The call that rings for *viewer*, or that they are in; and who the other one is."""
    other_id = case((Call.caller_id == viewer.account_id, Call.callee_id), else_=Call.caller_id)
    return (
        _own(viewer)
        .where(Call.ended_at.is_(None))
        .add_columns(Account, Practitioner, Patient)
        .join(Account, Account.id == other_id)
        .outerjoin(Practitioner, Account.practitioner_id == Practitioner.id)
        .outerjoin(Patient, Account.patient_id == Patient.id)
        .order_by(Call.id.desc())
        .limit(1)
    )


def _own(viewer: Viewer) -> Select[Call]:
    return select(Call).where(
        or_(Call.caller_id == viewer.account_id, Call.callee_id == viewer.account_id)
    )


def line_of(viewer: Viewer, call: Call | None) -> Line:
    """Raises ``NotFound`` for none."""
    if call is None:
        raise NotFound
    return Line(call, by_caller=call.caller_id == viewer.account_id)
