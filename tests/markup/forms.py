"""Forms: labelled fields, working references, a token, a declared purpose for each text field."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.markup.document import Document, shown, text_of

UNLABELLED_INPUTS = ("hidden", "submit", "button", "image", "reset")
AUTOCOMPLETED_INPUTS = ("text", "email", "tel", "password", "search")
REFERENCES = (
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "aria-errormessage",
    "for",
    "form",
    "list",
)


def check_labels(document: Document) -> Iterator[str]:
    labelled = {label.get("for") for label in document.elements("label") if text_of(label)}
    for field in document.elements("input", "select", "textarea"):
        if input_type(field) in UNLABELLED_INPUTS:
            continue
        wrapped = any(around.tag == "label" for around in document.ancestors(field))
        own = field.get("aria-label") or field.get("aria-labelledby")
        if not (wrapped or own or field.get("id", "") in labelled):
            yield f"{shown(field)} has no label"


def check_references(document: Document) -> Iterator[str]:
    ids = document.ids()
    for element in document.elements():
        for attribute in REFERENCES:
            for name in element.get(attribute, "").split():
                if name not in ids:
                    yield f'{shown(element)}: {attribute}="{name}" points at nothing'


def check_forms(document: Document) -> Iterator[str]:
    for form in document.elements("form"):
        if not form.get("action"):
            yield f"{shown(form)} has no action"
        if form.get("method", "").lower() not in ("get", "post"):
            yield f"{shown(form)} has no method get or post"
        elif form.get("method", "").lower() == "post" and not _has_token(document, form):
            yield f"{shown(form)} has no hidden csrf_token"
        elif form.get("method", "").lower() == "get" and _has_token(document, form):
            yield f"{shown(form)} would put its csrf_token in the address"


def check_buttons(document: Document) -> Iterator[str]:
    for button in document.elements("button"):
        if button.get("type") not in ("submit", "button", "reset"):
            yield f"{shown(button)} has no type"
        if button.get("type") == "submit" and document.form_of(button) is None:
            yield f"{shown(button)} submits no form"


def check_autocomplete(document: Document) -> Iterator[str]:
    for field in document.elements("input"):
        if input_type(field) in AUTOCOMPLETED_INPUTS and not field.get("autocomplete"):
            yield f"{shown(field)} has no autocomplete"


def input_type(field: Element) -> str:
    """The kind of a field, ``text`` when it does not say; the tag for what is no input."""
    return field.get("type", "text").lower() if field.tag == "input" else str(field.tag)


def _has_token(document: Document, form: Element) -> bool:
    return any(
        field.get("name") == "csrf_token"
        and input_type(field) == "hidden"
        and field.get("value")
        and document.form_of(field) is form
        for field in document.elements("input")
    )
