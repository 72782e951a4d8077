"""English is complete: no text without its translation, no guesses, no leftovers."""

import pytest
from babel.messages.catalog import Catalog

from clinicweb.clinic.rules import load_rules, preset_names
from tests.architecture.rules.catalogue import (
    check_catalogue,
    check_f_strings,
    extracted_texts,
    read_catalogue,
)
from tests.architecture.tree import PACKAGE, ROOT, python_files

ENGLISH = PACKAGE / "translations/en/LC_MESSAGES/messages.po"
TEXTS = {"Reservar", "%(num)s hora", "hora de %(city)s"}


def preset_texts(name):
    """The words of a preset that pages translate."""
    rules = load_rules(name)
    return {*rules.labels.model_dump().values(), rules.identity.emergency} - {""}


@pytest.fixture
def catalogue():
    catalogue = Catalog(locale="en")
    catalogue.add("Reservar", "Book")
    catalogue.add(("%(num)s hora", "%(num)s horas"), ("%(num)s hour", "%(num)s hours"))
    catalogue.add("hora de %(city)s", "%(city)s time", flags=["python-format"])
    return catalogue


def test_english_is_complete():
    texts = extracted_texts(ROOT)

    assert len(texts) > 50
    assert list(check_catalogue(read_catalogue(ENGLISH), texts)) == []


def test_the_texts_of_code_and_templates_are_found():
    assert {"Busque su hora", "Demasiados intentos", "hora de %(city)s"} <= extracted_texts(ROOT)


@pytest.mark.parametrize("name", preset_names())
def test_each_word_of_a_preset_has_its_english(name):
    english = read_catalogue(ENGLISH)

    texts = preset_texts(name)

    assert len(texts) > 10
    assert texts <= extracted_texts(ROOT)
    assert [text for text in texts if text not in english or not english[text].string] == []


def test_the_own_words_of_a_new_preset_are_found(tmp_path):
    presets = tmp_path / "clinicweb/clinic/presets"
    presets.mkdir(parents=True)
    (presets / "new.toml").write_text(
        '[identity]\nemergency = "Llame al 911."\n[labels]\nrelease = "Cancelar"\n'
    )
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())

    assert extracted_texts(tmp_path) == {"Llame al 911.", "Cancelar"}


def test_no_text_stands_in_an_f_string():
    files = list(python_files("clinicweb"))

    assert files
    assert [line for name, text in files for line in check_f_strings(name, text)] == []


def test_a_text_in_an_f_string_is_rejected():
    text = "line = f\"{_('Portal')} {address}\""

    assert check_f_strings("x.py", text) == ["x.py:1 marks a text inside an f-string"]


def test_a_complete_catalogue_is_accepted(catalogue):
    assert list(check_catalogue(catalogue, TEXTS)) == []


@pytest.mark.parametrize(
    ("msgid", "changes", "words"),
    [
        ("Reservar", {"string": ""}, "no translation"),
        ("%(num)s hora", {"string": ("%(num)s hour", "")}, "no translation"),
        ("Reservar", {"flags": {"fuzzy"}}, "fuzzy"),
        ("hora de %(city)s", {"string": "time"}, "placeholder"),
        ("hora de %(city)s", {"string": "%(city)d time"}, "placeholder"),
    ],
)
def test_a_half_done_translation_is_rejected(catalogue, msgid, changes, words):
    for name, value in changes.items():
        setattr(catalogue[msgid], name, value)

    assert any(words in complaint for complaint in check_catalogue(catalogue, TEXTS))


def test_a_new_and_a_leftover_text_are_rejected(catalogue):
    found = list(check_catalogue(catalogue, TEXTS - {"Reservar"} | {"Liberar"}))

    assert found == ["«Liberar» is missing", "«Reservar» is used nowhere"]
