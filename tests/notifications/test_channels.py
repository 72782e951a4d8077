"""Mails and text messages go their own ways: what stops the one does not stop the other."""

from datetime import UTC, datetime, timedelta

import pytest

from clinicweb.core import clock
from clinicweb.notifications.delivery import Unreachable
from clinicweb.notifications.gateway import HttpGateway
from clinicweb.notifications.models import FAILED, QUEUED, SENT
from clinicweb.notifications.sender import AWAY, Courier, send_due
from tests.notifications.mails import Failing, Recording, booked, outbox, write_down
from tests.notifications.texts import LETTERHEAD, a_code, text_courier
from tests.services.gateway import SmsGateway

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("database", "app")


def test_while_the_gateway_is_away_mails_go_and_texts_come_later_once(sms_gateway: SmsGateway):
    sms_gateway.stop()
    mails = Recording()
    both = Courier(LETTERHEAD, mails, HttpGateway(sms_gateway.url))
    with clock.frozen(NOW):
        write_down(a_code("1"), booked("2"), a_code("3"), booked("4"))
        assert send_due(both) == 2
    assert {row.attempts for row in outbox() if row.channel == "sms"} == {0}

    sms_gateway.start()
    for minute in range(1, 4):
        with clock.frozen(NOW + minute * AWAY):
            send_due(both)

    assert len(mails.taken) == len(sms_gateway.texts) == 2
    assert {row.status for row in outbox()} == {SENT}


def test_while_the_mail_server_is_away_texts_go(sms_gateway: SmsGateway):
    away = Failing(Unreachable("connection refused"))
    write_down(booked("1"), a_code("2"), booked("3"), a_code("4"))

    sent = send_due(Courier(LETTERHEAD, away, HttpGateway(sms_gateway.url)))

    assert sent == len(sms_gateway.texts) == 2
    assert away.asked == 1
    assert [row.status for row in outbox()] == [QUEUED, SENT, QUEUED, SENT]


def test_a_channel_that_goes_nowhere_waits(sms_gateway: SmsGateway):
    write_down(booked("1"), a_code("2"))

    send_due(text_courier(sms_gateway.url))

    assert [row.status for row in outbox()] == [QUEUED, SENT]


def test_a_code_that_has_ended_is_not_sent_and_not_paid_for(sms_gateway: SmsGateway):
    with clock.frozen(NOW):
        write_down(a_code("1", good_for=timedelta(minutes=10)), a_code("2"))
    with clock.frozen(NOW + timedelta(minutes=10)):
        send_due(text_courier(sms_gateway.url))

    assert [row.status for row in outbox()] == [FAILED, SENT]
    assert len(sms_gateway.texts) == 1
