"""A message is one sender's for a while: what happens when that sender dies or is late."""

from datetime import UTC, datetime, timedelta

import pytest

from clinicweb.core import clock
from clinicweb.notifications.delivery import (
    Delayed,
    DeliveryProblem,
    Refused,
    SeveralDeliveries,
    Unreachable,
)
from clinicweb.notifications.models import FAILED, SENDING, SENT
from clinicweb.notifications.sender import BACK_OFF, LEASE, send_due
from tests.notifications.mails import (
    Failing,
    PowerCut,
    Recording,
    booked,
    courier,
    outbox,
    write_down,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("database", "app")


def test_the_message_of_a_dead_sender_is_taken_up_when_its_lease_ends():
    recording = Recording()
    with clock.frozen(NOW):
        write_down(booked())
        with pytest.raises(PowerCut):
            send_due(courier(SeveralDeliveries((recording, Failing(PowerCut())))))
        assert outbox()[0].status == SENDING
    with clock.frozen(NOW + LEASE - timedelta(seconds=1)):
        assert send_due(courier(recording)) == 0

    with clock.frozen(NOW + LEASE):
        assert send_due(courier(recording)) == 1

    first, second = recording.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_a_message_that_every_sender_dies_of_is_parked_in_the_end(caplog):
    write_down(booked())
    deadly = Failing(PowerCut())
    instant = clock.now()

    for _ in range(len(BACK_OFF) + 1):
        with clock.frozen(instant), pytest.raises(PowerCut):
            send_due(courier(deadly))
        instant += LEASE
    with clock.frozen(instant):
        send_due(courier(deadly))

    assert outbox()[0].status == FAILED
    assert deadly.asked == len(BACK_OFF) + 1
    assert "no sender came to its end" in caplog.text


@pytest.mark.parametrize("problem", [Refused("550"), Delayed("451"), Unreachable("away")])
def test_a_slow_sender_does_not_undo_what_another_did_meanwhile(problem: DeliveryProblem):
    recording = Recording()

    class TooSlow(Failing):
        def deliver(self, message):
            with clock.frozen(NOW + LEASE):
                assert send_due(courier(recording)) == 1
            super().deliver(message)

    with clock.frozen(NOW):
        write_down(booked())
        send_due(courier(TooSlow(problem)))

    assert outbox()[0].status == SENT
    assert len(recording.taken) == 1


@pytest.mark.parametrize("problem", [Refused("550"), Delayed("451"), Unreachable("away")])
def test_a_slow_sender_does_not_end_the_claim_of_another(problem: DeliveryProblem):
    class TooSlow(Failing):
        def deliver(self, message):
            with clock.frozen(NOW + LEASE), pytest.raises(PowerCut):
                send_due(courier(Failing(PowerCut())))
            super().deliver(message)

    with clock.frozen(NOW):
        write_down(booked())
        send_due(courier(TooSlow(problem)))

    assert outbox()[0].status == SENDING
    assert outbox()[0].next_attempt_at == NOW + 2 * LEASE
