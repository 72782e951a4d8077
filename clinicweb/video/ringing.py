"""How a call begins, from a conversation as from an appointment; within the act at hand."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.ids import new_public_id
from clinicweb.video import lines, policy
from clinicweb.video.models import Call


@dataclass(frozen=True, slots=True)
class Ringing:
    """Who calls whom (accounts), about which patient, and where it begins."""

    patient_id: int
    caller_id: int
    callee_id: int
    conversation_id: int | None = None
    appointment_id: int | None = None


def live_of(session: Session, ids: Collection[int]) -> list[Call]:
    """The calls that accounts *ids* are in."""
    query = select(Call).where(
        Call.ended_at.is_(None), or_(Call.caller_id.in_(ids), Call.callee_id.in_(ids))
    )
    return list(session.scalars(query))


def busy_of(live: Iterable[Call], own_id: int, other_id: int | None) -> tuple[str, ...]:
    """As ``policy.is_free`` asks for it."""
    busy = {account_id for call in live for account_id in (call.caller_id, call.callee_id)}
    found = (("self", own_id), ("other", other_id))
    return tuple(who for who, account_id in found if account_id in busy)


def ring(session: Session, rules: ClinicRules, wanted: Ringing) -> Call:
    now = clock.now()
    call = Call(
        public_id=new_public_id(),
        conversation_id=wanted.conversation_id,
        appointment_id=wanted.appointment_id,
        patient_id=wanted.patient_id,
        caller_id=wanted.caller_id,
        callee_id=wanted.callee_id,
        status=policy.RINGING,
        asked_at=now,
        deadline_at=now + policy.rings(rules.video),
    )
    session.add(call)
    session.flush()
    lines.say(session, call, lines.ASKED, by=call.caller_id, call_id=call.public_id)
    lines.note(session, "call.start", call)
    lines.announce(session, call)
    return call
