"""A clinic's TOML: what is wrong is told with its file and field."""

import pytest
from pydantic import ValidationError

from clinicweb.clinic.booking_rules import Booking
from clinicweb.clinic.rules import BadRules, load_rules, preset_names

GOOD = """
[identity]
name = "Clínica"
country = "CL"
timezone = "America/Santiago"
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "clinic.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_good(name):
    assert load_rules(name).identity.name


def test_what_is_not_said_has_a_default(written):
    rules = load_rules(written(GOOD))

    assert rules.sign_in.document_types == ("rut",)
    assert rules.booking.hold_minutes == 10
    assert rules.labels.release == "Liberar"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (GOOD + "colour = 'red'\n", "identity.colour"),
        (GOOD + "[bookings]\nhold_minutes = 5\n", "bookings"),
        (GOOD + "[booking]\nhold_minute = 5\n", "booking.hold_minute"),
        (GOOD + "[booking]\nhold_minutes = 'ten'\n", "booking.hold_minutes"),
        (GOOD + "[booking]\nhold_minutes = 0\n", "booking.hold_minutes"),
        (GOOD + "[booking]\nhold_minutes = 2.5\n", "booking.hold_minutes"),
        (GOOD + "[brand]\naccent = 'teal'\n", "brand.accent"),
        (GOOD + "[brand]\naccent = '#0b6e6e;}'\n", "brand.accent"),
        (GOOD + "[sign_in]\ndocument_types = 'rut'\n", "sign_in.document_types"),
        (GOOD + "[sign_in]\ndocument_types = ['ruut']\n", "sign_in.document_types"),
        (GOOD + "[sign_in]\nfailures_per_account_hour = 0\n", "sign_in.failures_per_account_hour"),
        (GOOD + "[labels]\nrelease = 1\n", "labels.release"),
        (GOOD.replace("America/Santiago", "America/Sant"), "identity.timezone"),
        (GOOD.replace("America/Santiago", "../etc/passwd"), "identity.timezone"),
        (GOOD.replace('"CL"', '"Chile"'), "identity.country"),
        (GOOD.replace('name = "Clínica"\n', ""), "identity.name"),
        (GOOD + "default_language = 'de'\n", "identity.default_language"),
        ("", "identity"),
    ],
)
def test_a_wrong_field_is_told_with_its_file(written, text, field):
    with pytest.raises(BadRules) as refusal:
        load_rules(written(text))

    assert str(refusal.value).startswith(f"clinic.toml: {field}: ")


def test_all_that_is_wrong_is_told_at_once(written):
    text = GOOD.replace('"CL"', '"chile"') + "[booking]\nhold_minutes = 'x'\nother = 1\n"

    with pytest.raises(BadRules) as refusal:
        load_rules(written(text))

    assert len(str(refusal.value).splitlines()) == 3


@pytest.mark.parametrize("text", ["[identity", "a = ", b"name = '\xff'", "a = 1\na = 2\n"])
def test_what_is_no_toml_is_told_with_its_file(written, text):
    with pytest.raises(BadRules, match=r"^clinic\.toml: "):
        load_rules(written(text))


@pytest.mark.parametrize("name", ["none", "", ".", "../presets/teleconsulta", "/no/such.toml"])
def test_a_clinic_that_is_not_there_names_the_presets(name):
    with pytest.raises(BadRules, match="teleconsulta"):
        load_rules(name)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ('fields = ["document", "full_name"]', "must ask for email"),
        ('proof = "affiliation"', "must ask for affiliation_number, card_serial"),
        ('proof = "document"\nfields = ["email"]', "must ask for document"),
        ("generates_password = true", "needs activation"),
    ],
)
def test_a_registration_that_could_lead_nowhere_is_refused(written, section, words):
    with pytest.raises(BadRules, match=words):
        load_rules(written(f"{GOOD}[registration]\nis_open = true\n{section}\n"))


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (("one_screen", "hour"), "the last step must be summary"),
        ((), "the last step must be summary"),
        (("one_screen", "summary"), "summary needs hour or agenda before it"),
        (("hour", "one_screen", "summary"), "hour needs one_screen before it"),
        (("one_screen", "hour", "hour", "summary"), "hour stands there twice"),
        (("one_screen", "pay", "hour", "summary"), "Input should be"),
    ],
)
def test_a_path_that_cannot_be_walked_is_refused(steps: tuple[str, ...], told: str):
    with pytest.raises(ValidationError, match=told):
        Booking.model_validate({"steps": steps})
