"""What the portal does by itself goes on, whatever one round of it meets."""

import logging
import threading
from datetime import timedelta

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from clinicweb import worker
from clinicweb.config import Settings
from clinicweb.core import clock, db, drafts, limits
from clinicweb.core.db import Database
from clinicweb.core.ids import new_public_id
from clinicweb.notifications.delivery import SmtpDelivery
from clinicweb.notifications.models import SENT
from clinicweb.worker import Job, courier_for, run, usual_jobs
from tests.notifications.mails import Recording, booked, courier, make_app, outbox, write_down

BASE_URL = "https://portal.alamos.cl"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "TICK_SECONDS", 0.01)


def test_a_job_that_fails_is_told_and_tried_again_and_the_others_go_on(caplog):
    stop, done = threading.Event(), []

    def fail(_):
        done.append("failing")
        raise ZeroDivisionError

    def work(_):
        done.append(current_app.name)
        if len(done) >= 4:
            stop.set()

    run(make_app(), stop, [Job("fail", 0, fail), Job("work", 0, work)])

    assert done == ["failing", "clinicweb", "failing", "clinicweb"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2


def test_a_job_waits_for_its_time():
    stop, hourly, often = threading.Event(), [], []

    def count(is_stopping):
        often.append(is_stopping())
        if len(often) == 5:
            stop.set()

    run(make_app(), stop, [Job("hourly", 3600, hourly.append), Job("often", 0, count)])

    assert len(hourly) == 1
    assert len(often) == 5


def test_told_to_stop_it_ends_what_it_began_and_begins_nothing_more(database: Database):
    write_down(*(booked(str(number)) for number in range(3)))
    stop = threading.Event()

    class Stopping(Recording):
        def deliver(self, message):
            super().deliver(message)
            stop.set()

    jobs = usual_jobs(courier(Stopping()))
    thread = threading.Thread(target=run, args=(make_app(), stop, jobs))
    thread.start()
    thread.join(timeout=10)

    assert not thread.is_alive()
    assert sorted(row.status for row in outbox()) == ["queued", "queued", SENT]


def test_housekeeping_forgets_what_has_expired(database: Database):
    long_ago = clock.now() - drafts.LIFETIME - timedelta(minutes=1)
    with clock.frozen(long_ago), db.bookkeeping() as session:
        drafts.start(session, new_public_id(), "book", drafts.Owner(nonce="n"))
        limits.count_attempt(session, "ana", limit=5, window=timedelta(minutes=1))
    stop = threading.Event()

    run(make_app(), stop, [*usual_jobs(None), Job("stop", 0, lambda _: stop.set())])

    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(drafts.Draft)) == 0
        assert session.scalar(select(func.count()).select_from(limits.AttemptCounter)) == 0


def test_without_a_mail_server_mails_are_kept_and_the_start_says_so_once(
    database: Database, app: Flask, caplog
):
    write_down(booked())
    stop = threading.Event()

    found = courier_for(Settings(), "Clínica Álamos", BASE_URL)
    run(app, stop, [*usual_jobs(found), Job("stop", 0, lambda _: stop.set())])

    assert found is None
    assert [record.getMessage() for record in caplog.records] == [
        "CLINICWEB_MAIL_SERVER is not set: mails are kept until it is"
    ]
    assert outbox()[0].status == "queued"


def test_the_settings_say_who_sends_and_through_whom():
    settings = Settings(
        mail_server="smtp.alamos.cl",
        mail_port=2525,
        mail_username="citas",
        mail_password="secreto",
        mail_sender="Citas Álamos <citas@alamos.cl>",
        base_url=f"{BASE_URL}/",
    )
    mailbox = Recording()

    found = courier_for(settings, "Clínica Álamos", "http://127.0.0.1:8000", also=[mailbox])

    assert found is not None
    smtp, second = found.delivery.deliveries
    assert isinstance(smtp, SmtpDelivery)
    assert (smtp.host, smtp.port, smtp.username, smtp.use_tls) == (
        "smtp.alamos.cl", 2525, "citas", True,
    )  # fmt: skip
    assert second is mailbox
    assert found.letterhead.sender == "Citas Álamos <citas@alamos.cl>"
    assert found.letterhead.links["home_url"] == "https://portal.alamos.cl/"


def test_a_sender_without_settings_is_the_clinic_at_the_portals_own_host():
    found = courier_for(Settings(), "Clínica Álamos", "http://127.0.0.1:8000", also=[Recording()])

    assert found is not None
    assert found.letterhead.sender_name == "Clínica Álamos"
    assert found.letterhead.sender_address == "no-responder@127.0.0.1"
    assert found.letterhead.links["home_url"] == "http://127.0.0.1:8000/"
