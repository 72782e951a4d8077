"""
Sending what is written down: claim a message, send it, note what became of it.

A claim is a lease: the message of a sender that died is taken up by another when it ends.  No
transaction is open while a server is talked to.  A server that is away stops its own channel.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
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
    Taker,
    Unanswered,
    Unreachable,
)
from clinicweb.notifications.models import (
    EMAIL,
    FAILED,
    PUSH,
    QUEUED,
    SENDING,
    SENT,
    SMS,
    OutboxMessage,
)
from clinicweb.notifications.push_delivery import PushMessage
from clinicweb.notifications.push_delivery import render as render_push
from clinicweb.notifications.rendering import Letter, Letterhead, render
from clinicweb.notifications.sms import TextMessage
from clinicweb.notifications.sms import render as render_text

log = logging.getLogger(__name__)

BATCH = 50
# Well above the time-outs of one delivery.
LEASE = timedelta(minutes=5)
# After each attempt that was answered "not now"; after the last one the message has failed.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 180, 360, 720))
# A server that is away costs no message an attempt: the first mail after its return is quick.
AWAY = timedelta(minutes=1)
GIVE_UP_AFTER = timedelta(days=3)
# A server that asks for another wait gets it, unless it is so long that nobody would be told…
LONGEST_ASKED = timedelta(minutes=10)
# … or so short that all attempts were used up at once.
_HASTE = 12
LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Courier:
    """How the messages of this installation look and where they go; None: nowhere, they wait."""

    letterhead: Letterhead
    delivery: Delivery | None = None
    texts: Taker[TextMessage] | None = None
    pushes: Taker[PushMessage] | None = None

    @property
    def channels(self) -> frozenset[str]:
        ways = {EMAIL: self.delivery, SMS: self.texts, PUSH: self.pushes}
        return frozenset(channel for channel, way in ways.items() if way)

    def mail_alone(self) -> "Courier":
        return replace(self, texts=None, pushes=None)

    def texts_alone(self) -> "Courier":
        return replace(self, delivery=None, pushes=None)

    def pushes_alone(self) -> "Courier":
        return replace(self, delivery=None, texts=None)

    def take(self, letter: Letter) -> None:
        """Raises: a ``DeliveryProblem``; whatever rendering raises."""
        if letter.channel == SMS and self.texts:
            self.texts.deliver(render_text(letter, self.letterhead))
        elif letter.channel == EMAIL and self.delivery:
            self.delivery.deliver(render(letter, self.letterhead))
        elif letter.channel == PUSH and self.pushes:
            self.pushes.deliver(render_push(letter, self.letterhead))
        else:
            raise Refused(f"no way for {letter.channel}")


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

    Returns: how many were sent.  Stops early when no server is there any more, or when
    *is_stopping* says so between two messages.
    """
    sent, open_channels = 0, set(courier.channels)
    for _ in range(limit):
        claim = None if is_stopping() else _claim_next(open_channels)
        if claim is None:
            break
        problem = _attempt(courier, claim)
        if problem is None:
            sent += 1
        elif isinstance(problem, Unreachable | Unanswered):
            _hold_back(claim.letter.channel)
            open_channels.discard(claim.letter.channel)
    return sent


def _attempt(courier: Courier, claim: Claim) -> DeliveryProblem | None:
    try:
        _send(courier, claim)
    except Unreachable as problem:
        _wait_for_server(claim, problem)
        return problem
    except Refused as problem:
        _park(claim, problem)
        return problem
    except Delayed as problem:
        _put_back(claim, problem)
        return problem
    _note_sent(claim)
    return None


def _send(courier: Courier, claim: Claim) -> None:
    try:
        courier.take(claim.letter)
    except (TemplateError, ValueError, TypeError, LookupError) as problem:
        # Nothing of this is the reader's or the server's doing: trying again changes nothing.
        raise Refused(f"{type(problem).__name__}: {problem}") from problem


def _due(channels: Collection[str], now: datetime) -> Select[OutboxMessage]:
    return (
        select(OutboxMessage)
        .where(
            OutboxMessage.status.in_((QUEUED, SENDING)),
            OutboxMessage.next_attempt_at <= now,
            OutboxMessage.channel.in_(channels),
        )
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(1)
    )


def _claim_next(channels: Collection[str]) -> Claim | None:
    now = clock.now()
    due = _due(channels, now)
    with reading() as session:
        # Asked every second: an empty outbox must cost the writers of SQLite nothing.
        if session.scalar(due) is None:
            return None
    with bookkeeping() as session:
        while (row := session.scalar(due.with_for_update(skip_locked=True))) is not None:
            if row.attempts > len(BACK_OFF):
                # Its senders died of it, or of something else, too often.
                _bury(row, "no sender came to its end")
            elif row.expires_at and row.expires_at <= now:
                _bury(row, "it is worth nothing any more")
            else:
                row.status = SENDING
                row.attempts += 1
                row.next_attempt_at = now + LEASE
                return Claim(row.id, row.attempts, row.next_attempt_at, _letter(row))
        return None


def _bury(row: OutboxMessage, why: str) -> None:
    log.error("%s %s (%s) failed for good: %s", row.channel, row.id, row.template, why)
    row.status = FAILED
    row.last_error = why if row.last_error is None else f"{why}: {row.last_error}"[:LONGEST_ERROR]


def _letter(row: OutboxMessage) -> Letter:
    return Letter(
        dedupe_key=row.dedupe_key,
        created_at=row.created_at,
        recipient=row.recipient,
        language=row.language,
        template=row.template,
        context=row.context,
        calendar=row.calendar,
        channel=row.channel,
    )


def _note_sent(claim: Claim) -> None:
    with bookkeeping() as session:
        # Even when the lease has ended: sent is sent.
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == claim.id)
            .values(status=SENT, sent_at=clock.now(), last_error=None)
        )


def _put_back(claim: Claim, problem: Delayed) -> None:
    if claim.attempts > len(BACK_OFF):
        _park(claim, problem)
        return
    _release(
        claim,
        status=QUEUED,
        next_attempt_at=clock.now() + _wait(claim, problem),
        last_error=str(problem)[:LONGEST_ERROR],
    )


def _wait(claim: Claim, problem: Delayed) -> timedelta:
    usual, asked = BACK_OFF[claim.attempts - 1], problem.retry_after
    if asked is None or asked > LONGEST_ASKED:
        return usual
    return max(asked, usual / _HASTE)


def _park(claim: Claim, problem: DeliveryProblem) -> None:
    log.error(
        "%s %s (%s) failed for good after %s attempts: %s",
        claim.letter.channel,
        claim.id,
        claim.letter.template,
        claim.attempts,
        type(problem).__name__,
    )
    _release(claim, status=FAILED, last_error=str(problem)[:LONGEST_ERROR])


def _wait_for_server(claim: Claim, problem: Unreachable) -> None:
    now = clock.now()
    log.warning("%s server away, trying again in %s: %s", claim.letter.channel, AWAY, problem)
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


def _hold_back(channel: str) -> None:
    """Everybody's messages wait: a time-out for each of them would last for hours."""
    now = clock.now()
    with bookkeeping() as session:
        session.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.status == QUEUED,
                OutboxMessage.channel == channel,
                OutboxMessage.next_attempt_at <= now,
            )
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
