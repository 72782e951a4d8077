"""The demo's mailbox for programs: what was sent, newest first, and its files."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clinicweb.core.errors import NotFound
from clinicweb.demo.mailbox import MailboxDelivery, MailboxTexts
from clinicweb.demo.views import mailbox_pages
from clinicweb.notifications.sms import TextMessage

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    MailboxDelivery(tmp_path)
    app = Flask("mailbox")
    app.register_blueprint(mailbox_pages(tmp_path, zone="America/Santiago"))
    app.register_error_handler(NotFound, lambda _: ("", 404))
    return app.test_client()


def send(folder: Path, subject: str) -> None:
    message = EmailMessage()
    message["To"], message["Subject"] = "ana@correo.example", subject
    message.set_content("Su código es 048213, o vaya a https://clinica.example/x.")
    message.add_attachment(CALENDAR, "text", "calendar", filename="reserva.ics")
    MailboxDelivery(folder).deliver(message)


def test_the_json_has_the_promised_keys_and_the_newest_first(
    client: FlaskClient, tmp_path: Path
) -> None:
    send(tmp_path, "uno")
    send(tmp_path, "dos")

    records = client.get("/demo/buzon.json").get_json()

    assert [record["subject"] for record in records] == ["dos", "uno"]
    assert set(records[0]) == {
        "to", "channel", "subject", "text", "links", "codes", "at", "attachments",
    }  # fmt: skip
    assert records[0]["codes"] == ["048213"]
    assert records[0]["links"] == ["https://clinica.example/x"]


def test_a_text_message_has_no_subject_and_its_code(client: FlaskClient, tmp_path: Path) -> None:
    MailboxTexts(tmp_path).deliver(TextMessage("+573001234567", "048213 es su código.", "a" * 32))

    [record] = client.get("/demo/buzon.json").get_json()

    assert record["channel"] == "sms"
    assert record["to"] == "+573001234567"
    assert record["subject"] is None
    assert record["codes"] == ["048213"]
    assert record["attachments"] == []


def test_an_empty_mailbox_is_an_empty_list(client: FlaskClient) -> None:
    assert client.get("/demo/buzon.json").get_json() == []


def test_an_attachment_is_downloaded_as_it_was_sent(client: FlaskClient, tmp_path: Path) -> None:
    send(tmp_path, "uno")
    [record] = client.get("/demo/buzon.json").get_json()
    [attached] = record["attachments"]

    answer = client.get(attached["url"])

    assert attached["name"] == "reserva.ics"
    assert answer.data == CALENDAR
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == "attachment; filename=reserva.ics"


@pytest.mark.parametrize("ending", ["/7", "x/0"])
def test_there_are_no_other_attachments(client: FlaskClient, tmp_path: Path, ending: str) -> None:
    send(tmp_path, "uno")
    url = client.get("/demo/buzon.json").get_json()[0]["attachments"][0]["url"]

    assert client.get(url.removesuffix("/0") + ending).status_code == 404
