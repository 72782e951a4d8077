"""One cell of a table: text in, typed value out, or ``ValueError`` with words for people."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from clinicweb.core import clock, documents, phones
from clinicweb.core.i18n import _
from clinicweb.core.text import clean_line
from clinicweb.imports.problems import quoted

Parser = Callable[[str], Any]

LIST_SEPARATOR = ";"
LONGEST_CODE = 120
LONGEST_PHONE = 40
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)


def line(longest: int) -> Parser:
    """Make a parser of one line of at most *longest* characters."""

    def parse(text: str) -> str:
        return _not_longer(clean_line(text), longest)

    return parse


def card_number(text: str) -> str:
    """As registration compares it: however it was printed or typed."""
    return _not_longer(documents.card_number(text), 60)


def paragraphs(text: str) -> str:
    """Keep the line breaks of a longer text."""
    lines = (clean_line(part) for part in unicodedata.normalize("NFC", text).splitlines())
    return _not_longer("\n".join(lines).strip(), 4000)


def code(text: str) -> str:
    """Read a natural key: any short text but a list."""
    value = _not_longer(clean_line(text), LONGEST_CODE)
    if LIST_SEPARATOR in value:
        raise ValueError(_("%(value)s: un código no puede llevar «;»", value=quoted(text)))
    return value


def _not_longer(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValueError(
            _(
                "%(value)s: demasiado largo (%(length)d caracteres, máximo %(longest)d)",
                value=quoted(text),
                length=len(text),
                longest=longest,
            )
        )
    return text


def choice(*options: str, **synonyms: str) -> Parser:
    """Make a parser of one of *options*, in any case; *synonyms* are read as their option."""
    known = {option: option for option in options} | synonyms

    def parse(text: str) -> str:
        word = clean_line(text).casefold()
        if word not in known:
            raise ValueError(
                _(
                    "%(value)s no es válido; use uno de: %(options)s",
                    value=quoted(text),
                    options=", ".join(options),
                )
            )
        return known[word]

    return parse


def listing(parse_item: Parser) -> Parser:
    """Make a parser of a list: each item once, in the order written."""

    def parse(text: str) -> tuple[Any, ...]:
        items = (item for item in text.split(LIST_SEPARATOR) if item.strip())
        return tuple(dict.fromkeys(parse_item(item) for item in items))

    return parse


def integer(lowest: int, highest: int) -> Parser:
    """Make a parser of a whole number between both limits, included."""

    def parse(text: str) -> int:
        digits = text.strip()
        if re.fullmatch(r"\d{1,6}", digits, re.ASCII) and lowest <= int(digits) <= highest:
            return int(digits)
        raise ValueError(
            _(
                "%(value)s no es un número entero entre %(lowest)d y %(highest)d",
                value=quoted(text),
                lowest=lowest,
                highest=highest,
            )
        )

    return parse


def day(text: str) -> date:
    try:
        if _DATE.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise ValueError(_("%(value)s no es una fecha; escríbala como 2026-03-31", value=quoted(text)))


def past_day(text: str) -> date:
    """Read a date on which something has happened: today at the latest."""
    found = day(text)
    # Somewhere it is a day ahead of UTC.
    if found > clock.now().date() + timedelta(days=1):
        raise ValueError(_("%(value)s: la fecha está en el futuro", value=quoted(text)))
    return found


def wall_time(text: str) -> time:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(_("%(value)s no es una hora; escríbala como 09:30", value=quoted(text)))
    return time(int(match[1]), int(match[2]))


def moment(text: str) -> datetime:
    """Read a date and time: naive is the site's wall clock, else it carries its offset."""
    try:
        if _MOMENT.fullmatch(text.strip()):
            return datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    raise ValueError(
        _(
            "%(value)s no es una fecha con hora; escríbala como 2026-03-31T09:30",
            value=quoted(text),
        )
    )


def closure_start(text: str) -> datetime:
    """Read a wall clock moment, or a date: from its first minute."""
    return _midnight(day(text)) if _DATE.fullmatch(text.strip()) else _wall_moment(text)


def closure_end(text: str) -> datetime:
    """Read a wall clock moment (not included), or a date: that whole day included."""
    if _DATE.fullmatch(text.strip()):
        return _midnight(day(text)) + timedelta(days=1)
    return _wall_moment(text)


def _wall_moment(text: str) -> datetime:
    value = moment(text)
    if value.tzinfo is not None:
        message = _("%(value)s: escriba la hora del lugar, sin «Z» ni «+00:00»", value=quoted(text))
        raise ValueError(message)
    return value


def _midnight(of: date) -> datetime:
    return datetime.combine(of, time())


def timezone(text: str) -> str:
    name = text.strip()
    if name not in available_timezones():
        raise ValueError(
            _(
                "%(value)s no es una zona horaria; escríbala como America/Santiago",
                value=quoted(text),
            )
        )
    return name


def email(text: str) -> str:
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as problem:
        message = _("%(value)s no es un correo electrónico", value=quoted(text))
        raise ValueError(message) from problem


def phone_as_typed(text: str) -> str:
    """For people to read: no message is ever sent to it."""
    return _not_longer(clean_line(text), LONGEST_PHONE)


def phone(region: str) -> Parser:
    """Make a parser of a telephone number, E.164 out; without «+» it is one of *region*."""

    def parse(text: str) -> str:
        number = phones.normalise(text, region)
        if number is None:
            raise ValueError(
                _(
                    "%(value)s no es un teléfono; escríbalo con su prefijo, como +56 2 2345 6789",
                    value=quoted(text),
                )
            )
        return number

    return parse
