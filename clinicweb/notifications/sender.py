"""
Sending what is written down: claim a message, send it, note what became of it.

A claim is a lease: the message of a sender that died is taken up by another when it ends.  No
transaction is open while a mail server is talked to.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jinja2 import TemplateError
from sqlalchemy import Select, select, update

from clinicweb.core import clock
from clinicweb.core.db import bookkeeping, reading
from clinicweb.notifications.delivery import (
    Delayed,
    Delivery,
    DeliveryProblem,
    Refused,
    Unreachable,
)
from clinicweb.notifications.models import FAILED, QUEUED, SENDING, SENT, OutboxMessage
from clinicweb.notifications.rendering import Letter, Letterhead, render

log = logging.getLogger(__name__)

BATCH = 50
# Well above the time-outs of one delivery.
LEASE = timedelta(minutes=5)
# After each attempt that was answered "not now"; after the last one the message has failed.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 180, 360, 720))
# A server that is away costs no message an attempt: the first mail after its return is quick.
AWAY = timedelta(minutes=1)
GIVE_UP_AFTER = timedelta(days=3)
LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Courier:
    """How the mails of this installation look and where they go."""

    letterhead: Letterhead
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is this sender's alone until *lease_ends_at*."""

    id: int
    attempts: int
    lease_ends_at: datetime
    letter: Letter


def send_due(
    courier: Courier, *, limit: int = BATCH, is_stopping: Callable[[], bool] = lambda: False
) -> int:
    """
    Send up to *limit* messages that are due; needs an application context.

    Returns: how many were sent.  Stops early when the mail server is away, or when
    *is_stopping* says so between two messages.
    """
    sent = 0
    for _ in range(limit):
        claim = None if is_stopping() else _claim_next()
        if claim is None:
            break
        try:
            _send(courier, claim)
        except Unreachable as problem:
            _wait_for_server(claim, problem)
            break
        except Refused as problem:
            _park(claim, problem)
        except Delayed as problem:
            _put_back(claim, problem)
        else:
            _note_sent(claim)
            sent += 1
    return sent


def _send(courier: Courier, claim: Claim) -> None:
    try:
        message = render(claim.letter, courier.letterhead)
    except (TemplateError, ValueError, TypeError, LookupError) as problem:
        # Nothing of this is the reader's or the server's doing: trying again changes nothing.
        raise Refused(f"{type(problem).__name__}: {problem}") from problem
    courier.delivery.deliver(message)


def _due(now: datetime) -> Select[OutboxMessage]:
    return (
        select(OutboxMessage)
        .where(OutboxMessage.status.in_((QUEUED, SENDING)), OutboxMessage.next_attempt_at <= now)
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(1)
    )


def _claim_next() -> Claim | None:
    now = clock.now()
    with reading() as session:
        # Asked every second: an empty outbox must cost the writers of SQLite nothing.
        if session.scalar(_due(now)) is None:
            return None
    with bookkeeping() as session:
        row = session.scalar(_due(now).with_for_update(skip_locked=True))
        if row is None:
            return None
        if row.attempts > len(BACK_OFF):
            _bury(row)
            return None
        row.status = SENDING
        row.attempts += 1
        row.next_attempt_at = now + LEASE
        return Claim(row.id, row.attempts, row.next_attempt_at, _letter(row))


def _bury(row: OutboxMessage) -> None:
    """Its senders died of it, or of something else, too often."""
    log.error("mail %s (%s) failed for good: no sender came to its end", row.id, row.template)
    row.status = FAILED
    row.last_error = "no sender came to its end"


def _letter(row: OutboxMessage) -> Letter:
    return Letter(
        dedupe_key=row.dedupe_key,
        created_at=row.created_at,
        recipient=row.recipient,
        language=row.language,
        template=row.template,
        context=row.context,
        calendar=row.calendar,
    )


def _note_sent(claim: Claim) -> None:
    with bookkeeping() as session:
        # Even when the lease has ended: sent is sent.
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == claim.id)
            .values(status=SENT, sent_at=clock.now(), last_error=None)
        )


def _put_back(claim: Claim, problem: DeliveryProblem) -> None:
    if claim.attempts > len(BACK_OFF):
        _park(claim, problem)
        return
    _release(
        claim,
        status=QUEUED,
        next_attempt_at=clock.now() + BACK_OFF[claim.attempts - 1],
        last_error=str(problem)[:LONGEST_ERROR],
    )


def _park(claim: Claim, problem: DeliveryProblem) -> None:
    log.error(
        "mail %s (%s) failed for good after %s attempts: %s",
        claim.id,
        claim.letter.template,
        claim.attempts,
        type(problem).__name__,
    )
    _release(claim, status=FAILED, last_error=str(problem)[:LONGEST_ERROR])


def _wait_for_server(claim: Claim, problem: Unreachable) -> None:
    """Everybody's mails wait: a time-out for each of them would last for hours."""
    now = clock.now()
    log.warning("mail server away, trying again in %s: %s", AWAY, problem)
    if now - claim.letter.created_at > GIVE_UP_AFTER:
        _park(claim, problem)
    else:
        _release(
            claim,
            status=QUEUED,
            attempts=claim.attempts - 1,
            next_attempt_at=now + AWAY,
            last_error=str(problem)[:LONGEST_ERROR],
        )
    with bookkeeping() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.status == QUEUED, OutboxMessage.next_attempt_at <= now)
            .values(next_attempt_at=now + AWAY)
        )


def _release(claim: Claim, **values: Any) -> None:
    """End the claim with *values*, unless another sender has taken the message up meanwhile."""
    with bookkeeping() as session:
        session.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.id == claim.id,
                OutboxMessage.status == SENDING,
                OutboxMessage.next_attempt_at == claim.lease_ends_at,
            )
            .values(**values)
        )
