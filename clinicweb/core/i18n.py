"""Words and times as people read them.  Spanish is the source; other languages translate it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, has_app_context
from flask_babel import Babel, Domain, get_locale
from flask_babel.speaklater import LazyString

from clinicweb.core import clock

CATALOGUES = Path(__file__).parent.parent / "translations"
LANGUAGES = {"es": "Español", "en": "English"}
SOURCE_LANGUAGE = "es"


@cache
def catalogue(language: str) -> NullTranslations:
    """
    The texts of *language*, read from its messages.po; the source's own where there is none.

    Nothing is compiled to a file: a text is right as soon as it is written.
    """
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language, abort_invalid=True))
    compiled.seek(0)
    return Translations(compiled)


class _Catalogues(Domain):  # type: ignore[misc]
    def get_translations(self) -> NullTranslations:
        return catalogue(language())


class _Babel(Babel):  # type: ignore[misc]
    domain_instance = _Catalogues()


def init_app(
    app: Flask,
    *,
    default: str = SOURCE_LANGUAGE,
    reader: Callable[[], str | None] | None = None,
) -> None:
    """
    Give *app* its languages.

    Args:
        reader: the language of who asks; None is *default*.

    Raises: ``PoFileError`` for a catalogue that cannot be read, now and not at a reader.
    """
    for code in LANGUAGES:
        catalogue(code)
    _Babel(app, default_locale=default, locale_selector=reader)
    # Flask-Babel's own look several times for what is the same for the whole page.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        _translated, _translated_number, newstyle=True
    )


def _(msgid: str, **values: Any) -> str:
    """
    The text of *msgid* for the reader of this request; the Spanish source elsewhere.

    A rule that says nothing says nothing: of the empty word a catalogue has its own head.
    """
    if msgid and has_app_context():
        msgid = _translated(msgid)
    return msgid % values if values else msgid


def _translated(msgid: str) -> str:
    return str(catalogue(language()).ugettext(msgid))


def lazy(msgid: str, **values: Any) -> Any:
    """``_`` of what is read later, when it is known by whom: for forms and tables of texts."""
    return LazyString(_, msgid, **values)


def counted(singular: str, plural: str, number: int) -> str:
    """``%(num)s`` things, in the right number."""
    return _translated_number(singular, plural, number) % {"num": number}


def _translated_number(singular: str, plural: str, number: int) -> str:
    return str(catalogue(language()).ungettext(singular, plural, number))


def wait_text(seconds: int) -> str:
    """How long somebody waits who tried too often."""
    return counted(
        "Demasiados intentos. Espere %(num)s minuto y pruebe de nuevo.",
        "Demasiados intentos. Espere %(num)s minutos y pruebe de nuevo.",
        ceil(seconds / 60),
    )


def language() -> str:
    """The reader's language code, e.g. ``es``."""
    locale = get_locale() if has_app_context() else None
    return locale.language if locale else SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant in a place's time, in words."""

    day_text: str  # martes 3 de marzo
    hour_text: str  # 10:30
    zone_text: str  # hora de Santiago

    @property
    def when_text(self) -> str:
        return f"{self.day_text}, {self.hour_text}, {self.zone_text}"


def moment(instant: datetime, zone: str) -> Moment:
    """*instant* (aware) as people at *zone* say it: every displayed time is made here."""
    there = clock.local(instant, zone)
    return Moment(
        day_text=day_text(there.date(), today=clock.local_day(clock.now(), zone)),
        hour_text=f"{there:%H:%M}",
        zone_text=zone_text(zone),
    )


def zone_text(zone: str) -> str:
    """«hora de Santiago»"""
    return _("hora de %(city)s", city=_city(zone, language()))


@cache
def _city(zone: str, code: str) -> str:
    return str(get_timezone_location(ZoneInfo(zone), locale=code, return_city=True))


@lru_cache(maxsize=1000)
def _in_words(day: date, pattern: str, code: str) -> str:
    """A page of hours tells the same few days again and again."""
    return str(format_date(day, pattern, locale=code))


def day_text(day: date, *, today: date) -> str:
    """«martes 3 de marzo», with the year when it is not *today*'s."""
    is_this_year = day.year == today.year
    pattern = _("EEEE d 'de' MMMM") if is_this_year else _("EEEE d 'de' MMMM 'de' y")
    return _in_words(day, pattern, language())


def date_text(day: date) -> str:
    """«3 de marzo de 1980»"""
    return _in_words(day, _("d 'de' MMMM 'de' y"), language())


def weekday_text(day: date) -> str:
    return _in_words(day, "EEEE", language())


def brief_day_text(day: date) -> str:
    """«3 mar»"""
    return _in_words(day, "d MMM", language())


def short_day_text(day: date) -> str:
    """«3 de marzo»"""
    return _in_words(day, _("d 'de' MMMM"), language())
