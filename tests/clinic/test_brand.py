"""The clinic's colour is readable whatever it is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import clinicweb
from clinicweb.clinic.brand import (
    AA,
    DARK_SURFACES,
    LIGHT_SURFACES,
    contrast,
    palette,
    palette_css,
)

CSS = Path(clinicweb.__file__).parent / "static" / "css" / "app.css"
DAY_TEXT = "#1b2421"
NIGHT_TEXT = "#e7ecea"

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_agrees_with_the_published_examples():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@given(colours)
def test_the_accent_is_readable_wherever_it_stands(colour):
    shades = palette(colour)

    for ground in (*LIGHT_SURFACES, shades["accent_soft"], shades["accent_ink"]):
        assert contrast(shades["accent"], ground) >= AA
    for ground in (*DARK_SURFACES, shades["accent_dark_soft"], shades["accent_dark_ink"]):
        assert contrast(shades["accent_dark"], ground) >= AA


@given(colours)
def test_plain_text_is_readable_on_the_tint(colour):
    shades = palette(colour)

    assert contrast(DAY_TEXT, shades["accent_soft"]) >= AA
    assert contrast(NIGHT_TEXT, shades["accent_dark_soft"]) >= AA


def test_a_colour_that_is_already_readable_stays_as_it_is():
    assert palette("#0F6A60")["accent"] == "#0f6a60"


def test_a_dark_colour_is_lifted_for_the_night_and_a_light_one_lowered_for_the_day():
    navy, lemon = palette("#001a4d"), palette("#fff176")

    assert contrast(navy["accent_dark"], "#000000") > contrast("#001a4d", "#000000")
    assert contrast(lemon["accent"], "#ffffff") > contrast("#fff176", "#ffffff")


@pytest.mark.parametrize(
    "wrong", ["", "teal", "#fff", "#12345g", "#1234567", "#123456;}", "123456"]
)
def test_what_is_no_colour_is_refused(wrong):
    with pytest.raises(ValueError, match="not a colour"):
        palette(wrong)


def test_the_page_gets_all_six_shades():
    css = palette_css("#0f6a60")

    assert css.startswith(":root{--accent:#0f6a60;--accent-ink:#ffffff;--accent-soft:#")
    assert css.count("--accent-dark") == 3


@pytest.mark.parametrize(
    "token", [*LIGHT_SURFACES[:1], *DARK_SURFACES, DAY_TEXT, NIGHT_TEXT, "--card: #fff"]
)
def test_the_surfaces_are_those_of_the_style_sheet(token):
    assert token in CSS.read_text(encoding="utf-8")
