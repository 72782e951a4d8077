"""Identity documents: what people type becomes one canonical spelling, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cl import rut

from clinicweb.core.documents import DOCUMENT_TYPES, DocumentError, display, is_valid, normalise

CANONICAL = {
    "rut": "12345678-5",
    "curp": "BOXW310820HNERXN09",
    "cedula": "1020304050",
    "nit": "2131234321",
    "dni": "20123456",
    "cuit": "20055361682",
    "cpf": "39053344705",
    "passport": "X46531854X",
}


@pytest.mark.parametrize(
    ("document_type", "typed"),
    [
        ("rut", "12.345.678-5"),
        ("rut", "12345678-5"),
        ("rut", "123456785"),
        ("rut", " 12 345 678 5 "),
        ("rut", "12.345.678\u20135"),  # en dash, as phones write it
        ("rut", "12.345.678\u22125"),
        ("rut", "012.345.678-5"),
        ("rut", "CL 12.345.678-5"),
        ("rut", "\u202a12.345.678-5\u202c"),  # pasted with invisible direction marks
        ("curp", "boxw310820hnerxn09"),
        ("cedula", "1.020.304.050"),
        ("nit", "213.123.432-1"),
        ("dni", "20.123.456"),
        ("dni", "020123456"),
        ("cuit", "20-05536168-2"),
        ("cpf", "390.533.447-05"),
        ("passport", "x 46531854 x"),
    ],
)
def test_any_usual_punctuation_gives_the_canonical_form(document_type, typed):
    assert normalise(document_type, typed) == CANONICAL[document_type]


def test_a_lower_case_k_is_the_check_digit_k():
    assert normalise("rut", "10.000.013-k") == normalise("rut", "10000013K") == "10000013-K"


def test_a_rut_below_one_million_is_accepted():
    assert normalise("rut", "999.999-K") == "999999-K"


def test_the_spanish_dni_keeps_its_letter():
    assert normalise("dni", "54362315-k") == "54362315K"
    assert display("dni", "54362315K") == "54362315K"


@pytest.mark.parametrize(
    ("document_type", "typed"),
    [
        ("rut", "12.345.678-6"),
        ("rut", "0-0"),
        ("rut", ""),
        ("rut", "doce"),
        ("rut", "1" * 41),
        ("rut", "١٢٣٤٥٦٧٨-٥"),
        ("curp", "BOXW310820HNERXN08"),
        ("cedula", "12345678901"),
        ("cedula", "12A45"),
        ("nit", "213.123.432-2"),
        ("dni", "54362315X"),
        ("dni", "0"),
        ("cuit", "20055361683"),
        ("cpf", "39053344700"),
        ("passport", "¿?"),
        ("library-card", "12345678-5"),
    ],
)
def test_a_wrong_number_or_an_unknown_type_is_refused(document_type, typed):
    with pytest.raises(DocumentError):
        normalise(document_type, typed)
    assert not is_valid(document_type, typed)


@pytest.mark.parametrize(
    ("document_type", "shown"),
    [
        ("rut", "12.345.678-5"),
        ("curp", "BOXW310820HNERXN09"),
        ("cedula", "1.020.304.050"),
        ("nit", "213.123.432-1"),
        ("dni", "20.123.456"),
        ("cuit", "20-05536168-2"),
        ("cpf", "390.533.447-05"),
        ("passport", "X46531854X"),
    ],
)
def test_people_read_their_countrys_punctuation(document_type, shown):
    assert display(document_type, CANONICAL[document_type]) == shown


@pytest.mark.parametrize("document_type", DOCUMENT_TYPES)
def test_each_type_has_a_canonical_example_that_is_stable(document_type):
    canonical = CANONICAL[document_type]

    assert normalise(document_type, canonical) == canonical
    assert normalise(document_type, display(document_type, canonical)) == canonical


@given(st.integers(min_value=1_000, max_value=99_999_999))
def test_every_rut_survives_being_shown_and_typed_again(number):
    canonical = f"{number}-{rut.calc_check_digit(str(number))}"

    assert normalise("rut", display("rut", canonical)) == canonical


@given(st.sampled_from(DOCUMENT_TYPES), st.text(max_size=50))
def test_garbage_is_refused_or_has_one_stable_canonical_form(document_type, text):
    try:
        canonical = normalise(document_type, text)
    except DocumentError:
        return
    assert normalise(document_type, canonical) == canonical
