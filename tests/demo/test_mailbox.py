"""What the demo would send is kept in a folder and can be read as its reader would."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from clinicweb.core import clock
from clinicweb.demo.mailbox import MailboxDelivery, MailboxTexts, read_mailbox, read_message
from clinicweb.notifications.sms import TextMessage

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
CALENDAR = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def message(
    text: str = "Hola", *, subject: str = "Su hora", to: str = "ana@correo.example"
) -> EmailMessage:
    mail = EmailMessage()
    mail["To"], mail["Subject"], mail["From"] = to, subject, "clinica@clinica.example"
    mail.set_content(text)
    mail.add_alternative(f"<p>{text}</p>", subtype="html")
    return mail


def test_a_message_is_read_back_with_its_accents(tmp_path: Path) -> None:
    MailboxDelivery(tmp_path).deliver(message("Señora Núñez:\n¡mañana!", subject="Atención Ñuñoa"))

    [kept] = read_mailbox(tmp_path)

    assert (kept.to, kept.channel) == ("ana@correo.example", "email")
    assert kept.subject == "Atención Ñuñoa"
    assert kept.text == "Señora Núñez:\n¡mañana!\n"


def test_the_newest_message_comes_first_and_old_ones_are_left_out(tmp_path: Path) -> None:
    delivery = MailboxDelivery(tmp_path / "new" / "folder")
    for minute in (1, 3, 2):
        with clock.frozen(NOON + timedelta(minutes=minute)):
            delivery.deliver(message(subject=str(minute)))

    kept = read_mailbox(tmp_path / "new" / "folder", limit=2)

    assert [mail.subject for mail in kept] == ["3", "2"]
    assert kept[0].at == NOON + timedelta(minutes=3)


def test_messages_of_one_instant_do_not_overwrite_each_other(tmp_path: Path) -> None:
    with clock.frozen(NOON):
        for number in range(5):
            MailboxDelivery(tmp_path).deliver(message(subject=str(number)))

    assert {mail.subject for mail in read_mailbox(tmp_path)} == set("01234")


def test_links_are_found_without_the_full_stop_after_them(tmp_path: Path) -> None:
    text = "Vea http://127.0.0.1:8000/citas/a_b-1?x=1. O (https://clinica.example/), gracias."

    MailboxDelivery(tmp_path).deliver(message(text))

    assert read_mailbox(tmp_path)[0].links == [
        "http://127.0.0.1:8000/citas/a_b-1?x=1",
        "https://clinica.example/",
    ]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Su código es 048213.", ["048213"]),
        ("Código:\n123456\n", ["123456"]),
        ("RUT 35.107.919-3, fono +56 41 255 0100, martes 3 de marzo de 2026, 10:30", []),
        ("RUT 35107919-3 o 123456-7 y AF-204037", []),
        ("http://clinica.example/123456/ver", []),
        ("1234567", []),
    ],
)
def test_codes_are_told_from_other_numbers(tmp_path: Path, text: str, codes: list[str]) -> None:
    MailboxDelivery(tmp_path).deliver(message(text))

    assert read_mailbox(tmp_path)[0].codes == codes


def test_a_calendar_sent_twice_is_one_attachment(tmp_path: Path) -> None:
    mail = message()
    mail.add_alternative(CALENDAR, subtype="calendar", params={"method": "REQUEST"})
    mail.add_attachment(CALENDAR.encode(), "application", "ics", filename="atención.ics")

    MailboxDelivery(tmp_path).deliver(mail)
    [attached] = read_mailbox(tmp_path)[0].attachments

    assert attached.name == "atención.ics"
    assert attached.content_type == "application/ics"
    assert attached.content == CALENDAR.encode()


def test_a_message_is_found_by_its_id_alone(tmp_path: Path) -> None:
    MailboxDelivery(tmp_path).deliver(message())
    [kept] = read_mailbox(tmp_path)

    assert read_message(tmp_path, kept.id) == kept
    assert read_message(tmp_path, kept.id[:-1]) is None


def test_an_id_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "mailbox"
    MailboxDelivery(tmp_path).deliver(message())
    MailboxDelivery(inside)
    [outside] = read_mailbox(tmp_path)

    assert read_message(inside, f"../{outside.id}") is None


def test_a_text_message_lies_among_the_mails_without_a_subject(tmp_path: Path) -> None:
    MailboxDelivery(tmp_path).deliver(message())
    MailboxTexts(tmp_path).deliver(TextMessage("+573001234567", "048213 es su código", "a" * 32))

    text, mail = read_mailbox(tmp_path)

    assert (text.to, text.channel, text.subject) == ("+573001234567", "sms", None)
    assert (text.text.strip(), text.codes, text.links) == ("048213 es su código", ["048213"], [])
    assert mail.channel == "email"


def test_a_message_half_written_is_not_read(tmp_path: Path) -> None:
    MailboxDelivery(tmp_path)
    (tmp_path / "20260303T120000.000000-abc.part").write_bytes(b"Subject: half")

    assert read_mailbox(tmp_path) == []
