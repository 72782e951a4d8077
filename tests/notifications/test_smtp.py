"""Real mail servers: away, silent, unwilling, or not who they say they are."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from icalendar import Calendar

from clinicweb.audit import actions as audit
from clinicweb.core import clock, db
from clinicweb.core.viewer import SYSTEM
from clinicweb.notifications import delivery
from clinicweb.notifications.actions import enqueue
from clinicweb.notifications.delivery import Delayed, Refused, SmtpDelivery, Unreachable
from clinicweb.notifications.models import FAILED, QUEUED, SENT
from clinicweb.notifications.sender import AWAY, BACK_OFF, send_due
from tests.notifications.mails import (
    ANA,
    booked,
    outbox,
    released,
    smtp_courier,
    write_down,
)
from tests.services.mail import MailServer
from tests.services.process import free_port

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOON = 0.3  # seconds; long for a server on this machine


def a_mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "citas@alamos.cl", ANA, "Hora"
    message.set_content("Núñez")
    return message


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@contextmanager
def running(controller: Controller) -> Iterator[int]:
    """The port at which it listens."""
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def tls_server(authority: trustme.CA, mail_server: MailServer) -> Iterator[MailServer]:
    """The mail server with STARTTLS and the password «secreto»."""

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"secreto", handled=False)

    mail_server.stop()
    controller = Controller(
        mail_server,
        hostname=mail_server.host,
        port=mail_server.port,
        tls_context=server_tls(authority),
        require_starttls=True,
        authenticator=check,
        auth_required=True,
    )
    with running(controller):
        yield mail_server


@pytest.mark.usefixtures("database", "app")
def test_the_mails_of_one_appointment_arrive_with_their_calendar(mail_server: MailServer):
    write_down(booked(), released())

    send_due(smtp_courier(mail_server.port))

    arrived = mail_server.to(ANA)
    events = [Calendar.from_ical(ics_of(mail)).events[0] for mail in arrived]
    assert "Clínica Álamos" in arrived[0]["Subject"]
    assert "Ana Núñez" in arrived[0].get_body(("plain",)).get_content()
    assert [Calendar.from_ical(ics_of(mail))["METHOD"] for mail in arrived] == ["REQUEST", "CANCEL"]
    assert [event["SEQUENCE"] for event in events] == [0, 1]
    assert events[0]["UID"] == events[1]["UID"]
    assert "Ñuñoa" in events[0]["LOCATION"]
    assert mail_server.deliveries[0].sender == "citas@alamos.cl"


def ics_of(mail: EmailMessage) -> str:
    part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
    return str(part.get_content())


@pytest.mark.usefixtures("database", "app")
def test_while_the_server_is_away_acts_succeed_and_their_mail_comes_later_once(
    mail_server: MailServer,
):
    mail_server.stop()
    with clock.frozen(NOW):
        with db.transaction(SYSTEM) as session:
            enqueue(session, booked())
            audit.record(session, "appointment.book", record_type="appointment", record_id=1)
        assert send_due(smtp_courier(mail_server.port)) == 0
    assert outbox()[0].status == QUEUED

    mail_server.start()
    for minute in range(1, 5):
        with clock.frozen(NOW + minute * AWAY):
            send_due(smtp_courier(mail_server.port))

    assert len(mail_server.messages) == 1
    assert outbox()[0].status == SENT


@pytest.mark.usefixtures("database", "app")
def test_451_is_retried_and_550_is_parked(mail_server: MailServer):
    courier = smtp_courier(mail_server.port)
    with clock.frozen(NOW):
        write_down(booked("greylisted"))
        mail_server.answer = "451 come back later"
        send_due(courier)
    with clock.frozen(NOW + BACK_OFF[0]):
        mail_server.answer = "250 OK"
        send_due(courier)
        write_down(booked("unknown"))
        mail_server.answer = "550 no such box"
        send_due(courier)
    with clock.frozen(NOW + timedelta(days=2)):
        mail_server.answer = "250 OK"
        send_due(courier)

    assert [row.status for row in outbox()] == [SENT, FAILED]
    assert [attempt.answer[:3] for attempt in mail_server.attempts] == ["451", "250", "550"]
    assert outbox()[1].last_error == "550 no such box"


@pytest.mark.parametrize(("answer", "problem"), [("550 unknown", Refused), ("450 busy", Delayed)])
def test_a_recipient_can_be_refused_before_the_mail_is_told(answer: str, problem: type[Exception]):
    class Choosy:
        async def handle_RCPT(self, *_: Any) -> str:  # noqa: N802 - aiosmtpd's name
            return answer

    with (
        running(Controller(Choosy(), hostname="127.0.0.1", port=free_port())) as port,
        pytest.raises(problem, match=answer),
    ):
        SmtpDelivery("127.0.0.1", port, use_tls=False).deliver(a_mail())


def test_a_server_that_never_answers_is_left_after_the_time_out():
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        port = black_hole.getsockname()[1]
        way = SmtpDelivery("127.0.0.1", port, use_tls=False, timeout_seconds=SOON)

        asked_at = time.monotonic()
        with pytest.raises(Unreachable, match="timed out"):
            way.deliver(a_mail())

    assert time.monotonic() - asked_at < 30 * SOON


def test_a_server_that_hangs_up_after_taking_the_mail_has_taken_it():
    goodbyes = []

    class Rude:
        async def handle_QUIT(self, server: Any, *_: Any) -> str:  # noqa: N802 - aiosmtpd's name
            goodbyes.append(server.transport.abort())
            return "221 bye"

    with running(Controller(Rude(), hostname="127.0.0.1", port=free_port())) as port:
        SmtpDelivery("127.0.0.1", port, use_tls=False).deliver(a_mail())

    assert len(goodbyes) == 1


def test_port_465_speaks_tls_from_the_first_byte(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
):
    server = MailServer()
    monkeypatch.setattr(delivery, "IMPLICIT_TLS_PORT", server.port)  # 465 is root's
    context = server_tls(authority)

    with running(Controller(server, hostname="127.0.0.1", port=server.port, ssl_context=context)):
        SmtpDelivery("127.0.0.1", server.port, tls=trusting(authority)).deliver(a_mail())

    assert len(server.messages) == 1


def test_over_tls_the_password_opens_the_way(tls_server: MailServer, authority: trustme.CA):
    way = SmtpDelivery("127.0.0.1", tls_server.port, "citas", "secreto", tls=trusting(authority))

    way.deliver(a_mail())

    assert len(tls_server.messages) == 1


def test_a_wrong_password_is_the_servers_matter_and_not_the_mails(
    tls_server: MailServer, authority: trustme.CA
):
    way = SmtpDelivery("127.0.0.1", tls_server.port, "citas", "equivocado", tls=trusting(authority))

    with pytest.raises(Unreachable, match="535"):
        way.deliver(a_mail())


@pytest.mark.parametrize("trusted", ["machine", "another"])
def test_a_server_with_a_wrong_certificate_gets_no_mail(tls_server: MailServer, trusted: str):
    tls = ssl.create_default_context() if trusted == "machine" else trusting(trustme.CA())
    way = SmtpDelivery("127.0.0.1", tls_server.port, "citas", "secreto", tls=tls)

    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        way.deliver(a_mail())

    assert tls_server.attempts == []


def test_a_certificate_for_another_name_gets_no_mail(tls_server: MailServer, authority: trustme.CA):
    way = SmtpDelivery("localhost", tls_server.port, tls=trusting(authority))

    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        way.deliver(a_mail())


def test_a_server_without_tls_gets_no_mail_when_tls_is_wanted(mail_server: MailServer):
    with pytest.raises(Unreachable, match="STARTTLS"):
        SmtpDelivery("127.0.0.1", mail_server.port).deliver(a_mail())

    assert mail_server.attempts == []


def test_a_password_is_never_sent_in_clear():
    with pytest.raises(ValueError, match="mail_use_tls"):
        SmtpDelivery("127.0.0.1", 25, "citas", "secreto", use_tls=False)


def test_a_password_is_not_shown_where_settings_are_printed():
    assert "secreto" not in repr(SmtpDelivery("127.0.0.1", 25, "citas", "secreto"))
