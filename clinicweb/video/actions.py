"""What becomes of calls: started, answered, declined, put down, cut by the clock."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.chat.membership import Place, lock_accounts, lock_place
from clinicweb.chat.models import WITH_PATIENT
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import reading, transaction
from clinicweb.core.decision import check
from clinicweb.core.errors import NotFound
from clinicweb.core.text import clean_line
from clinicweb.core.viewer import PRACTITIONER, SYSTEM, Viewer
from clinicweb.video import lines, policy, ringing
from clinicweb.video.membership import Line, lock_line
from clinicweb.video.models import Call
from clinicweb.video.ringing import Ringing

_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class DeclineCall:
    """``reason``: in the patient's words, read by who called; may be empty."""

    viewer: Viewer
    call_id: str
    reason: str = ""


def start_call(rules: ClinicRules, viewer: Viewer, conversation_id: str) -> str:
    """
    Ring at the patient of the conversation; pressed again, it is the call that there is.

    Returns: its public id.
    Raises: ``NotFound``, ``NotAllowed`` with the policy's reason.
    """
    with transaction(viewer) as session:
        place = lock_place(session, viewer, rules, conversation_id)
        callee = _patient_of(place)
        ids = [viewer.account_id, *([callee.id] if callee else [])]
        lock_accounts(session, ids)
        live = ringing.live_of(session, ids)
        mine = next((call for call in live if _is_this(call, place)), None)
        if mine is not None:
            return mine.public_id
        check(policy.may_start(rules.video, _wish(place, callee, live)))
        patient_id = place.conversation.patient_id
        if callee is None or patient_id is None:
            raise NotFound
        wanted = Ringing(patient_id, viewer.account_id, callee.id, place.conversation.id)
        return ringing.ring(session, rules, wanted).public_id


def _patient_of(place: Place) -> Account | None:
    """Who is called: the account of the patient, or else of who acts for them."""
    accounts = [member.account for member in place.others if member.account.is_active]
    patient_id = place.conversation.patient_id
    exact = [account for account in accounts if account.patient_id == patient_id]
    acting = [account for account in accounts if account.practitioner_id is None]
    return next(iter(exact or acting), None)


def _is_this(call: Call, place: Place) -> bool:
    is_own = call.caller_id == place.me.account_id
    return is_own and call.conversation_id == place.conversation.id


def _wish(place: Place, callee: Account | None, live: list[Call]) -> policy.Wish:
    return policy.Wish(
        by_clinician=PRACTITIONER in place.viewer.roles,
        with_patient=place.conversation.kind == WITH_PATIENT,
        is_there=callee is not None,
        has_ended=place.conversation.ended_at is not None,
        busy=ringing.busy_of(live, place.me.account_id, callee.id if callee else None),
    )


def answer_call(rules: ClinicRules, viewer: Viewer, call_id: str) -> None:
    """
    The first device that answers has it; from now on the clock runs.

    Raises: ``NotFound``, ``NotAllowed`` with the policy's reason.
    """
    with transaction(viewer) as session:
        line = lock_line(session, viewer, call_id)
        now = clock.now()
        check(policy.may_answer(line.facts, now=now))
        call = line.call
        call.status, call.answered_at = policy.ANSWERED, now
        call.deadline_at = now + policy.lasts(rules.video)
        lines.note(session, "call.answer", call)
        lines.announce(session, call)


def decline_call(command: DeclineCall) -> None:
    """Raises ``NotFound``, ``NotAllowed`` with the policy's reason."""
    with transaction(command.viewer) as session:
        line = lock_line(session, command.viewer, command.call_id)
        check(policy.may_answer(line.facts, now=clock.now()))
        line.call.reason = clean_line(command.reason)[:_LONGEST_REASON] or None
        _end(session, line.call, policy.DECLINED, by=command.viewer.account_id)


def hang_up(viewer: Viewer, call_id: str) -> None:
    """Whatever it is, it is over; what is over stays as it is.  Raises ``NotFound``."""
    with transaction(viewer) as session:
        line = lock_line(session, viewer, call_id)
        if policy.is_live(line.call.status):
            _end(session, line.call, _put_down(line), by=viewer.account_id)


def _put_down(line: Line) -> str:
    status = policy.became(line.facts, now=clock.now())
    return policy.hung_up(line.facts) if policy.is_live(status) else status


def end_overdue() -> int:
    """The clock of all calls: what rang for long enough, or lasted, ends.  How many did."""
    now = clock.now()
    with reading() as session:
        query = select(Call.id).where(Call.ended_at.is_(None), Call.deadline_at <= now)
        due = list(session.scalars(query.order_by(Call.deadline_at).limit(100)))
    return sum(_end_overdue(call_id, now) for call_id in due)


def _end_overdue(call_id: int, now: datetime) -> bool:
    with transaction(SYSTEM) as session:
        call = session.get_one(Call, call_id, with_for_update=True)
        status = policy.became(Line(call, by_caller=True).facts, now=now)
        # Somebody may have answered, or put it down, since it was looked for.
        if call.ended_at is not None or policy.is_live(status):
            return False
        _end(session, call, status, by=None)
        return True


def _end(session: Session, call: Call, status: str, *, by: int | None) -> None:
    call.status, call.ended_at, call.ended_by_id = status, clock.now(), by
    detail = {"reason": call.reason} if call.reason else {}
    seconds = policy.lasted(call.answered_at, call.ended_at)
    lasted = {} if seconds is None else {"seconds": str(seconds)}
    is_by_callee = status in {policy.DECLINED, policy.MISSED}
    who = call.callee_id if is_by_callee else by or call.caller_id
    cut = {"cut": "limit"} if status == policy.ENDED and by is None else {}
    lines.say(session, call, f"call.{status}", by=who, **detail, **lasted, **cut)
    lines.note(session, f"call.{_VERBS[status]}", call, **lasted, **cut)
    lines.announce(session, call)


_VERBS = {
    policy.ENDED: "end",
    policy.DECLINED: "decline",
    policy.CANCELLED: "cancel",
    policy.MISSED: "miss",
}
