"""
Identity documents: one canonical spelling per number, and the one that people read.

Check digits are python-stdnum's.  The canonical form is what is stored and compared:

>>> normalise("rut", " 12.345.678-5 ")
'12345678-5'
>>> normalise("rut", "10.000.013-k")
'10000013-K'
>>> display("rut", "12345678-5")
'12.345.678-5'
"""

import re
import unicodedata
from collections.abc import Callable

from stdnum.ar import cuit
from stdnum.ar import dni as ar_dni
from stdnum.br import cpf
from stdnum.cl import rut
from stdnum.co import nit
from stdnum.es import dni as es_dni
from stdnum.exceptions import ValidationError
from stdnum.mx import curp
from stdnum.util import clean

from clinicweb.core.text import clean_line

PUNCTUATION = " .,-_/'"
LONGEST_TYPED = 40  # longer than any number with all its punctuation
SHORTEST_RUT = 2
SHORTEST_DNI = 6


class DocumentError(ValueError):
    """The text is no document number of that type; ``document_type`` says which was asked."""

    def __init__(self, document_type: str) -> None:
        super().__init__(f"not a valid {document_type}")
        self.document_type = document_type


def normalise(document_type: str, text: str) -> str:
    """
    Return the canonical form of *text*, whatever punctuation or case it was typed with.

    Raises: DocumentError (a ValueError) for a wrong number or an unknown type.
    """
    rule = _NORMALISERS.get(document_type)
    if rule is None or len(text) > LONGEST_TYPED:
        raise DocumentError(document_type)
    try:
        return rule(_bare(text))
    except ValidationError as problem:
        raise DocumentError(document_type) from problem


def is_valid(document_type: str, text: str) -> bool:
    """Tell whether ``normalise`` accepts *text*."""
    try:
        normalise(document_type, text)
    except DocumentError:
        return False
    return True


def display(document_type: str, value: str) -> str:
    """Return a canonical *value* with the punctuation that people of its country write."""
    formatter = _FORMATTERS.get(document_type)
    if formatter is None or (document_type == "dni" and not value.isdigit()):
        return value
    return formatter(value)


def card_number(text: str) -> str:
    """
    A number of a card, without the blanks and dashes that people put into it.

    >>> card_number(" af-204 000")
    'AF204000'
    """
    return clean_line(text).upper().replace(" ", "").replace("-", "")


def _bare(text: str) -> str:
    visible = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc"))
    return clean(visible, PUNCTUATION).upper()


def _rut(text: str) -> str:
    # Numbers below one million belong to living people; stdnum wants them padded.
    digits = text.removeprefix("CL").lstrip("0")
    if len(digits) < SHORTEST_RUT:
        raise ValidationError
    number = rut.validate(digits.zfill(8)).lstrip("0")
    return f"{number[:-1]}-{number[-1]}"


def _dni(text: str) -> str:
    """Argentina's is digits alone; Spain's ends with a letter."""
    if text[-1:].isalpha():
        return es_dni.validate(text.zfill(9))
    digits = text.lstrip("0")
    if len(digits) < SHORTEST_DNI:
        raise ValidationError
    return ar_dni.validate(digits.zfill(7)).lstrip("0")


def _matching(pattern: str) -> Callable[[str], str]:
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValidationError
        return text

    return check


_cedula_digits = _matching(r"[1-9]\d{3,9}")


def _cedula(text: str) -> str:
    """Colombia's has no check digit: four to ten digits."""
    return _cedula_digits(text.lstrip("0"))


def _thousands(digits: str) -> str:
    return f"{int(digits):,}".replace(",", ".")


def _display_rut(value: str) -> str:
    number, check = value.split("-")
    return f"{_thousands(number)}-{check}"


_NORMALISERS: dict[str, Callable[[str], str]] = {
    "rut": _rut,
    "curp": curp.validate,
    "cedula": _cedula,
    "nit": nit.validate,
    "dni": _dni,
    "cuit": cuit.validate,
    "cpf": cpf.validate,
    "passport": _matching(r"[A-Z0-9]{3,20}"),
}

_FORMATTERS: dict[str, Callable[[str], str]] = {
    "rut": _display_rut,
    "cedula": _thousands,
    "nit": nit.format,
    "dni": _thousands,
    "cuit": cuit.format,
    "cpf": cpf.format,
}

DOCUMENT_TYPES = tuple(_NORMALISERS)
