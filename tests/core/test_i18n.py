"""Spanish is the source; what is translated comes from messages.po as it stands."""

from datetime import date

import pytest
from babel.messages.pofile import PoFileError
from flask import Flask
from flask_babel import force_locale

from clinicweb.core import i18n

MARCH = date(2026, 3, 3)


@pytest.fixture
def fresh_catalogues(tmp_path, monkeypatch):
    """A folder for catalogues of the test's own."""
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    i18n.catalogue.cache_clear()
    yield tmp_path
    i18n.catalogue.cache_clear()


def write(folder, text):
    path = folder / "en/LC_MESSAGES/messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def app():
    made = Flask("anything")
    i18n.init_app(made)
    return made


def say(language, msgid, **values):
    with app().app_context(), force_locale(language):
        return i18n._(msgid, **values)


def test_english_needs_nothing_but_the_po_file(fresh_catalogues):
    write(fresh_catalogues, 'msgid "Hola, %(name)s"\nmsgstr "Hello, %(name)s"\n')

    assert say("en", "Hola, %(name)s", name="Ana") == "Hello, Ana"
    assert say("es", "Hola, %(name)s", name="Ana") == "Hola, Ana"


def test_without_a_catalogue_people_read_spanish(fresh_catalogues):
    assert say("en", "Reservada") == "Reservada"


def test_a_catalogue_that_cannot_be_read_stops_the_start(fresh_catalogues):
    write(fresh_catalogues, 'msgid "Reservada"\nmsgstr "Booked"\n<<<<<<< HEAD\n')

    with pytest.raises(PoFileError):
        app()


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_what_says_nothing_says_nothing_in_any_language(language):
    assert say(language, "") == ""


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [
        ("es", 1, "1 hora libre"),
        ("es", 2, "2 horas libres"),
        ("en", 1, "1 available"),
        ("en", 2, "2 available"),
    ],
)
def test_counted_things_agree_with_their_number(language, number, text):
    with app().app_context(), force_locale(language):
        assert i18n.counted("%(num)s hora libre", "%(num)s horas libres", number) == text


@pytest.mark.parametrize(
    ("language", "this_year", "another_year", "short"),
    [
        ("es", "martes 3 de marzo", "martes 3 de marzo de 2026", "3 de marzo"),
        ("en", "Tuesday 3 March", "Tuesday 3 March 2026", "3 Mar"),
    ],
)
def test_each_language_says_days_its_own_way(language, this_year, another_year, short):
    with app().app_context(), force_locale(language):
        assert i18n.day_text(MARCH, today=MARCH) == this_year
        assert i18n.day_text(MARCH, today=date(2025, 12, 31)) == another_year
        assert i18n.short_day_text(MARCH) == short
