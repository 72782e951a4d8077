"""Scripts, styles and htmx: nothing inline, everything signed, everything reducible to HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.markup.document import CONTROLS, Document, hx_attributes, hx_requests, shown

XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
URL_ATTRIBUTES = ("href", "src", "action", "formaction", "data", "poster", XLINK_HREF)
SCRIPT_URLS = ("javascript:", "vbscript:", "data:text/html", "js:")
EVALUATED = re.compile(r"(^|[\s,{:\"'])(js|javascript):", re.IGNORECASE)


def check_inline(document: Document) -> Iterator[str]:
    for element in document.elements():
        if element.tag == "script" and (not element.get("src") or not element.get("nonce")):
            yield f"{shown(element)} needs src and nonce: no inline script"
        if element.tag == "style" and not element.get("nonce"):
            yield f"{shown(element)} has no nonce"
        if element.get("style") is not None:
            yield f"{shown(element)} has a style attribute"
        yield from (
            f"{shown(element)} has {name}" for name in element.attrib if name.startswith("on")
        )


def check_addresses(document: Document) -> Iterator[str]:
    for element in document.elements():
        for name in URL_ATTRIBUTES:
            if _is_script_url(element.get(name, "")):
                yield f'{shown(element)}: {name}="{element.get(name)}" is a script'


def check_hx(document: Document) -> Iterator[str]:
    for element in document.elements():
        names = hx_attributes(element)
        if not names:
            continue
        if element.get("hx-nonce") is None:
            yield f"{shown(element)} has {names[0]} and no hx-nonce"
        yield from _forbidden_hx(element, names)
        if hx_requests(element) and not _is_reducible(document, element):
            yield f"{shown(element)}: without {names[0]} nothing is left: neither link nor form"


def check_nonces(document: Document) -> Iterator[str]:
    """Each nonce on the page is the one of its policy header; without a header, all are equal."""
    expected = document.nonce
    for element in document.elements():
        for name in ("nonce", "hx-nonce"):
            value = element.get(name)
            if value is None:
                continue
            expected = expected or value
            if value != expected:
                yield f'{shown(element)}: {name}="{value}" is not the nonce of the page'


def _is_script_url(address: str) -> bool:
    # Browsers drop white space and control characters before they look for the scheme.
    return re.sub(r"[\x00-\x20]", "", address).lower().startswith(SCRIPT_URLS)


def _forbidden_hx(element: Element, names: list[str]) -> Iterator[str]:
    for name in names:
        if name.startswith("data-hx-"):
            yield f"{shown(element)}: write {name} without data-"
        if name.startswith(("hx-on", "data-hx-on")):
            yield f"{shown(element)} has {name}"
        if EVALUATED.search(element.get(name, "")):
            yield f"{shown(element)}: {name} would be evaluated"
        if name == "hx-trigger" and "[" in element.get(name, ""):
            yield f"{shown(element)}: the filter in hx-trigger would be evaluated"


def _is_reducible(document: Document, element: Element) -> bool:
    """Delete the hx- attributes: is the same thing still reachable by a link or a form?"""
    if element.tag == "a":
        return bool(element.get("href"))
    if element.tag == "form":
        return bool(element.get("action"))
    if element.tag in CONTROLS:
        return document.form_of(element) is not None
    return all(_links_to(element, address) for address in hx_requests(element).values())


def _links_to(region: Element, address: str) -> bool:
    """A region that refreshes itself holds the link, or the form, that does the same by hand."""
    return any(
        address in (inner.get("href"), inner.get("action"))
        for inner in region.iter()
        if inner.tag in ("a", "form")
    )
