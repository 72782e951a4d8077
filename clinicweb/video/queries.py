"""Reading calls, as one of the two sees them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.booking.models import Appointment
from clinicweb.chat.models import Conversation
from clinicweb.chat.people import name_of, names_of
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer
from clinicweb.video import policy
from clinicweb.video.attention_models import Attention
from clinicweb.video.membership import Line, find_line, line_of, live_of
from clinicweb.video.models import Call


@dataclass(frozen=True, slots=True)
class CallRow:
    """
    A call as one of the two finds it now.

    ``conversation_id``, ``appointment_id``: where it belongs, either may be empty.
    ``status``: what the clock has made of it; ``ends_in``: seconds until it stops ringing, or
    ends; ``lasted``: seconds, of one that was answered; ``seat``: the page by which the viewer is
    in it, ``other_seat`` that of the other one; either may be None.
    """

    public_id: str
    conversation_id: str
    appointment_id: str
    status: str
    by_caller: bool
    other_id: int
    other_name: str
    ends_in: int
    lasted: int | None
    is_cut: bool
    reason: str
    seat: str | None
    other_seat: str | None

    @property
    def is_live(self) -> bool:
        return policy.is_live(self.status)


@dataclass(frozen=True, slots=True)
class LiveCall:
    """As all pages of the two tell of it; *rings*: the viewer has not answered yet."""

    public_id: str
    other_name: str
    rings: bool


def get_call(viewer: Viewer, call_id: str) -> CallRow:
    """Raises ``NotFound`` for who is neither of the two."""
    with reading() as session:
        return _row(session, find_line(session, viewer, call_id))


def find_live_call(viewer: Viewer) -> LiveCall | None:
    """The one that rings for the viewer, or that they are in: asked on any page, by one query."""
    with reading() as session:
        found = session.execute(live_of(viewer)).first()
        if found is None:
            return None
        call, account, *records = found
        line = line_of(viewer, call)
        status = policy.became(line.facts, now=clock.now())
        rings = status == policy.RINGING and not line.by_caller
        live = LiveCall(call.public_id, name_of(account, *records), rings=rings)
    return live if policy.is_live(status) else None


def find_other(viewer: Viewer, call_id: str, seat: str) -> int:
    """
    The account to which what *seat* says is brought.

    Raises: ``NotFound`` for a stranger, a call that is not going on, and a page that has not, or
    no longer, the viewer's seat in it.
    """
    with reading() as session:
        line = find_line(session, viewer, call_id)
        status = policy.became(line.facts, now=clock.now())
        if status != policy.ANSWERED or line.seat != seat:
            raise NotFound
        return line.other_id


def _row(session: Session, line: Line) -> CallRow:
    call, now = line.call, clock.now()
    its = (
        select(Conversation.public_id, Appointment.public_id, Attention.shown_name)
        .select_from(Call)
        .outerjoin(Conversation, Conversation.id == Call.conversation_id)
        .outerjoin(Appointment, Appointment.id == Call.appointment_id)
        .outerjoin(Attention, Attention.appointment_id == Call.appointment_id)
        .where(Call.id == call.id)
    )
    conversation_id, appointment_id, shown_name = session.execute(its).one()
    # Who was called in said how they are called: it may be for a child.
    own_name = shown_name if line.by_caller else None
    return CallRow(
        public_id=call.public_id,
        conversation_id=conversation_id or "",
        appointment_id=appointment_id or "",
        status=policy.became(line.facts, now=now),
        by_caller=line.by_caller,
        other_id=line.other_id,
        other_name=own_name or names_of(session, [line.other_id])[line.other_id],
        ends_in=policy.seconds_left(call.deadline_at, now=now),
        lasted=policy.lasted(call.answered_at, call.ended_at),
        is_cut=call.status == policy.ENDED and call.ended_by_id is None,
        reason=call.reason or "",
        seat=line.seat,
        other_seat=line.other_seat,
    )
