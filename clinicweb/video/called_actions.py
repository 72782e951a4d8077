"""
The worker's part for who is called and has no page of the portal open: told once, while it rings;
who calls, and about what, never leaves the portal.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.accounts.people import contact_of
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, phones
from clinicweb.core.db import reading
from clinicweb.core.limits import may_attempt
from clinicweb.core.queue import work_through
from clinicweb.core.viewer import SystemActor
from clinicweb.notifications.actions import PUSH, SMS, NewMessage, enqueue
from clinicweb.notifications.models import PushDevice
from clinicweb.notifications.queries import sends_texts
from clinicweb.video import lines
from clinicweb.video.models import Call
from clinicweb.video.policy import RINGING
from clinicweb.web import live

RINGS = "call_ringing"
_WORKER = SystemActor("called-people")
# A page that is open and that nobody looks at: then the telephone rings after all.
GRACE = timedelta(seconds=10)
MOST_TEXTS_AN_HOUR = 6
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def tell_called(rules: ClinicRules, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """
    Tell everybody who is called and not there, each call once, however many workers.

    Returns: of how many calls.
    """
    told = 0
    while not is_stopping():
        taken = work_through(_waiting(), _WORKER, lambda session, call: _tell(session, rules, call))
        told += taken
        if not taken:
            break
    return told


def _waiting() -> Select[Call]:
    now = clock.now()
    rings = (Call.status == RINGING, Call.ended_at.is_(None), Call.told_at.is_(None))
    with reading() as session:
        called = list(session.scalars(select(Call.callee_id).where(*rings)))
    there = live.present(called) if called else ()
    is_away = or_(Call.callee_id.not_in(there), Call.asked_at <= now - GRACE)
    return select(Call).where(*rings, Call.deadline_at > now, is_away).order_by(Call.id)


def _tell(session: Session, rules: ClinicRules, call: Call) -> None:
    call.told_at = clock.now()
    account = session.get_one(Account, call.callee_id)
    ways = _push(session, rules, call, account) + _text(session, rules, call, account)
    lines.note(session, "call.notify", call, by=" ".join(ways))


def _push(session: Session, rules: ClinicRules, call: Call, account: Account) -> tuple[str, ...]:
    """To each browser that this person allowed to tell them."""
    if not rules.chat.pushes:
        return ()
    query = select(PushDevice.public_id).where(PushDevice.account_id == account.id)
    devices = list(session.scalars(query))
    for device in devices:
        enqueue(session, _message(rules, call, account, (PUSH, device, rules.identity.name)))
    return ("push",) if devices else ()


def _text(session: Session, rules: ClinicRules, call: Call, account: Account) -> tuple[str, ...]:
    """It costs: only where the clinic says so, and never many to one telephone, nor in a day."""
    phone = contact_of(session, account).phone if rules.video.texts_when_called else None
    if not phone or not sends_texts() or not phones.can_be_texted(phone, rules.sms_countries):
        return ()
    most = rules.video.texts_per_day
    if not may_attempt(
        session, f"call-text:{phone}", limit=MOST_TEXTS_AN_HOUR, window=_HOUR
    ) or not may_attempt(session, "call-text-day", limit=most, window=_DAY):
        return ()
    enqueue(session, _message(rules, call, account, (SMS, phone, rules.sms_name)))
    return ("text",)


def _message(
    rules: ClinicRules, call: Call, account: Account, to: tuple[str, str, str]
) -> NewMessage:
    """*to*: channel, recipient, and what the clinic is called there."""
    channel, recipient, clinic_name = to
    return NewMessage(
        template=RINGS,
        recipient=recipient,
        language=account.language or rules.identity.default_language,
        context={
            "clinic_name": clinic_name,
            "page": f"/videollamadas/{call.public_id}",
            "rings_until": call.deadline_at.isoformat(),
        },
        dedupe_key=f"call/{call.public_id}/{channel}/{recipient}",
        channel=channel,
        good_for=call.deadline_at - clock.now(),
    )
