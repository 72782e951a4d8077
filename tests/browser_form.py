"""A form on a page, filled and sent as a browser would: no field that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from werkzeug.datastructures import MultiDict

from tests.markup.document import CONTROLS, Document, shown, text_of
from tests.markup.forms import input_type

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.checked_client import CheckedClient

BUTTONS = ("submit", "image", "button", "reset")
CHOSEN = {"select": "selected", "radio": "checked", "checkbox": "checked"}


class Form:
    def __init__(self, client: CheckedClient, page: Document, element: Element) -> None:
        self.client = client
        self.page = page
        self.element = element
        self.values: MultiDict[str, Any] = MultiDict(
            (control.get("name", ""), value)
            for control in self._controls()
            if control.get("name")
            for value in initial_values(control)
        )

    @property
    def action(self) -> str:
        return urljoin(self.client.url, self.element.get("action", ""))

    def fill(self, fields: Mapping[str, Any] | None = None, /, **named: Any) -> Form:
        """Type, choose or tick; a choice is given by its value or by the words beside it."""
        for name, value in {**(fields or {}), **named}.items():
            controls = [control for control in self._controls() if control.get("name") == name]
            assert controls, f"no field {name!r} among {sorted(self.names())}"
            assert input_type(controls[0]) != "hidden", f"a person cannot fill the hidden {name!r}"
            self.values.setlist(name, self._entered(controls, value))
        return self

    def options(self, name: str) -> dict[str, str]:
        """What a select, radio or checkbox offers: value → words; the empty choice is left out."""
        controls = [control for control in self._controls() if control.get("name") == name]
        assert controls, f"no field {name!r} among {sorted(self.names())}"
        return {value: words for value, words in self._choices(controls) if value}

    def names(self) -> set[str]:
        return {control.get("name", "") for control in self._controls()} - {""}

    def submit(self, button: str | None = None, **headers: str) -> TestResponse:
        """
        Press *button*, given by its words, name or value; else the first, as Enter does.

        Whoever does that has read the captcha's picture, where there is one.
        """
        if "captcha_digits" in self.names() and not self.values.get("captcha_digits"):
            self.fill(captcha_digits=self._read())
        if self.element.get("novalidate") is None:
            missing = [shown(field) for field in self._controls() if self._is_missing(field)]
            assert not missing, f"the browser asks for {missing} before it sends"
        return self.submit_anyway(button, **headers)

    def submit_anyway(self, button: str | None = None, **headers: str) -> TestResponse:
        """What somebody sends who has taken the browser's own checks away."""
        data = self.values.copy()
        pressed = self._button(button)
        if pressed is not None and pressed.get("name"):
            data.add(pressed.get("name", ""), pressed.get("value", ""))
        return self._send(data, headers)

    def _read(self) -> str:
        """What stands in the picture: only the portal's key tells."""
        from tests.accounts.solving import digits_in  # tests of the markup need no product

        [image] = [img.get("src", "") for img in self.element.iter("img")]
        settings = self.client.application.extensions["clinicweb.settings"]
        return digits_in(settings.keys(), image)

    def submit_by_htmx(self, button: str | None = None) -> TestResponse:
        """The same, sent by a boosted form: the answer is the fragment for the main part."""
        return self.submit(button, **self.client.htmx_headers("main#main"))

    def _send(self, data: MultiDict[str, Any], headers: dict[str, str]) -> TestResponse:
        if self.element.get("method", "get").lower() == "get":
            return self.client.get(self.action, query_string=data, headers=headers)
        same_origin = {"Origin": self.client.origin, "Sec-Fetch-Site": "same-origin"}
        return self.client.post(self.action, data=data, headers=same_origin | headers)

    def _controls(self) -> Iterable[Element]:
        """The fields that would be sent, without the buttons."""
        for control in self.page.elements(*CONTROLS):
            if control.tag == "button" or input_type(control) in BUTTONS:
                continue
            if self.page.form_of(control) is self.element and not self._is_disabled(control):
                yield control

    def _is_disabled(self, control: Element) -> bool:
        around = (control, *self.page.ancestors(control))
        return any(
            e.get("disabled") is not None for e in around if e.tag in (*CONTROLS, "fieldset")
        )

    def _button(self, wanted: str | None) -> Element | None:
        buttons = [
            button
            for button in self.page.elements("button", "input")
            if self.page.form_of(button) is self.element
            and (button.get("type", "submit") if button.tag == "button" else input_type(button))
            == "submit"
            and not self._is_disabled(button)
        ]
        if wanted is None:
            return buttons[0] if buttons else None
        for button in buttons:
            if wanted in (text_of(button), button.get("name"), button.get("value")):
                return button
        raise AssertionError(f"no button {wanted!r} among {[text_of(each) for each in buttons]}")

    def _entered(self, controls: list[Element], value: Any) -> list[Any]:
        kind = input_type(controls[0])
        if kind in CHOSEN:
            return self._picked(controls, value)
        assert controls[0].get("readonly") is None, f"{shown(controls[0])} is read-only"
        limit = controls[0].get("maxlength")
        assert limit is None or len(str(value)) <= int(limit), f"{shown(controls[0])}: over {limit}"
        return [value if kind == "file" else str(value)]

    def _picked(self, controls: list[Element], value: Any) -> list[str]:
        offered = self._choices(controls)
        if isinstance(value, bool):
            return [offered[0][0]] if value else []
        picked = []
        for wanted in [value] if isinstance(value, str | int) else value:
            found = [each for each, words in offered if str(wanted) in (each, words)]
            assert found, f"{wanted!r} is not among {offered}"
            picked.append(found[0])
        return picked

    def _choices(self, controls: list[Element]) -> list[tuple[str, str]]:
        if controls[0].tag == "select":
            options = list(controls[0].iter("option"))
            enabled = [option for option in options if option.get("disabled") is None]
            return [(option.get("value", text_of(option)), text_of(option)) for option in enabled]
        return [(control.get("value", "on"), self._label(control)) for control in controls]

    def _label(self, control: Element) -> str:
        for label in self.page.elements("label"):
            if label.get("for") == control.get("id", "") or control in label.iter():
                return text_of(label)
        return control.get("aria-label", "")

    def _is_missing(self, field: Element) -> bool:
        sent = self.values.getlist(field.get("name", ""))
        return field.get("required") is not None and not any(sent)


def initial_values(control: Element) -> list[str]:
    """What *control* sends when nobody touches it."""
    kind = input_type(control)
    if kind == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None]
        if control.get("multiple") is None and not chosen:
            chosen = options[:1]  # a browser shows, and sends, the first
        return [option.get("value", text_of(option)) for option in chosen]
    if kind in ("radio", "checkbox"):
        return [control.get("value", "on")] if control.get("checked") is not None else []
    if kind == "textarea":
        return [control.text or ""]
    return [] if kind == "file" else [control.get("value", "")]
