"""A sender that dies at any moment loses nothing; what comes twice can be told as one."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from clinicweb.core import clock
from clinicweb.core.db import Database
from clinicweb.notifications.models import SENT
from clinicweb.notifications.sender import LEASE, send_due
from tests.notifications.mails import booked, outbox, smtp_courier, write_down
from tests.notifications.texts import a_code, text_courier
from tests.services.gateway import SmsGateway
from tests.services.mail import MailServer

ROOT = Path(__file__).parent.parent.parent
MAILS = 40
KILLS = (1, 7, 20)  # when that many have arrived


@contextmanager
def sending(module: str, database: Database, where: object) -> Iterator[None]:
    """Another process sends meanwhile; killed at the end."""
    command = [sys.executable, "-m", f"tests.notifications.{module}"]
    process = subprocess.Popen([*command, database.url, str(where)], cwd=ROOT)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_killed_again_and_again_it_loses_no_mail(
    database: Database, app: Flask, mail_server: MailServer
):
    write_down(*(booked(f"appointment/{number}/booked") for number in range(MAILS)))

    for arrived in KILLS:
        with sending("sending_process", database, mail_server.port):
            mail_server.wait_for(arrived, seconds=30)
    before = len(mail_server.messages)
    with clock.frozen(clock.now() + LEASE):
        send_due(smtp_courier(mail_server.port), limit=MAILS)

    copies = Counter(str(mail["Message-ID"]) for mail in mail_server.messages)
    assert before < MAILS, "the kills came too late to prove anything"
    assert {row.status for row in outbox()} == {SENT}
    assert len(copies) == MAILS
    assert copies.total() <= MAILS + len(KILLS)


@pytest.mark.slow
def test_killed_again_and_again_it_loses_no_text_and_what_comes_twice_has_one_id(
    database: Database, app: Flask, sms_gateway: SmsGateway, record_property
):
    write_down(*(a_code(f"text/{number}") for number in range(MAILS)))

    for arrived in KILLS:
        with sending("text_sending_process", database, sms_gateway.url):
            sms_gateway.wait_for(arrived, seconds=30)
    before = len(sms_gateway.texts)
    with clock.frozen(clock.now() + LEASE):
        send_due(text_courier(sms_gateway.url), limit=MAILS)

    copies = Counter(text["id"] for text in sms_gateway.texts)
    assert before < MAILS, "the kills came too late to prove anything"
    assert {row.status for row in outbox()} == {SENT}
    assert len(copies) == MAILS
    assert copies.total() <= MAILS + len(KILLS)
    record_property("twice", copies.total() - MAILS)
