"""No item of the manuals without a journey that walks it."""

import pytest

from tests.journeys.coverage import (
    ALSO_ELSEWHERE,
    HERE,
    ITEMS,
    NOTHING_TO_SHOW,
    WAITING,
    items_in,
    journeys,
    known,
    missing,
    table,
)

# All that the manuals say about coming in, back in, and one's own account.
ACCOUNTS = "S0-12…18 S0-38…41 S1-1…13 S3-5…19 S3-53…82 S4-1…20"


def test_every_item_of_the_manuals_has_a_journey(record_property):
    found = table(ITEMS, journeys())

    assert missing(ITEMS, journeys()) == []
    record_property("items", len(found))


def test_what_is_shown_elsewhere_is_shown(record_property):
    everything = journeys(HERE.parent)

    assert missing(ALSO_ELSEWHERE, everything) == []
    unshown = {*WAITING, *NOTHING_TO_SHOW}
    assert not {*table(ITEMS, {}), *table(ALSO_ELSEWHERE, {})} & unshown
    record_property("items", len(table(ALSO_ELSEWHERE, everything)))


def test_no_item_about_accounts_is_left_out(record_property):
    items = set(items_in(ACCOUNTS))

    assert items - known() == set()
    record_property("items", len(items))


@pytest.mark.parametrize(
    ("tests", "lacking"),
    [
        ({"a": "S0-12 and S0-14.", "b": "S0-13"}, []),
        ({"a": "S0-12…14"}, []),
        ({"a": "S0-12, S0-14, S0-130"}, ["S0-13"]),
        ({}, ["S0-12", "S0-13", "S0-14"]),
    ],
)
def test_an_item_that_no_journey_cites_is_told(tests: dict[str, str], lacking: list[str]):
    assert missing({"registration": "S0-12…14"}, tests) == lacking


def test_ranges_are_their_items():
    assert list(items_in("S0-9…11, S3-1")) == ["S0-9", "S0-10", "S0-11", "S3-1"]
