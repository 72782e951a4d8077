"""Mails and text messages go their own ways: what stops the one does not stop the other."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from clinicweb import worker
from clinicweb.core import clock
from clinicweb.notifications.delivery import Unreachable
from clinicweb.notifications.gateway import HttpGateway
from clinicweb.notifications.models import FAILED, QUEUED, SENT
from clinicweb.notifications.sender import AWAY, Courier, send_due
from tests.notifications.mails import Failing, Recording, booked, make_app, outbox, write_down
from tests.notifications.texts import LETTERHEAD, RecordingTexts, a_code, text_courier
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


def test_two_senders_at_once_send_each_text_once(sms_gateway: SmsGateway):
    write_down(*(a_code(str(number)) for number in range(30)))
    start = threading.Barrier(2)

    def send() -> None:
        start.wait()
        with make_app().app_context():
            while send_due(text_courier(sms_gateway.url)):
                pass

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    ids = [text["id"] for text in sms_gateway.texts]
    assert len(ids) == len(set(ids)) == 30
    assert {row.status for row in outbox()} == {SENT}


@pytest.mark.parametrize("slow", ["mail", "sms"])
def test_a_slow_server_of_one_kind_keeps_no_message_of_the_other_waiting(
    slow: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "TICK_SECONDS", 0.01)
    is_asked, goes_on, stop = (threading.Event() for _ in range(3))

    class Slow:
        def deliver(self, _: object) -> None:
            is_asked.set()
            assert goes_on.wait(10)

    class Quick(Recording):
        def deliver(self, message):
            super().deliver(message)
            goes_on.set()

    mails, texts = (Slow(), Quick()) if slow == "mail" else (Quick(), Slow())
    jobs = worker.usual_jobs(Courier(LETTERHEAD, mails, texts))
    thread = threading.Thread(target=worker.run, args=(make_app(), stop, jobs))
    thread.start()
    write_down(booked("1") if slow == "mail" else a_code("1"))
    assert is_asked.wait(10)

    write_down(a_code("2") if slow == "mail" else booked("2"))
    assert goes_on.wait(10)
    stop.set()
    thread.join(10)

    assert {row.status for row in outbox()} == {SENT}


def test_the_settings_say_where_texts_go():
    settings = worker.Settings(
        sms_gateway_url="https://sms.example/send", sms_gateway_token="secreto"
    )
    mailbox = RecordingTexts()

    found = worker.courier_for(
        settings, "Clínica", "https://portal.alamos.cl", also_texts=[mailbox]
    )

    assert found is not None
    assert found.channels == {"sms"}
    gateway, second = found.texts.deliveries
    assert (gateway.url, gateway.token) == ("https://sms.example/send", "secreto")
    assert second is mailbox
