"""From a written-down message to the mail itself, in its reader's language."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import urlsplit

import flask_mail
from email_validator import EmailNotValidError, validate_email
from flask import Flask
from flask_babel import force_locale, gettext, ngettext
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from clinicweb.core import clock, i18n, tokens
from clinicweb.notifications.calendar import CalendarEvent, to_ics
from clinicweb.notifications.models import EMAIL

ICS_NAME = "cita.ics"


class BadMessage(ValueError):
    """No mail can be made of this message, however often it is tried."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """
    What all mails of an installation share.

    Args:
        base_url: where the portal is, without a slash at the end; all links begin with it.
        keys: the secret keys, the newest last; for links that prove something.
    """

    sender_name: str
    sender_address: str
    base_url: str
    keys: tuple[str, ...] = field(default=(), repr=False)

    def signed_link(self, *, purpose: str, id: str, path: str) -> str:  # noqa: A002  as in the row
        """An address that proves something; made with the mail, never stored."""
        return f"{self.base_url}{path}{tokens.issue(self.keys, tokens.purpose_named(purpose), id)}"

    def code(self, *, purpose: str, id: str) -> str:  # noqa: A002
        return tokens.code(self.keys[-1], tokens.purpose_named(purpose), id)

    def password(self, *, purpose: str, id: str) -> str:  # noqa: A002
        return tokens.password(self.keys[-1], tokens.purpose_named(purpose), id)

    @property
    def sender(self) -> str:
        """``"Clínica X" <citas@clinica.example>``"""
        return str(Address(self.sender_name, addr_spec=self.sender_address))

    @property
    def links(self) -> dict[str, str]:
        return {
            "home_url": f"{self.base_url}/",
            "book_url": f"{self.base_url}/reservar/",
            "recover_url": f"{self.base_url}/recuperar/clave",
        }


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the outbox, as it is needed to make the mail."""

    dedupe_key: str
    created_at: datetime
    recipient: str
    language: str
    template: str
    context: Mapping[str, Any]
    calendar: dict[str, Any] | None
    channel: str = EMAIL

    @property
    def stable_id(self) -> str:
        """The same for each attempt, so that what is sent twice can be told as one."""
        origin = f"{self.dedupe_key} {self.created_at.isoformat()}"
        return hashlib.sha256(origin.encode()).hexdigest()[:32]

    def message_id(self, domain: str) -> str:
        return f"<{self.stable_id}@{domain}>"


def init_app(app: Flask) -> None:
    """Prepare *app* for making mails."""
    flask_mail.Mail(app)


def render(letter: Letter, letterhead: Letterhead) -> EmailMessage:
    """
    The finished mail; needs an application context.

    It holds text, HTML and, where there is a calendar event, that event twice: as an
    alternative, which Gmail, Outlook and Apple show as an appointment, and as a file for all
    others.

    Raises: ``BadMessage`` or another ``ValueError``, ``TypeError`` or ``LookupError`` for values
    of which no mail can be made; errors of Jinja when the template lacks some.
    """
    with force_locale(reader(letter)):
        values = _values(letter, letterhead)
        subject = _one_line(_text_of(letter, "subject.txt", values))
        values["subject"] = subject
        mail = flask_mail.Message(
            subject=subject,
            recipients=[_address(letter.recipient)],
            body=_text_of(letter, "text.txt", values),
            html=_text_of(letter, "html.html", values),
            sender=_one_line(letterhead.sender),
            date=clock.now().timestamp(),
            extra_headers={"Auto-Submitted": "auto-generated"},
        )
    mail.msgId = letter.message_id(urlsplit(letterhead.base_url).hostname or "localhost")
    event = _event(letter, letterhead)
    if event:
        _enclose(mail, event)
    return _finished(mail, event)


def reader(letter: Letter) -> str:
    """The language that *letter* is written in."""
    return letter.language if letter.language in i18n.LANGUAGES else i18n.SOURCE_LANGUAGE


