"""Somebody at a browser: what they press, choose and type, by the words that they read."""

import re
from contextlib import nullcontext
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.accounts.solving import digits_in
from tests.journeys.watch import Watch

_QUIET = "html:not(.busy)"
# What the portal of the journeys signs with: it alone tells what stands in a picture.
SECRET_KEY = "the key of the journeys that is long enough to be one"


@dataclass
class Visitor:
    """One tab of a person with a mouse or a finger."""

    page: Page
    url: str
    watch: Watch
    has_scripts: bool = True

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def press(self, name: str) -> None:
        """A button or link whose name begins with *name*; without scripts digits are read first."""
        if not self.has_scripts:
            self.read_picture()
        self.activate(self.control(name))

    def own_menu(self, name: str) -> None:
        """What the menu of one's own account offers."""
        self.activate(self.page.locator("#menu > summary"))
        self.press(name)

    def read_picture(self) -> None:
        """The captcha's, where there is one that nobody answered yet."""
        picture = self.page.locator("#captcha-picture img")
        if picture.count() and not self.page.locator("#captcha-digits").input_value():
            seen = digits_in((SECRET_KEY,), urlsplit(picture.get_attribute("src") or "").path)
            self.page.locator("#captcha-digits").fill(seen)

    def control(self, name: str) -> Locator:
        pattern = re.compile(rf"^{re.escape(name)}")
        button = self.page.get_by_role("button", name=pattern)
        return button.or_(self.page.get_by_role("link", name=pattern)).first

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)

    def choose(self, label: str, option: str) -> None:
        """An option of a list; with scripts the page answers at once, else a button asks."""
        field = self.page.get_by_label(label)
        self.select(field, option)
        if self.has_scripts:
            self.rest()
        else:
            self.press("Ver horas")
        expect(field.locator("option:checked")).to_have_text(option)

    def pick(self, hour: Locator) -> None:
        """One radio button."""
        hour.check()

    def activate(self, element: Locator) -> None:
        element.click()

    def select(self, field: Locator, option: str) -> None:
        with self.page.expect_response("**/buscar?*") if self.has_scripts else nullcontext():
            field.select_option(option)

    def rest(self) -> None:
        """Returns when no request of htmx, nor a page that was asked for, is under way."""
        self.page.wait_for_load_state()
        if self.has_scripts:
            expect(self.page.locator(_QUIET)).to_have_count(1)

    def arrive(self, heading: str) -> None:
        """Proves that this page is shown, whole."""
        expect(self.heading).to_have_text(heading)
        expect(self.heading).to_have_count(1)
        self.rest()

    def reload(self) -> None:
        self.page.reload()

    def back(self) -> None:
        self._through_history("back")

    def forward(self) -> None:
        self._through_history("forward")

    def _through_history(self, way: str) -> None:
        if self.has_scripts:  # htmx fetches what was there: nothing loads that could be waited for
            self.page.evaluate(f"history.{way}()")
        else:
            getattr(self.page, f"go_{way}")()

    @property
    def heading(self) -> Locator:
        return self.page.locator("h1")

    @property
    def hours(self) -> Locator:
        return self.page.get_by_role("radio")

    @property
    def days(self) -> Locator:
        return self.page.locator("#days button")

    @property
    def cards(self) -> Locator:
        return self.page.locator("article.card")
