"""The checker of pages accepts the good page and rejects each single way of breaking it."""

import pytest

from tests.architecture.broken.pages import (
    BROKEN_FRAGMENTS,
    BROKEN_PAGES,
    BROKEN_PARTS,
    GOOD_FRAGMENT,
    GOOD_PAGE,
    GOOD_PART,
    NONCE,
)
from tests.html_check import check_page, check_part


def broken(good: str, old: str, new: str) -> str:
    assert old in good, f"the good example has no {old!r} any more"
    return good.replace(old, new, 1)


def test_the_good_page_is_accepted():
    assert check_page(GOOD_PAGE, is_fragment=False, nonce=NONCE) == []
    assert check_page(GOOD_FRAGMENT, is_fragment=True, nonce=NONCE) == []
    assert check_part(GOOD_PART, nonce=NONCE) == []


@pytest.mark.parametrize(("old", "new", "words"), BROKEN_PAGES)
def test_a_page_broken_in_one_way_is_rejected_for_it(old, new, words):
    complaints = check_page(broken(GOOD_PAGE, old, new), is_fragment=False)

    assert any(words in complaint for complaint in complaints), complaints


@pytest.mark.parametrize(("old", "new", "words"), BROKEN_FRAGMENTS)
def test_a_fragment_broken_in_one_way_is_rejected_for_it(old, new, words):
    complaints = check_page(broken(GOOD_FRAGMENT, old, new), is_fragment=True)

    assert any(words in complaint for complaint in complaints), complaints


@pytest.mark.parametrize(("html", "words"), BROKEN_PARTS)
def test_a_broken_part_is_rejected(html, words):
    assert any(words in complaint for complaint in check_part(html))


def test_a_nonce_of_another_page_is_rejected():
    complaints = check_page(GOOD_PAGE, is_fragment=False, nonce="bm9uY2Utb2YtYW5vdGhlcg")

    assert any("not the nonce of the page" in complaint for complaint in complaints)
