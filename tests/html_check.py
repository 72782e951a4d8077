"""The house rules for answers: what is wrong with this page, this part, this response?"""

from __future__ import annotations

from collections.abc import Iterator

from tests.markup import forms, scripting, structure
from tests.markup.document import Document, parse_fragment, parse_page
from tests.markup.headers import check_response, nonce_of

__all__ = ["check_page", "check_part", "check_response", "nonce_of"]

EVERYWHERE = (
    structure.check_headings,
    structure.check_ids,
    structure.check_pictures_and_links,
    structure.check_nesting,
    forms.check_labels,
    forms.check_forms,
    forms.check_buttons,
    forms.check_autocomplete,
    scripting.check_inline,
    scripting.check_addresses,
    scripting.check_hx,
    scripting.check_nonces,
)


def check_page(html: str, *, is_fragment: bool, nonce: str | None = None) -> list[str]:
    """
    Complaints about a whole page, or about the fragment that replaces one: title, main, and parts
    that go elsewhere.

    Args:
        nonce: the one of the policy header; without it, all nonces of the page must be equal.
    """
    document = (parse_fragment if is_fragment else parse_page)(html, nonce)
    complaints = [*structure.check_main(document), *forms.check_references(document)]
    if is_fragment:
        complaints += _stray_roots(document, {"title", "main", "hx-partial"})
    else:
        complaints += structure.check_whole_page(document)
    return _complaints(document) + complaints


def check_part(html: str, *, nonce: str | None = None) -> list[str]:
    """Complaints about a part that is swapped into a page; what it refers to may stand there."""
    document = parse_fragment(html, nonce)
    roots = [root for root in document.root if isinstance(root.tag, str)]
    # One of several says where it goes instead.
    named = ("id", "hx-target")
    unnamed = [f"the part's root <{r.tag}> has no id" for r in roots if not any(map(r.get, named))]
    return _complaints(document) + ([] if roots else ["the part is empty"]) + unnamed


def _complaints(document: Document) -> list[str]:
    found: Iterator[str] = (text for rule in EVERYWHERE for text in rule(document))
    return [*document.errors, *found]


def _stray_roots(document: Document, allowed: set[str]) -> list[str]:
    tags = [root.tag for root in document.root if isinstance(root.tag, str)]
    return [f"<{tag}> stands beside <main> in a fragment" for tag in tags if tag not in allowed]
