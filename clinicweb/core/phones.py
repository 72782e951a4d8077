"""
Telephone numbers: one spelling of each (E.164), who can be texted, and what others may see of it.

>>> normalise("300 123 4567", "CO")
'+573001234567'
>>> masked_phone("+573001234567")
'+57 ••• ••• 45 67'
"""

from collections.abc import Collection

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from clinicweb.core.text import clean_line

_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def normalise(text: str, country: str) -> str | None:
    """
    *text* as E.164, or None when it is no number.

    Args:
        country: ISO 3166, two letters; of numbers without a prefix.
    """
    number = _number(text, country)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else None


def can_be_texted(phone: str, countries: Collection[str]) -> bool:
    """
    Whether *phone* (E.164) may be a mobile of one of *countries*.

    What was kept as somebody typed it, a landline and a number that costs extra never are.  A
    number of the right country whose range is too new to be known is.
    """
    number = _number(phone) if phone.startswith("+") else None
    if number is None:
        return False
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:
        codes = {phonenumbers.country_code_for_region(country) for country in countries}
        return number.country_code in codes
    return kind in _MOBILE and phonenumbers.region_code_for_number(number) in countries


def masked_phone(phone: str) -> str:
    """What only its owner can complete; the dots do not tell how long it is."""
    number = _number(phone) if phone.startswith("+") else None
    if number is None:
        return "•••"
    return f"+{number.country_code} ••• ••• {phone[-4:-2]} {phone[-2:]}"


def _number(text: str, country: str | None = None) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(clean_line(text), country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None
