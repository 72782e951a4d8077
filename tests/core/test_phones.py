"""Telephones: one spelling, who can be texted, what strangers see."""

import pytest

from clinicweb.core import phones


@pytest.mark.parametrize(
    ("text", "country", "phone"),
    [
        ("300 123 4567", "CO", "+573001234567"),
        ("(300) 123-4567", "CO", "+573001234567"),
        ("+57 300 123 4567", "CL", "+573001234567"),
        ("9 1234 5678", "CL", "+56912345678"),
        ("0981 123 456", "PY", "+595981123456"),
        ("no tiene", "CL", None),
        ("", "CL", None),
        ("12", "CL", None),
        ("9" * 300, "CL", None),
    ],
)
def test_a_number_has_one_spelling(text: str, country: str, phone: str | None):
    assert phones.normalise(text, country) == phone


@pytest.mark.parametrize(
    ("phone", "country", "can"),
    [
        ("+573001234567", "CO", True),
        ("+5491155550190", "AR", True),
        ("+526641234567", "MX", True),  # Mexico does not tell mobiles from others
        ("+56912345678", "CL", True),  # of a range that is not given to anybody yet
        ("+576015550160", "CO", False),  # a landline
        ("+573001234567", "CL", False),  # abroad
        ("+19005551234", "US", False),  # costs extra
        ("+18765551234", "US", False),  # Jamaica shares the prefix
        ("+882161234567", "CL", False),  # satellites
        ("300 123 4567", "CO", False),  # kept as typed
        ("no tiene", "CO", False),
        ("+", "CO", False),
        ("", "CO", False),
    ],
)
def test_only_mobiles_of_the_country_are_texted(phone: str, country: str, can: bool):
    assert phones.can_be_texted(phone, [country]) is can


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+573001234567", "+57 ••• ••• 45 67"),
        ("+56912345678", "+56 ••• ••• 56 78"),
        ("+595981123456", "+595 ••• ••• 34 56"),
        ("no tiene", "•••"),
        ("", "•••"),
    ],
)
def test_a_stranger_sees_four_digits(phone: str, shown: str):
    assert phones.masked_phone(phone) == shown
