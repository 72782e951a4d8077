"""Real gateways for text messages: away, silent, unwilling, or not who they say they are."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import trustme

from clinicweb.core import clock
from clinicweb.notifications.delivery import Delayed, Unanswered, Unreachable
from clinicweb.notifications.gateway import LONGEST_ANSWER_BYTES, HttpGateway
from clinicweb.notifications.models import FAILED, QUEUED, SENT
from clinicweb.notifications.sender import AWAY, BACK_OFF, send_due
from clinicweb.notifications.sms import TextMessage
from tests.notifications.mails import outbox, write_down
from tests.notifications.texts import (
    LETTERHEAD,
    PHONE,
    a_code,
    text_courier,
)
from tests.services.gateway import Answer, SmsGateway

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOON = 0.3  # seconds; long for a server on this machine
MESSAGE = TextMessage(PHONE, "123456 es su codigo", "a" * 32)
on_a_database = pytest.mark.usefixtures("database", "app")


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def tls_gateway(authority: trustme.CA) -> Iterator[SmsGateway]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    gateway = SmsGateway(context)
    gateway.start()
    yield gateway
    gateway.stop()


@on_a_database
def test_a_text_arrives_with_its_number_its_id_and_our_token(sms_gateway: SmsGateway):
    write_down(a_code())

    sent = send_due(text_courier(sms_gateway.url, token="secreto"))

    [asked] = sms_gateway.asked
    assert sent == 1
    assert outbox()[0].status == SENT
    assert set(asked.json) == {"to", "text", "id"}
    assert asked.json["to"] == PHONE
    assert asked.json["text"].startswith(LETTERHEAD.code(purpose="activate", id="text/1"))
    assert asked.headers["Authorization"] == "Bearer secreto"
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.path == "/send"


def test_without_a_token_none_is_sent(sms_gateway: SmsGateway):
    HttpGateway(f"{sms_gateway.url}?from=Clinica").deliver(MESSAGE)

    assert "Authorization" not in sms_gateway.asked[0].headers
    assert sms_gateway.asked[0].path == "/send?from=Clinica"


@on_a_database
@pytest.mark.parametrize("status", [400, 402, 403, 404, 410, 422])
def test_a_refused_text_is_parked_and_the_others_go_on(
    sms_gateway: SmsGateway, status: int, caplog: pytest.LogCaptureFixture
):
    sms_gateway.answers = [Answer(status, body=f"no such number {PHONE}\x00\n".encode())]
    write_down(a_code("1"), a_code("2"))

    send_due(text_courier(sms_gateway.url))

    assert [row.status for row in outbox()] == [FAILED, SENT]
    assert outbox()[0].last_error == f"{status} no such number {PHONE}"
    assert "sms 1 (account_activation) failed for good" in caplog.text
    assert PHONE not in caplog.text


@on_a_database
@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("20", timedelta(seconds=20)),
        ("300", timedelta(minutes=5)),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), timedelta(seconds=90)),
        ("0", BACK_OFF[0] / 12),
        ("-5", BACK_OFF[0]),
        ("86400", BACK_OFF[0]),
        ("soon", BACK_OFF[0]),
        ("9" * 400, BACK_OFF[0]),
        ("", BACK_OFF[0]),
    ],
)
def test_too_fast_waits_as_long_as_the_gateway_asks_if_that_is_not_long(
    sms_gateway: SmsGateway, asked: str, wait: timedelta
):
    sms_gateway.answers = [Answer(429, {"Retry-After": asked})]
    with clock.frozen(NOW):
        write_down(a_code())
        send_due(text_courier(sms_gateway.url))
    with clock.frozen(NOW + wait - timedelta(seconds=1)):
        assert send_due(text_courier(sms_gateway.url)) == 0
    with clock.frozen(NOW + wait):
        assert send_due(text_courier(sms_gateway.url)) == 1

    first, second = sms_gateway.asked
    assert first.json == second.json


@on_a_database
@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_not_now_is_tried_again_with_the_same_id_and_others_are_not_kept(
    sms_gateway: SmsGateway, status: int
):
    sms_gateway.answers = [Answer(status)]
    with clock.frozen(NOW):
        write_down(a_code("1"), a_code("2"))
        assert send_due(text_courier(sms_gateway.url)) == 1
    with clock.frozen(NOW + BACK_OFF[0]):
        assert send_due(text_courier(sms_gateway.url)) == 1

    first, second, again = (asked.json for asked in sms_gateway.asked)
    assert again == first
    assert second["id"] != first["id"]
    assert {row.status for row in outbox()} == {SENT}


@on_a_database
def test_who_is_not_let_in_waits_for_the_right_token(sms_gateway: SmsGateway):
    sms_gateway.answers = [Answer(401)]
    with clock.frozen(NOW):
        write_down(a_code("1"), a_code("2"))
        send_due(text_courier(sms_gateway.url))
    assert len(sms_gateway.asked) == 1

    with clock.frozen(NOW + AWAY):
        assert send_due(text_courier(sms_gateway.url, token="right")) == 2

    assert [row.attempts for row in outbox()] == [1, 1]


@on_a_database
def test_no_redirect_is_followed(sms_gateway: SmsGateway):
    other = SmsGateway()
    other.start()
    sms_gateway.answers = [Answer(307, {"Location": other.url})]
    write_down(a_code())

    assert send_due(text_courier(sms_gateway.url, token="secreto")) == 0
    other.stop()

    assert other.asked == []
    assert outbox()[0].status == QUEUED
    assert outbox()[0].last_error == "307"


@pytest.mark.parametrize("status", [202, 500])
def test_of_a_huge_answer_little_is_read(sms_gateway: SmsGateway, status: int):
    sms_gateway.answers = [Answer(status, body=b"x" * 50_000_000)]
    asked_at = time.monotonic()

    told = _told(HttpGateway(sms_gateway.url))

    assert len(told) <= LONGEST_ANSWER_BYTES + len("500 ")
    assert bool(told) == (status == 500)
    assert time.monotonic() - asked_at < 30 * SOON


def _told(gateway: HttpGateway) -> str:
    try:
        gateway.deliver(MESSAGE)
    except Delayed as problem:
        return str(problem)
    return ""


def test_a_gateway_that_hangs_up_after_accepting_has_accepted(sms_gateway: SmsGateway):
    def cut(request):
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")

    sms_gateway.answers = [Answer(say=cut)]

    HttpGateway(sms_gateway.url).deliver(MESSAGE)

    assert len(sms_gateway.asked) == 1


@on_a_database
def test_a_gateway_that_never_answers_costs_each_round_one_time_out():
    with socket.create_server(("127.0.0.1", 0)) as black_hole, clock.frozen(NOW):
        url = f"http://127.0.0.1:{black_hole.getsockname()[1]}/"
        write_down(*(a_code(str(number)) for number in range(5)))

        asked_at = time.monotonic()
        assert send_due(text_courier(url, timeout_seconds=SOON)) == 0
        took = time.monotonic() - asked_at
        black_hole.setblocking(False)
        black_hole.accept()[0].close()
        with pytest.raises(BlockingIOError):  # nobody came a second time
            black_hole.accept()

    assert took >= SOON
    assert sorted(row.attempts for row in outbox()) == [0, 0, 0, 0, 1]
    assert {row.next_attempt_at for row in outbox()} == {NOW + AWAY}


def test_a_gateway_that_answers_a_letter_at_a_time_is_left_in_the_end(sms_gateway: SmsGateway):
    is_left = threading.Event()

    def drip(request):
        for letter in "HTTP/1.1 200 OK" + "!" * 1000:
            request.wfile.write(letter.encode())
            is_left.wait(0.02)

    sms_gateway.answers = [Answer(say=drip)]
    asked_at = time.monotonic()

    with pytest.raises(Unanswered, match="whole answer"):
        HttpGateway(sms_gateway.url, timeout_seconds=5, longest_seconds=SOON).deliver(MESSAGE)
    is_left.set()

    assert time.monotonic() - asked_at < 30 * SOON


@pytest.mark.parametrize("line", [b"nonsense\r\n\r\n", b"HTTP/1.1 200" + b"x" * 70_000, b""])
def test_what_is_no_http_is_no_answer(sms_gateway: SmsGateway, line: bytes):
    sms_gateway.answers = [Answer(say=lambda request: request.wfile.write(line))]

    with pytest.raises(Unanswered):
        HttpGateway(sms_gateway.url).deliver(MESSAGE)


def test_over_tls_the_text_goes_to_whom_we_trust(tls_gateway: SmsGateway, authority: trustme.CA):
    HttpGateway(tls_gateway.url, "secreto", tls=trusting(authority)).deliver(MESSAGE)

    assert len(tls_gateway.texts) == 1


@pytest.mark.parametrize("trusted", ["machine", "another", "another name"])
def test_a_gateway_with_a_wrong_certificate_gets_nothing(
    tls_gateway: SmsGateway, authority: trustme.CA, trusted: str
):
    tls = {
        "machine": ssl.create_default_context(),
        "another": trusting(trustme.CA()),
        "another name": trusting(authority),
    }[trusted]
    host = "localhost" if trusted == "another name" else "127.0.0.1"
    url = tls_gateway.url.replace("127.0.0.1", host)

    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        HttpGateway(url, "secreto", tls=tls).deliver(MESSAGE)

    assert tls_gateway.asked == []


def test_neither_token_nor_address_is_shown_where_settings_are_printed():
    shown = repr(HttpGateway("https://sms.example/?key=secreto", "secreto"))

    assert "secreto" not in shown
