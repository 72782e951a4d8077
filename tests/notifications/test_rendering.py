"""The mail that a person gets: whole, in their language, safe in every part."""

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import html5lib
import pytest
from icalendar import Calendar
from jinja2 import UndefinedError

from clinicweb.notifications.actions import APPOINTMENT_BOOKED, APPOINTMENT_RELEASED
from clinicweb.notifications.rendering import BadMessage, Letter, Letterhead, render
from tests.notifications.mails import ANA, LETTERHEAD, a_context, an_event

LETTER = Letter(
    dedupe_key="appointment/1/booked",
    created_at=datetime(2026, 11, 1, tzinfo=UTC),
    recipient=ANA,
    language="es",
    template=APPOINTMENT_BOOKED,
    context=a_context(),
    calendar=an_event(organizer_name="", organizer_email="", url="").to_json(),
)
pytestmark = pytest.mark.usefixtures("app")


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def part(message: EmailMessage, content_type: str) -> EmailMessage:
    return next(p for p in message.walk() if p.get_content_type() == content_type)


def with_context(**changes) -> Letter:
    return replace(LETTER, context=a_context(**changes))


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("template", [APPOINTMENT_BOOKED, APPOINTMENT_RELEASED])
def test_both_bodies_tell_when_with_whom_and_where(template, kind):
    text = text_of(render(replace(LETTER, template=template), LETTERHEAD), kind)

    assert "Ana Núñez" in text
    assert "martes 1 de diciembre, 10:30, hora de Santiago" in text
    assert "Dra. Sofía Soto" in text
    assert "Sede Ñuñoa" in text
    assert "Av. Irarrázaval 1234" in text
    assert "https://portal.alamos.cl/" in text


