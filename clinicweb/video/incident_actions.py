"""A call that failed, told to the clinic's support."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.clinic.rules import ClinicRules
from clinicweb.contact.actions import CallReport, file_report
from clinicweb.contact.policy import SUPPORT
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.ids import new_reference
from clinicweb.core.limits import count_attempt, may_attempt
from clinicweb.core.viewer import Viewer
from clinicweb.notifications.actions import NewMessage, enqueue
from clinicweb.video import incidents, lines
from clinicweb.video.check_models import CallIncident, DeviceCheck
from clinicweb.video.membership import Line, lock_line

MOST_A_DAY, MOST_MAILS_A_DAY = 10, 60
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReportCall:
    """``cause``, ``diagnosis``: as the page says; ``browser``: as its owner would say it."""

    viewer: Viewer
    call_id: str
    cause: str
    diagnosis: str
    browser: str


def report_call(rules: ClinicRules, command: ReportCall) -> str:
    """
    Tell the clinic's support; pressed again, it is the report that there is.

    Returns: its reference, to be said on the telephone.
    Raises: ``NotFound``; ``TooManyAttempts``.
    """
    with transaction(command.viewer) as session:
        line = lock_line(session, command.viewer, command.call_id)
        mine = CallIncident.account_id == command.viewer.account_id
        told = select(CallIncident).where(CallIncident.call_id == line.call.id, mine)
        found = session.scalar(told)
        if found is not None:
            return found.reference
        key = f"call-incident:{command.viewer.account_id}"
        count_attempt(session, key, limit=MOST_A_DAY, window=_DAY)
        row = _written(session, command, line)
        lines.note(session, "call.report", line.call, reference=row.reference, cause=row.cause)
        _put_before_staff(session, rules, command.viewer, row)
        _mail(session, rules, row)
        return row.reference


def _written(session: Session, command: ReportCall, line: Line) -> CallIncident:
    row = CallIncident(
        reference=new_reference(),
        call_id=line.call.id,
        account_id=command.viewer.account_id,
        reported_at=clock.now(),
        cause=incidents.cause_of(command.cause),
        browser=command.browser[:120],
        diagnosis=incidents.diagnosis_of(command.diagnosis),
    )
    session.add(row)
    session.flush()
    return row


def _put_before_staff(
    session: Session, rules: ClinicRules, viewer: Viewer, row: CallIncident
) -> None:
    """It waits among the messages to the clinic, and is answered there."""
    diagnosis = {
        "cause": row.cause,
        "browser": row.browser,
        "measured": _listed(row.diagnosis),
        "tried": _listed(_latest_check(session, row.account_id)),
    }
    file_report(session, rules, viewer, CallReport(row.reference, diagnosis))


def _mail(session: Session, rules: ClinicRules, row: CallIncident) -> None:
    """Whose call it was stays in the portal: the reference leads to it."""
    to = rules.video.support_email or _support_mailbox(rules)
    if not to or not may_attempt(
        session, "call-incident-mails", limit=MOST_MAILS_A_DAY, window=_DAY
    ):
        return
    context: dict[str, Any] = {
        "clinic_name": rules.identity.name,
        "clinic_phone": rules.identity.phone or None,
        "reference": row.reference,
        "cause": row.cause,
        "starts_at": row.reported_at.isoformat(),
        "zone": rules.identity.timezone,
        "browser": row.browser,
        "measured": _listed(row.diagnosis),
        "tried": _listed(_latest_check(session, row.account_id)),
    }
    message = NewMessage(
        template="call_incident",
        recipient=to,
        language=rules.identity.default_language,
        context=context,
        dedupe_key=f"call-incident/{row.reference}",
    )
    enqueue(session, message)


def _support_mailbox(rules: ClinicRules) -> str:
    kind = rules.contact.type_of(SUPPORT)
    return kind.mailbox if kind else ""


def _latest_check(session: Session, account_id: int) -> dict[str, Any]:
    query = select(DeviceCheck.found).where(DeviceCheck.account_id == account_id)
    return session.scalar(query.order_by(DeviceCheck.id.desc()).limit(1)) or {}


def _listed(found: dict[str, Any]) -> list[str]:
    return [f"{name}: {value}" for name, value in sorted(found.items()) if value not in {"", 0}]