def text_of(template: str, letter: Letter, letterhead: Letterhead) -> str:
    """A text of one file alone, in the present language.  Raises: as ``render``."""
    return _TEMPLATES.get_template(template).render(_values(letter, letterhead))


def _environment() -> Environment:
    # Mails see nothing of the pages' globals: there is no request and no reader signed in.
    environment = Environment(
        loader=PackageLoader("clinicweb", "templates"),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment


_TEMPLATES = _environment()


def _text_of(letter: Letter, file_name: str, values: Mapping[str, Any]) -> str:
    template = _TEMPLATES.get_template(f"email/{letter.template}/{file_name}")
    return template.render(values).strip() + "\n"


def _values(letter: Letter, letterhead: Letterhead) -> dict[str, Any]:
    values = {**letter.context, **letterhead.links, "lang": i18n.language()}
    _tell_times(values)
    if values.get("code_for"):
        values["code"] = letterhead.code(**values["code_for"])
    if values.get("password_for"):
        values["password"] = letterhead.password(**values["password_for"])
    if "page" in values:
        values["page_url"] = letterhead.base_url + values["page"]
    if "link" in values:
        values["link_url"] = letterhead.signed_link(**values["link"])
    return values


def _tell_times(values: dict[str, Any]) -> None:
    """Instants and days as their reader says them, beside what they were."""
    if "starts_at" in values:
        starts_at = datetime.fromisoformat(values["starts_at"])
        values["when"] = i18n.moment(starts_at, values["zone"])
    if "was" in values:
        was = values["was"]
        values["was"] = i18n.moment(datetime.fromisoformat(was["at"]), was["zone"])
    if "answer_by" in values:
        values["by"] = i18n.moment(datetime.fromisoformat(values["answer_by"]), values["zone"])
    if "other_hours" in values:
        values["other_hours"] = [_with_moment(hour) for hour in values["other_hours"]]
    if "until" in values:
        until, today = date.fromisoformat(values["until"]), clock.now().date()
        values["until_text"] = i18n.day_text(until, today=today)


def _with_moment(hour: Mapping[str, Any]) -> dict[str, Any]:
    return {**hour, "when": i18n.moment(datetime.fromisoformat(hour["at"]), hour["zone"])}


def _one_line(text: str) -> str:
    """A header's value: whoever could break its line could write headers of their own."""
    line = text.strip()
    if any(unicodedata.category(c) in {"Cc", "Zl", "Zp"} for c in line):
        raise BadMessage("a header holds a control character")
    return line


def _address(recipient: str) -> str:
    try:
        checked = validate_email(recipient, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as problem:
        raise BadMessage(f"recipient: {problem}") from problem
    if checked.ascii_email is None:
        raise BadMessage("recipient: no mail server is known to take this address")
    return checked.ascii_email


def _event(letter: Letter, letterhead: Letterhead) -> CalendarEvent | None:
    if letter.calendar is None:
        return None
    event = CalendarEvent.from_json(letter.calendar)
    return replace(
        event,
        organizer_name=event.organizer_name or letterhead.sender_name,
        organizer_email=event.organizer_email or letterhead.sender_address,
        url=event.url or letterhead.links["home_url"],
    )


def _enclose(mail: flask_mail.Message, event: CalendarEvent) -> None:
    ics = to_ics(event)
    mail.alts["calendar"] = ics.decode()
    # Another type than the alternative's: Outlook would show a second invitation.
    mail.attach(ICS_NAME, "application/ics", ics)


def _finished(mail: flask_mail.Message, event: CalendarEvent | None) -> EmailMessage:
    """*mail* in seven bits, so that no relay changes it, and with the calendar's METHOD told."""
    message = message_from_bytes(mail.as_bytes(), policy=SMTP)
    for part in message.walk():
        if part.get_content_maintype() != "text":
            continue
        subtype = part.get_content_subtype()
        params = {"method": event.method} if event and subtype == "calendar" else {}
        part.set_content(part.get_content(), subtype=subtype, cte="quoted-printable", params=params)
    return message