def test_the_headers_are_complete():
    message = render(LETTER, LETTERHEAD)

    assert message["To"] == ANA
    assert message["From"].addresses[0].display_name == "Clínica Álamos"
    assert message["From"].addresses[0].addr_spec == "citas@alamos.cl"
    assert "Su hora en Clínica Álamos: martes 1 de diciembre" in message["Subject"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo is not None
    assert message["Message-ID"].endswith("@portal.alamos.cl>")


def test_an_english_reader_gets_an_english_mail():
    message = render(replace(LETTER, language="en"), LETTERHEAD)

    assert "Your appointment at Clínica Álamos: Tuesday 1 December, 10:30" in message["Subject"]
    assert "If you cannot come, please cancel it" in text_of(message, "plain")
    assert '<html lang="en">' in part(message, "text/html").get_content()


def test_the_same_message_has_the_same_id_and_another_has_another():
    first, again = render(LETTER, LETTERHEAD), render(LETTER, LETTERHEAD)
    other = render(replace(LETTER, dedupe_key="appointment/2/booked"), LETTERHEAD)

    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"] != other["Message-ID"]


def test_the_event_is_an_alternative_with_its_method_and_a_file_as_well():
    message = render(LETTER, LETTERHEAD)

    alternative = part(message, "text/calendar")
    attached = part(message, "application/ics")
    event = Calendar.from_ical(attached.get_content()).events[0]
    assert [p.get_content_type() for p in part(message, "multipart/alternative").iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert alternative.get_param("method") == "REQUEST"
    assert alternative.get_param("charset") == "utf-8"
    assert attached.get_filename() == "cita.ics"
    assert Calendar.from_ical(alternative.get_content()).events[0] == event
    assert event["ORGANIZER"] == "mailto:citas@alamos.cl"
    assert event["ORGANIZER"].params["CN"] == "Clínica Álamos"
    assert event["URL"] == "https://portal.alamos.cl/"


def test_a_cancelled_event_says_so_in_the_mail_too():
    event = an_event(method="CANCEL", sequence=1)

    message = render(
        replace(LETTER, template=APPOINTMENT_RELEASED, calendar=event.to_json()), LETTERHEAD
    )

    assert part(message, "text/calendar").get_param("method") == "CANCEL"


def test_the_mail_travels_in_seven_bits_and_short_lines():
    wire = render(LETTER, LETTERHEAD).as_bytes()

    assert wire.isascii()
    assert max(len(line) for line in wire.split(b"\r\n")) <= 998


def test_the_html_is_valid_and_asks_nothing_of_other_servers():
    html = text_of(render(LETTER, LETTERHEAD), "html")

    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)

    assert document.get("lang") == "es"
    assert not document.findall(".//img")
    assert not document.findall(".//link")
    assert {a.get("href") for a in document.iter("a")} == {"https://portal.alamos.cl/"}


def test_names_are_text_in_html_and_unchanged_in_the_plain_body():
    letter = with_context(practitioner_name='<b onclick="x">Soto</b> & Díaz')

    message = render(letter, LETTERHEAD)

    assert "&lt;b onclick=" in text_of(message, "html")
    assert '<b onclick="x">Soto</b> & Díaz' in text_of(message)


def test_a_video_hour_sends_nobody_to_an_address():
    message = render(with_context(modality="virtual"), LETTERHEAD)

    assert "Por video" in text_of(message)
    assert "Irarrázaval" not in text_of(message)
    assert "Irarrázaval" not in text_of(message, "html")


def test_a_site_without_address_and_a_clinic_without_phone_leave_no_gap():
    message = render(with_context(site_address=None, clinic_phone=None), LETTERHEAD)

    assert "Dónde: Sede Ñuñoa\n" in text_of(message)
    assert "None" not in text_of(message) + text_of(message, "html")
    assert "Teléfono" not in text_of(message)


def test_the_day_is_told_in_the_readers_language():
    message = render(replace(LETTER, language="en"), LETTERHEAD)

    assert "Tuesday" in text_of(message)
    assert 'lang="en"' in text_of(message, "html")


def test_an_unknown_language_falls_back_to_spanish():
    message = render(replace(LETTER, language="xx"), LETTERHEAD)

    assert "martes" in text_of(message)


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u2028"])
def test_a_name_cannot_write_a_header(line_break):
    letter = with_context(clinic_name=f"Clínica{line_break}Bcc: clara@ejemplo.cl")

    with pytest.raises(BadMessage, match="control character"):
        render(letter, LETTERHEAD)


def test_the_senders_name_cannot_write_a_header_or_an_address():
    letterhead = Letterhead("Clínica, S.A. <x@y.cl>", "citas@alamos.cl", LETTERHEAD.base_url)

    sender = render(LETTER, letterhead)["From"].addresses

    assert [(a.display_name, a.addr_spec) for a in sender] == [
        ("Clínica, S.A. <x@y.cl>", "citas@alamos.cl")
    ]
    with pytest.raises(ValueError, match="CR or LF"):
        render(LETTER, replace(letterhead, sender_name="Clínica\r\nBcc: x@y.cl"))


@pytest.mark.parametrize(
    "recipient",
    [
        "ana@ejemplo.cl\r\nBcc: clara@ejemplo.cl",
        "ana@ejemplo.cl, clara@ejemplo.cl",
        "Ana <ana@ejemplo.cl>",
        "ana",
        "ñandú@ejemplo.cl",
    ],
)
def test_only_one_plain_address_gets_the_mail(recipient):
    with pytest.raises(BadMessage, match="recipient"):
        render(replace(LETTER, recipient=recipient), LETTERHEAD)


def test_a_domain_with_accents_is_written_as_mail_servers_know_it():
    message = render(replace(LETTER, recipient="ana@clínica.cl"), LETTERHEAD)

    assert message["To"] == "ana@xn--clnica-4va.cl"


def test_a_missing_value_is_an_error_and_not_a_hole():
    context = a_context()
    del context["practitioner_name"]

    with pytest.raises(UndefinedError, match="practitioner_name"):
        render(replace(LETTER, context=context), LETTERHEAD)
