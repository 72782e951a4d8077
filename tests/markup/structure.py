"""Page structure: title, language, headings, ids, pictures, links, nesting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.markup.document import Document, shown, text_of

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
INTERACTIVE = ("a", "button", "select", "textarea", "summary", "iframe", "label")
PHRASING_ONLY = (*HEADINGS, "p", "span", "button", "label", "strong", "em", "small", "time", "bdi")
BLOCKS = (
    *HEADINGS,
    "p",
    "div",
    "ul",
    "ol",
    "dl",
    "table",
    "form",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "nav",
    "aside",
    "fieldset",
    "figure",
    "details",
    "dialog",
    "hr",
)
PARENTS = {
    "li": ("ul", "ol", "menu"),
    "dt": ("dl", "div"),
    "dd": ("dl", "div"),
    "legend": ("fieldset",),
    "option": ("select", "optgroup", "datalist"),
    "summary": ("details",),
    "figcaption": ("figure",),
}
# What stands in them is put into an element of the page.
PARTS = {"DOCUMENT_FRAGMENT", "hx-partial"}
LIST_ITEMS = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}}


def check_whole_page(page: Document) -> Iterator[str]:
    """What a page has and a fragment has not."""
    if not page.root.get("lang"):
        yield "<html> has no lang"
    if not any(meta.get("name") == "viewport" for meta in page.elements("meta")):
        yield "no <meta name=viewport>: a phone would show the page tiny"


def check_main(document: Document) -> Iterator[str]:
    """What every page has, alone or swapped in: a title, one main part and one first heading."""
    titles = list(document.elements("title"))
    if len(titles) != 1 or not text_of(titles[0]):
        yield f"needs exactly one <title> with text, found {len(titles)}"
    mains = [main.get("id") for main in document.elements("main")]
    if mains != ["main"]:
        yield f'needs exactly one <main id="main">, found {mains}'
    headings = list(document.elements("h1"))
    if len(headings) != 1 or not text_of(headings[0]):
        yield f"needs exactly one <h1> with text, found {len(headings)}"


def check_headings(document: Document) -> Iterator[str]:
    level = 0
    for heading in document.elements(*HEADINGS):
        this = int(heading.tag[1])
        if level and this > level + 1:
            yield f"{shown(heading)} «{text_of(heading)}» jumps from h{level} to h{this}"
        level = this


def check_ids(document: Document) -> Iterator[str]:
    ids = Counter(element.get("id") for element in document.elements() if "id" in element.attrib)
    yield from (f'id "{name}" stands {count} times' for name, count in ids.items() if count > 1)
    yield from (
        f'id "{name}" is empty or has a space' for name in ids if len(str(name).split()) != 1
    )


def check_pictures_and_links(document: Document) -> Iterator[str]:
    for element in document.elements():
        if element.tag == "img" and element.get("alt") is None:
            yield f"{shown(element)} has no alt"
        if element.get("target") == "_blank" and "noopener" not in element.get("rel", "").split():
            yield f'{shown(element)} opens a tab without rel="noopener"'
        if _number(element.get("tabindex", "0")) > 0:
            yield f"{shown(element)} has a positive tabindex"
        if element.tag in ("a", "button") and not _has_name(element):
            yield f"{shown(element)} has no text: nobody can read or speak it"


def check_nesting(document: Document) -> Iterator[str]:
    """The nestings which the parser takes and the standard forbids."""
    for element in document.elements():
        parent = document.parents.get(element)
        if parent is None or not isinstance(parent.tag, str) or parent.tag in PARTS:
            continue
        if parent.tag not in PARENTS.get(element.tag, (parent.tag,)):
            yield f"{shown(element)} stands in {shown(parent)}"
        if element.tag not in LIST_ITEMS.get(parent.tag, {element.tag}) | {"script", "template"}:
            yield f"{shown(element)} is no item of {shown(parent)}"
        yield from _inside_what_it_must_not(document, element)


def _inside_what_it_must_not(document: Document, element: Element) -> Iterator[str]:
    for around in document.ancestors(element):
        if element.tag in BLOCKS and around.tag in PHRASING_ONLY:
            yield f"{shown(element)} is a block inside {shown(around)}"
        if element.tag in INTERACTIVE and around.tag in ("a", "button"):
            yield f"{shown(element)} can be pressed inside {shown(around)}"


def _has_name(element: Element) -> bool:
    return bool(text_of(element) or element.get("aria-label") or element.get("aria-labelledby"))


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0
