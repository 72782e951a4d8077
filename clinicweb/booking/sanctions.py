"""What cancelling costs: the rows about it, within the transaction of the act."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.booking import mail, policy
from clinicweb.booking.models import Appointment, WebCancellation, WebSanction
from clinicweb.booking.policy import Consequence
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotAllowed
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class SanctionRow:
    """Why somebody may not book on the web, and before which day."""

    reason: str
    until: date


def find_sanction(viewer: Viewer, rules: ClinicRules) -> SanctionRow | None:
    """The sanction of the viewer's account that holds today."""
    with reading() as session:
        row = in_force(session, rules, viewer.account_id)
        return SanctionRow(row.reason, row.until) if row else None


def find_consequence(viewer: Viewer, rules: ClinicRules, starts_at: datetime) -> Consequence | None:
    """What it would cost the viewer to give back, now, an hour that begins at *starts_at*."""
    with reading() as session:
        return consequence(session, rules, viewer.account_id, starts_at)


def refuse_the_barred(viewer: Viewer, rules: ClinicRules) -> None:
    """Raises ``NotAllowed`` (``book.barred``) before anything is chosen in vain."""
    row = find_sanction(viewer, rules)
    if row is not None:
        raise NotAllowed(policy.BARRED, until=row.until, why=row.reason)


def in_force(session: Session, rules: ClinicRules, account_id: int) -> WebSanction | None:
    """The longest sanction of an account that holds today; none where there are no sanctions."""
    if not rules.booking.sanctions.days:
        return None
    today = clock.local_day(clock.now(), rules.identity.timezone)
    return session.scalar(
        select(WebSanction)
        .where(
            WebSanction.account_id == account_id,
            WebSanction.until > today,
            WebSanction.lifted_at.is_(None),
        )
        .order_by(WebSanction.until.desc())
        .limit(1)
    )


def consequence(
    session: Session, rules: ClinicRules, account_id: int, starts_at: datetime
) -> Consequence | None:
    """What it costs *account_id* to give back, now, an hour that begins at *starts_at*."""
    now, numbers = clock.now(), policy.sanction_rules(rules.booking)
    if not numbers.days:
        return None
    earlier = select(WebCancellation.at).where(
        WebCancellation.account_id == account_id, WebCancellation.at > now - numbers.window
    )
    today = clock.local_day(now, rules.identity.timezone)
    return policy.consequence_of_release(
        numbers, starts_at, session.scalars(earlier), now=now, today=today
    )


def move_consequence(
    session: Session, rules: ClinicRules, account_id: int, starts_at: datetime
) -> Consequence | None:
    """What it costs *account_id* to change, now, an hour that begins at *starts_at*."""
    of_release = consequence(session, rules, account_id, starts_at)
    return policy.consequence_of_move(rules.booking.move_counts_as_cancellation, of_release)


def find_move_consequence(
    viewer: Viewer, rules: ClinicRules, starts_at: datetime
) -> Consequence | None:
    with reading() as session:
        return move_consequence(session, rules, viewer.account_id, starts_at)


def charge(
    session: Session,
    rules: ClinicRules,
    viewer: Viewer,
    appointment: Appointment,
    cost: Consequence | None,
) -> None:
    """Count that *viewer* gave an hour back, and let it cost what was shown."""
    account_id, now = viewer.account_id, clock.now()
    session.add(WebCancellation(account_id=account_id, appointment_id=appointment.id, at=now))
    if cost is not None:
        patient = session.get_one(Patient, viewer.holder_id or viewer.patient_id)
        sanction = impose(session, cost, appointment, account_id=account_id, patient_id=patient.id)
        mail.tell_sanctioned(session, rules, sanction, patient)


def impose(
    session: Session,
    found: Consequence,
    appointment: Appointment,
    *,
    account_id: int,
    patient_id: int,
) -> WebSanction:
    """The sanction that giving *appointment* back costs the account of *patient_id*."""
    sanction = WebSanction(
        public_id=new_public_id(),
        account_id=account_id,
        patient_id=patient_id,
        appointment_id=appointment.id,
        reason=found.reason,
        made_at=clock.now(),
        until=found.until,
    )
    session.add(sanction)
    audit.record(
        session,
        "sanction.make",
        record_type="sanction",
        record_id=sanction.public_id,
        patient_id=patient_id,
        detail={"reason": found.reason, "until": found.until.isoformat()},
    )
    return sanction
