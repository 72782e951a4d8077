"""English is complete: no text without its translation, no guesses, no leftovers."""

import pytest
from babel.messages.catalog import Catalog

from clinicweb.clinic.rules import load_rules, preset_names
from tests.architecture.rules.catalogue import check_catalogue, extracted_texts, read_catalogue
from tests.architecture.tree import PACKAGE, ROOT

ENGLISH = PACKAGE / "translations/en/LC_MESSAGES/messages.po"
TEXTS = {"Reservar", "%(num)s hora", "hora de %(city)s"}


def preset_labels():
    presets = [load_rules(name) for name in preset_names()]
    return {text for rules in presets for text in rules.labels.model_dump().values()}


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
    assert list(check_catalogue(read_catalogue(ENGLISH), texts | preset_labels())) == []


def test_the_texts_of_code_and_templates_are_found():
    assert {"Busque su hora", "Demasiados intentos", "hora de %(city)s"} <= extracted_texts(ROOT)


def test_a_complete_catalogue_is_accepted(catalogue):
    assert list(check_catalogue(catalogue, TEXTS)) == []


@pytest.mark.parametrize(
    ("msgid", "changes", "words"),
    [
        ("Reservar", {"string": ""}, "no translation"),
        ("%(num)s hora", {"string": ("%(num)s hour", "")}, "no translation"),
        ("Reservar", {"flags": {"fuzzy"}}, "fuzzy"),
        ("hora de %(city)s", {"string": "time"}, "placeholder"),
    ],
)
def test_a_half_done_translation_is_rejected(catalogue, msgid, changes, words):
    for name, value in changes.items():
        setattr(catalogue[msgid], name, value)

    assert any(words in complaint for complaint in check_catalogue(catalogue, TEXTS))


def test_a_new_and_a_leftover_text_are_rejected(catalogue):
    found = list(check_catalogue(catalogue, TEXTS - {"Reservar"} | {"Liberar"}))

    assert found == ["«Liberar» is missing", "«Reservar» is used nowhere"]
