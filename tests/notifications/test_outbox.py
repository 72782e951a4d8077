"""From the outbox to a delivery: once, later when it must be, and never silently lost."""

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from clinicweb.audit import actions as audit
from clinicweb.core import clock, db
from clinicweb.core.db import Database
from clinicweb.core.viewer import SYSTEM
from clinicweb.notifications.actions import enqueue
from clinicweb.notifications.delivery import (
    Delayed,
    Refused,
    Unreachable,
)
from clinicweb.notifications.models import FAILED, QUEUED, SENT
from clinicweb.notifications.sender import BACK_OFF, GIVE_UP_AFTER, send_due
from tests.notifications.mails import (
    ANA,
    Failing,
    PowerCut,
    Recording,
    an_event,
    booked,
    courier,
    make_app,
    outbox,
    released,
    write_down,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("database", "app")


def book_and_fail() -> None:
    with db.transaction(SYSTEM) as session:
        enqueue(session, booked())
        audit.record(session, "appointment.book", record_type="appointment", record_id=1)
        session.flush()
        raise PowerCut


def test_a_message_of_an_act_that_was_undone_is_never_sent():
    recording = Recording()

    with pytest.raises(PowerCut):
        book_and_fail()

    assert send_due(courier(recording)) == 0
    assert outbox() == []


def test_a_message_is_sent_once_and_is_sent_for_good():
    write_down(booked())
    recording = Recording()

    rounds = [send_due(courier(recording)) for _ in range(3)]

    assert rounds == [1, 0, 0]
    assert [mail["To"] for mail in recording.taken] == [ANA]
    assert outbox()[0].status == SENT
    assert outbox()[0].sent_at is not None


def test_one_act_writes_its_message_once():
    write_down(booked("appointment/1/booked"))

    with pytest.raises(IntegrityError):
        write_down(booked("appointment/1/booked"))

    assert len(outbox()) == 1


def test_booked_and_released_reach_the_calendar_in_that_order():
    write_down(booked())
    write_down(released())
    recording = Recording()

    send_due(courier(recording))

    subjects = [str(mail["Subject"]) for mail in recording.taken]
    assert subjects[0].startswith("Su hora en Clínica Álamos")
    assert subjects[1].startswith("Usted liberó su hora en Clínica Álamos")


def test_two_senders_at_once_send_each_message_once():
    write_down(*(booked(f"appointment/{number}/booked") for number in range(30)))
    recording = Recording()
    start = threading.Barrier(2)

    def send() -> None:
        start.wait()
        with make_app().app_context():
            while send_due(courier(recording)):
                pass

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    ids = [mail["Message-ID"] for mail in recording.taken]
    assert len(ids) == len(set(ids)) == 30
    assert {row.status for row in outbox()} == {SENT}


def test_no_transaction_is_open_while_a_mail_is_delivered(database: Database):
    write_down(booked())

    class Writing(Recording):
        def deliver(self, message):
            # Another writer gets its turn at once: on SQLite there can be but one.
            write_down(booked("written meanwhile"))
            super().deliver(message)

    sent = send_due(courier(Writing()), limit=1)

    assert sent == 1
    assert [row.status for row in outbox()] == [SENT, QUEUED]


def test_not_now_is_tried_again_after_longer_and_longer_waits_and_then_parked(caplog):
    write_down(booked())
    delaying = Failing(Delayed(f"451 later, {ANA}"))
    instant = clock.now()

    for wait in BACK_OFF:
        with clock.frozen(instant):
            send_due(courier(delaying))
        with clock.frozen(instant + wait - timedelta(seconds=1)):
            assert send_due(courier(Recording())) == 0
        instant += wait
    assert outbox()[0].status == QUEUED
    with clock.frozen(instant):
        send_due(courier(delaying))

    assert delaying.asked == len(BACK_OFF) + 1
    assert outbox()[0].status == FAILED
    assert outbox()[0].last_error == f"451 later, {ANA}"
    assert [r.levelno for r in caplog.records] == [logging.ERROR]
    assert ANA not in caplog.text


def test_a_refused_message_is_parked_at_once_and_the_others_go_on(caplog):
    write_down(booked("first"), booked("second"))

    class RefusingOnce(Recording):
        def deliver(self, message):
            super().deliver(message)
            if len(self.taken) == 1:
                raise Refused(f"550 no such box: {ANA}")

    sent = send_due(courier(RefusingOnce()))

    assert sent == 1
    assert [row.status for row in outbox()] == [FAILED, SENT]
    assert outbox()[0].last_error == f"550 no such box: {ANA}"
    assert "failed for good" in caplog.text
    assert ANA not in caplog.text
    assert "Núñez" not in caplog.text


def test_a_server_that_is_away_is_asked_once_a_minute_for_all():
    with clock.frozen(NOW):
        write_down(*(booked(str(number)) for number in range(5)))
        away = Failing(Unreachable("connection refused"))

        assert send_due(courier(away)) == 0
        assert send_due(courier(away)) == 0

    assert away.asked == 1
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert send_due(courier(Recording())) == 5


def test_hours_without_a_server_use_up_no_attempt():
    with clock.frozen(NOW):
        write_down(booked())
    for number in range(2 * len(BACK_OFF)):
        with clock.frozen(NOW + timedelta(minutes=10 * number)):
            send_due(courier(Failing(Unreachable("away"))))

    with clock.frozen(NOW + timedelta(minutes=20 * len(BACK_OFF))):
        sent = send_due(courier(Recording()))

    assert sent == 1


def test_days_without_a_server_park_the_message_visibly(caplog):
    with clock.frozen(NOW):
        write_down(booked())

    with clock.frozen(NOW + GIVE_UP_AFTER + timedelta(seconds=1)):
        send_due(courier(Failing(Unreachable("away"))))

    assert outbox()[0].status == FAILED
    assert "failed for good" in caplog.text


@pytest.mark.parametrize(
    "changes",
    [
        {"template": "no_such_template"},
        {"context": {}},
        {"context": {"starts_at": "yesterday", "zone": "America/Santiago"}},
        {"recipient": "ana@ejemplo.cl\r\nBcc: clara@ejemplo.cl"},
        {"calendar": an_event(attendee_email="ana @ejemplo.cl")},
        {"calendar": an_event(zone="America/Nowhere")},
    ],
)
def test_a_message_of_which_no_mail_can_be_made_is_parked_and_holds_up_nobody(changes):
    write_down(booked("bad", **changes), booked("good"))
    recording = Recording()

    sent = send_due(courier(recording))

    assert sent == len(recording.taken) == 1
    assert [row.status for row in outbox()] == [FAILED, SENT]
    assert outbox()[0].last_error


def test_a_sender_that_is_told_to_stop_leaves_the_rest_for_later():
    write_down(*(booked(str(number)) for number in range(3)))
    recording = Recording()

    sent = send_due(courier(recording), is_stopping=lambda: len(recording.taken) == 1)

    assert sent == 1
    assert [row.status for row in outbox()] == [SENT, QUEUED, QUEUED]


def test_an_empty_outbox_costs_no_write(database: Database, app: Flask):
    with db.writes_forbidden():
        assert send_due(courier(Recording())) == 0
