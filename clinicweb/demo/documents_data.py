"""Invented document numbers: valid by their check digits, and nobody's."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from clinicweb.core import documents

STEP = 7_919
_DIGITS = tuple("0123456789")
_VOWELS = "AEIOU"
# Prefix, where the numbers begin (above those that were given out), possible check digits.
_SERIES: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "rut": ("", 35_100_000, (*_DIGITS, "K")),
    "cedula": ("", 1_900_000_000, ("",)),
    "nit": ("", 990_100_000, _DIGITS),
    "dni": ("", 89_100_000, ("",)),
    "cuit": ("20", 89_100_000, _DIGITS),
    "cpf": ("", 899_100_000, tuple(f"{check:02}" for check in range(100))),
    "passport": ("ZX", 100_000, ("",)),
}


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose document it is; *number* tells apart those who are alike."""

    number: int
    given_name: str
    family_name: str
    sex: str
    born: date


def make_document(document_type: str, holder: Holder) -> str:
    """The number of *holder*, as people write it."""
    tried = _curps(holder) if document_type == "curp" else _numbers(document_type, holder.number)
    valid = next(number for number in tried if documents.is_valid(document_type, number))
    return documents.display(document_type, documents.normalise(document_type, valid))


def _numbers(document_type: str, number: int) -> Iterator[str]:
    prefix, first, checks = _SERIES[document_type]
    return (f"{prefix}{first + number * STEP}{check}" for check in checks)


def _curps(holder: Holder) -> Iterator[str]:
    """Made of names, birth and sex; where the first letters are a rude word, with an X in it."""
    father, mother = (_letters(name) for name in (*holder.family_name.split(), "X")[:2])
    given = _letters(holder.given_name.split()[0])
    middle = f"{mother[0]}{given[0]}{holder.born:%y%m%d}{'M' if holder.sex == 'female' else 'H'}BC"
    consonants = "".join(_inner(name, vowel=False) for name in (father, mother, given))
    # A digit for those born before 2000, a letter for the others.
    unique = (_DIGITS if holder.born.year < 2000 else "ABCDEFGHIJ")[holder.number % 10]
    second_letters = (_inner(father, vowel=True), "X")
    for second, check in product(second_letters, _DIGITS):
        yield f"{father[0]}{second}{middle}{consonants}{unique}{check}"


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.upper().replace("Ñ", "X"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


def _inner(name: str, *, vowel: bool) -> str:
    return next((letter for letter in name[1:] if (letter in _VOWELS) is vowel), "X")
