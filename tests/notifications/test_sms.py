"""Text messages: how long they are, what stands first, and what they never say."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinicweb.core import i18n
from clinicweb.notifications import sms
from clinicweb.notifications.rendering import BadMessage, Letter
from tests.notifications.texts import LETTERHEAD, PHONE

TEMPLATES = Path(sms.__file__).parent.parent / "templates" / "sms"
NEEDS = {path.name: (path / "text.txt").read_text().splitlines()[0] for path in TEMPLATES.iterdir()}
# Texts that lead somewhere are read by the tests of the slice that writes them.
NAMES = sorted(name for name, needs in NEEDS.items() if "needs: code," in needs)
LONGEST_NAME = "Centro de Atención Ambulatoria El Olivarr"[:40]
CLINICAL = ("cita", "hora con", "médic", "doctor", "especialidad", "appointment", "patient")


def letter(template: str, language: str = "es", **changes: object) -> Letter:
    context = {
        "clinic_name": LONGEST_NAME,
        "minutes": 10,
        "code_for": {"purpose": "activate", "id": "one"},
    }
    values = {
        "dedupe_key": "1", "created_at": datetime(2026, 11, 23, tzinfo=UTC), "recipient": PHONE,
        "language": language, "template": template, "context": context, "calendar": None,
        "channel": "sms",
    }  # fmt: skip
    return Letter(**(values | changes))


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("template", NAMES)
def test_each_text_is_one_message_with_its_code_first_and_no_clinical_word(
    template: str, language: str, record_property
):
    text = sms.render(letter(template, language), LETTERHEAD).text

    assert sms.parts(text) == 1
    assert re.match(r"\d{6} ", text)
    assert [word for word in CLINICAL if word in text.casefold()] == []
    assert "10" in text
    assert LONGEST_NAME.replace("ó", "o") in text
    record_property("letters", len(text))


@pytest.mark.usefixtures("app")
def test_each_language_has_words_of_its_own():
    texts = {sms.render(letter(NAMES[0], each), LETTERHEAD).text for each in i18n.LANGUAGES}

    assert len(texts) == len(i18n.LANGUAGES)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # 76 of them are 152 of 153: the next one does not fit by half.
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("ñÑüÉ¿¡" * 26, 1),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("á" * 134, 2),
        ("á" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        # 33 of them are 66 of 67.
        ("😀" * 66, 2),
        ("😀" * 67, 3),
    ],
)
def test_messages_are_counted_as_networks_count_them(text: str, count: int):
    assert sms.parts(text) == count


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("código en «Álamos»…", 'codigo en "Alamos"...'),
        ("ñandú, güe, É", "ñandu, güe, É"),
        ("Клиника código", "Клиника código"),
        ("a\N{NO-BREAK SPACE}b", "a b"),
    ],
)
def test_accents_that_cost_twice_are_left_out(text: str, plain: str):
    assert sms.in_plain_letters(text) == plain


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("recipient", ["912345678", "+56 9 1234", "ana@ejemplo.cl", "+", ""])
def test_what_is_no_number_gets_nothing(recipient: str):
    with pytest.raises(BadMessage, match="recipient"):
        sms.render(letter(NAMES[0], recipient=recipient), LETTERHEAD)


@pytest.mark.usefixtures("app")
def test_a_text_without_end_is_refused():
    endless = letter(NAMES[0])
    context = {**endless.context, "clinic_name": "a" * 500}

    with pytest.raises(BadMessage, match="text"):
        sms.render(letter(NAMES[0], context=context), LETTERHEAD)
