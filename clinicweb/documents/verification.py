"""What a sealed document is worth today, for whoever has its code or its file: a stranger."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, limits
from clinicweb.core.db import bookkeeping, reading
from clinicweb.core.errors import NotFound
from clinicweb.documents import policy
from clinicweb.documents.codes import marked_code, read_code
from clinicweb.documents.leave_queries import is_superseded as superseded
from clinicweb.documents.models import DocumentSeal, SickLeave
from clinicweb.documents.sealed_store import DamagedDocument, store
from clinicweb.documents.signature import CannotLook, Signature, signature_of

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Verified:
    """*state*: of ``policy``; initials and days alone (nothing of a file that was altered)."""

    state: str
    initials: str = ""
    issued_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    sealed_on: date | None = None
    expires_on: date | None = None


def verify_code(rules: ClinicRules, typed: str, *, address: str) -> Verified:
    """
    The document with that code.

    Raises: ``NotFound``; ``TooManyAttempts`` for who has guessed too often, and for everybody
    where too many guess at once: a right code costs nothing.
    """
    with bookkeeping() as session:
        keys = _count(session, rules, address)
    found = _found(rules, DocumentSeal.code == (read_code(typed) or ""))
    if found is None:
        raise NotFound
    with bookkeeping() as session:
        for key in keys:
            limits.give_back_attempt(session, key)
    return found


def verify_file(rules: ClinicRules, content: bytes, *, address: str) -> Verified:
    """
    The document that this file is, or was.

    Raises: ``NotFound`` for one that was never ours; ``TooManyAttempts``, as files cost work;
    ``CannotLook`` where that takes more than a stranger is given.
    """
    with bookkeeping() as session:
        _count(session, rules, address)
    digest = hashlib.sha256(content).hexdigest()
    found = _found(rules, DocumentSeal.content_hash == digest)
    # The file is what was sealed, byte by byte; its signature is looked at all the same.
    if found is not None:
        signature = signature_of(content)
        if not (signature.is_good and _is_ours(signature)):
            raise CannotLook
        return found
    if _is_a_ruin(content):
        return Verified(policy.ALTERED)
    raise NotFound


def _is_a_ruin(content: bytes) -> bool:
    """Whether it was one of ours: it still tells its code, or who signed it."""
    code = marked_code(content)
    with reading() as session:
        known = select(DocumentSeal.id).where(DocumentSeal.code == code)
        if code and session.scalar(known):
            return True
    return _is_ours(signature_of(content))


def _is_ours(signature: Signature) -> bool:
    """By any certificate that ever sealed here."""
    query = select(DocumentSeal.id).where(
        DocumentSeal.certificate_hash == signature.certificate_hash
    )
    with reading() as session:
        return session.scalar(query.limit(1)) is not None


def _count(session: Session, rules: ClinicRules, address: str) -> tuple[str, str]:
    most = rules.documents
    own, all_of_them = f"verify:{limits.network_of(address)}", "verify"
    limits.count_attempt(session, own, limit=most.verifications_per_address_hour, window=_HOUR)
    limits.count_attempt(session, all_of_them, limit=most.verifications_per_minute, window=_MINUTE)
    return own, all_of_them


def _found(rules: ClinicRules, condition: ColumnElement[bool]) -> Verified | None:
    query = (
        select(DocumentSeal, superseded())
        .join(SickLeave, SickLeave.id == DocumentSeal.sick_leave_id)
        .where(condition)
        .options(joinedload(DocumentSeal.sick_leave).joinedload(SickLeave.patient))
    )
    with reading() as session:
        row = session.execute(query).one_or_none()
        return _verified(rules, row[0], is_superseded=row[1]) if row else None


def _verified(rules: ClinicRules, seal: DocumentSeal, *, is_superseded: bool) -> Verified:
    leave, zone = seal.sick_leave, rules.identity.timezone
    facts = policy.SealFacts(
        is_whole=_is_whole(seal.content_hash),
        is_revoked=seal.revoked_at is not None or leave.status == policy.VOID,
        is_superseded=is_superseded,
        expires_on=seal.expires_on,
    )
    return Verified(
        state=policy.worth(facts, clock.local_day(clock.now(), zone)),
        initials=policy.initials(leave.patient.full_name),
        issued_on=leave.issued_on,
        starts_on=leave.starts_on,
        ends_on=leave.ends_on,
        sealed_on=clock.local_day(seal.sealed_at, zone),
        expires_on=seal.expires_on,
    )


def _is_whole(digest: str) -> bool:
    try:
        store().get(digest)
    except DamagedDocument:
        return False
    return True
