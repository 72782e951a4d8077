"""Whether a session still speaks for its account: each reason, and which one is told first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clinicweb.accounts.policy import SessionFacts, may_continue

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
IDLE = timedelta(minutes=30)
OPEN = SessionFacts(
    last_seen_at=NOON,
    expires_at=NOON + timedelta(hours=12),
    ended_at=None,
    credential_version=1,
    account_credential_version=1,
    account_is_active=True,
)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("changes", "now", "reason"),
    [
        ({}, NOON, None),
        ({}, NOON + IDLE - SECOND, None),
        ({}, NOON + IDLE, "session.idle"),
        ({"last_seen_at": NOON + SECOND}, NOON, None),
        ({"expires_at": NOON + SECOND}, NOON, None),
        ({"expires_at": NOON}, NOON, "session.expired"),
        ({"ended_at": NOON}, NOON, "session.ended"),
        ({"account_is_active": False}, NOON, "session.replaced"),
        ({"account_credential_version": 2}, NOON, "session.replaced"),
        ({"credential_version": 2}, NOON, "session.replaced"),
        ({"ended_at": NOON, "account_is_active": False}, NOON, "session.ended"),
    ],
)
def test_a_session_goes_on_until_something_ends_it(changes, now, reason):
    decision = may_continue(replace(OPEN, **changes), idle=IDLE, now=now)

    assert decision.reason == reason
    assert decision.allowed is (reason is None)
