"""A strictly parsed answer: a whole page, or the fragment that htmx swaps in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as PARSE_ERRORS

REQUEST_ATTRIBUTES = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "hx-query")
CONTROLS = ("input", "select", "textarea", "button")


@dataclass(frozen=True)
class Document:
    root: Element
    errors: list[str]
    nonce: str | None = None
    parents: dict[Element, Element] = field(default_factory=dict)

    def elements(self, *tags: str) -> Iterator[Element]:
        """The elements in document order, of all tags or of *tags* only; comments are left out."""
        for element in self.root.iter():
            if isinstance(element.tag, str) and (not tags or element.tag in tags):
                yield element

    def ancestors(self, element: Element) -> Iterator[Element]:
        while (parent := self.parents.get(element)) is not None:
            yield parent
            element = parent

    def ids(self) -> set[str]:
        return {element.get("id", "") for element in self.elements()} - {""}

    def form_of(self, control: Element) -> Element | None:
        """The form a control belongs to: by its ``form`` attribute, else the nearest around it."""
        if (name := control.get("form")) is not None:
            return next((form for form in self.elements("form") if form.get("id") == name), None)
        return next((around for around in self.ancestors(control) if around.tag == "form"), None)


def parse_page(html: str, nonce: str | None = None) -> Document:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    return _document(parser, parser.parse(html), nonce)


def parse_fragment(html: str, nonce: str | None = None) -> Document:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    return _document(parser, parser.parseFragment(html, container="body"), nonce)


def _document(parser: html5lib.HTMLParser, root: Element, nonce: str | None) -> Document:
    parents = {child: parent for parent in root.iter() for child in parent}
    return Document(root, [_parse_error(error) for error in parser.errors], nonce, parents)


def _parse_error(error: tuple[tuple[int, int], str, dict[str, str]]) -> str:
    (line, column), code, values = error
    return f"{line}:{column}: not HTML5: {PARSE_ERRORS[code] % values}"


def text_of(element: Element) -> str:
    """The text of *element* with white space folded, pictures read by their ``alt``."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in ("script", "style", "template"):
        return
    yield element.text or ""
    yield element.get("alt", "")
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def shown(element: Element) -> str:
    """How a complaint names *element*: its tag with whatever tells it from its siblings."""
    tag = element.tag.rpartition("}")[2]
    named = [
        f' {key}="{element.get(key)}"'
        for key in ("id", "name", "href", "action", "type")
        if element.get(key) is not None
    ]
    return f"<{tag}{''.join(named[:3])}>"


def hx_attributes(element: Element) -> list[str]:
    return [name for name in element.attrib if name.startswith(("hx-", "data-hx-"))]


def hx_requests(element: Element) -> dict[str, str]:
    """The attributes by which *element* itself asks the server, with their addresses."""
    return {
        name: value
        for name, value in element.items()
        if name.removeprefix("data-").split(":")[0] in REQUEST_ATTRIBUTES
    }
