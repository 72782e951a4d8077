"""How a medicine is taken, in words: all that was said, and nothing that was not."""

import pytest

from clinicweb.documents.dosage import Dosage, dosage_lines


@pytest.mark.parametrize(
    ("frequency", "period", "unit", "words"),
    [
        (1, 6, "h", "Cada 6 horas"),
        (1, 1, "h", "Cada 1 hora"),
        (1, 1, "d", "1 vez al día"),
        (3, 1, "d", "3 veces al día"),
        (1, 2, "d", "Cada 2 días"),
        (2, 1, "wk", "2 veces a la semana"),
        (1, 1, "mo", "1 vez al mes"),
        (1, 2, "a", "Cada 2 años"),
        (2, 3, "d", "2 veces|Cada 3 días"),
        (2, 12, "h", "2 veces|Cada 12 horas"),
    ],
)
def test_times_are_said_in_words(frequency, period, unit, words):
    said = Dosage(frequency=frequency, period=period, period_unit=unit)

    assert "|".join(dosage_lines(said)) == words


def test_the_doctors_own_words_come_before_numbers():
    said = Dosage(text="Una al día.\n\nCon agua.", dose="1", frequency=2, period=1, period_unit="d")

    assert dosage_lines(said) == ("Una al día.", "Con agua.")


def test_a_dose_and_when_needed_are_lines_of_their_own():
    said = Dosage(dose="500 mg", frequency=1, period=8, period_unit="h", as_needed=True)

    assert dosage_lines(said) == ("Dosis: 500 mg", "Cada 8 horas", "Sólo si lo necesita")


def test_whoever_was_told_nothing_is_told_whom_to_ask():
    assert dosage_lines(Dosage()) == (
        "Como se lo indicó su médico. Si tiene dudas, llame a la clínica.",
    )
