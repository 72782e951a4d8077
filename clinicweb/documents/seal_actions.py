"""Sealing what the clinic has authorised, and taking a seal back."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from clinicweb.audit import actions as audit
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import bookkeeping, reading, transaction
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import SYSTEM, Actor
from clinicweb.documents import pdf
from clinicweb.documents.codes import new_code
from clinicweb.documents.leave_queries import is_superseded
from clinicweb.documents.models import DocumentSeal, SickLeave
from clinicweb.documents.policy import AUTHORISED, earliest_shown, months_after
from clinicweb.documents.sealed_paper import LeaveFacts, SealText, facts_of, html_of
from clinicweb.documents.sealed_store import store
from clinicweb.documents.signing import Sealer, sealer

log = logging.getLogger(__name__)

_AT_ONCE = 50
_TRY_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Sealing:
    """One round of it: *verify_url* is what stands on each sheet."""

    rules: ClinicRules
    sealer: Sealer
    verify_url: str
    today: date

    def text(self, code: str) -> SealText:
        expires_on = months_after(self.today, self.rules.documents.seal_months)
        return SealText(code, self.today, expires_on, self.verify_url)


def seal_issued(
    rules: ClinicRules, address: str, is_stopping: Callable[[], bool] = lambda: False
) -> int:
    """
    Make, sign and keep the paper of each sick leave that waits for it.

    Args:
        address: where the portal is, for the sheet to say.

    Returns: how many were sealed; none where there is no certificate, or nothing makes PDFs.
    """
    found = sealer()
    if not rules.documents.sick_leaves or found is None or pdf.press().engine is None:
        return 0
    today = clock.local_day(clock.now(), rules.identity.timezone)
    sealing = _Sealing(rules, found, f"{address.rstrip('/')}/verificar", today)
    count = 0
    for facts in _waiting(earliest_shown(today, rules.documents.sick_leave_months)):
        if is_stopping():
            break
        count += _seal(sealing, facts)
    return count


def _waiting(since: date) -> list[LeaveFacts]:
    """Authorised, of the days that are shown, not corrected; what failed just now waits."""
    tried_at = SickLeave.sealing_failed_at
    query = (
        select(SickLeave)
        .outerjoin(DocumentSeal, DocumentSeal.sick_leave_id == SickLeave.id)
        .where(
            DocumentSeal.id.is_(None),
            SickLeave.status.in_(AUTHORISED),
            SickLeave.issued_on >= since,
            or_(tried_at.is_(None), tried_at < clock.now() - _TRY_AGAIN),
            ~is_superseded(),
        )
        .options(joinedload(SickLeave.patient), joinedload(SickLeave.author))
        .order_by(SickLeave.id)
        .limit(_AT_ONCE)
    )
    with reading() as session:
        return [facts_of(leave) for leave in session.scalars(query)]


def _seal(sealing: _Sealing, facts: LeaveFacts) -> bool:
    text = sealing.text(new_code())
    html = html_of(sealing.rules, facts, text)
    try:
        plain = pdf.press().make_once(html, pdf.PAPERS[sealing.rules.documents.paper])
    except pdf.TooManyAtOnce:
        return False
    except pdf.PdfFailed:
        log.exception("no PDF could be made of a sick leave: tried again in an hour")
        _note_failure(facts)
        return False
    signed = sealing.sealer.sign(plain, text.code)
    # Whole on the disk before any row tells of it.
    digest = store().keep(signed)
    with transaction(SYSTEM) as session:
        return _keep(session, sealing, facts, text, digest)


def _keep(
    session: Session, sealing: _Sealing, facts: LeaveFacts, text: SealText, digest: str
) -> bool:
    """Nothing, where it says something else by now, or somebody else was first."""
    query = select(SickLeave).where(SickLeave.id == facts.id).with_for_update()
    leave = session.scalars(query).one()
    sealed = select(DocumentSeal.id).where(DocumentSeal.sick_leave_id == leave.id)
    if facts_of(leave) != facts or leave.status not in AUTHORISED or session.scalar(sealed):
        return False
    seal = DocumentSeal(
        code=text.code,
        sick_leave_id=leave.id,
        content_hash=digest,
        certificate_hash=sealing.sealer.certificate_hash,
        sealed_at=clock.now(),
        expires_on=text.expires_on,
    )
    session.add(seal)
    _record(session, "sick_leave.seal", leave)
    return True


def _note_failure(facts: LeaveFacts) -> None:
    with bookkeeping() as session:
        session.get_one(SickLeave, facts.id).sealing_failed_at = clock.now()


@dataclass(frozen=True, slots=True)
class RevokeSeal:
    """*code* as ``codes.read_code`` gives it; *reason* stands in the journal."""

    actor: Actor
    code: str
    reason: str


def revoke_seal(command: RevokeSeal) -> bool:
    """
    Nobody stands for that document any more: it is not shown, and whoever asks is told.

    Returns: false where that was so already.  Raises: ``NotFound``.
    """
    with transaction(command.actor) as session:
        query = select(DocumentSeal).where(DocumentSeal.code == command.code).with_for_update()
        seal = session.scalars(query).one_or_none()
        if seal is None:
            raise NotFound
        if seal.revoked_at is not None:
            return False
        seal.revoked_at, seal.revoked_reason = clock.now(), command.reason
        _record(session, "sick_leave.revoke", seal.sick_leave)
    return True


def _record(session: Session, action: str, leave: SickLeave) -> None:
    audit.record(
        session,
        action,
        record_type="sick_leave",
        record_id=leave.public_id,
        patient_id=leave.patient_id,
    )
