"""The same person without a mouse: Tab, Shift+Tab, Enter, Space and the arrows."""

from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor

_MOST_STOPS = 80
_IS_FOCUSED = "element => element === document.activeElement"
_IS_BEFORE_FOCUS = """element => Boolean(
  document.activeElement.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING)"""
# A radio button's own mark is its label's frame.
_FOCUS = """() => {
  const element = document.activeElement;
  const shown = element.type === "radio" ? element.labels[0] : element;
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  return {
    is_anything: element !== document.body,
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    is_on_screen: box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight + 1,
    text: shown.outerHTML.slice(0, 200),
  };
}"""


class KeyboardVisitor(Visitor):
    """Finds each thing by walking to it; sees at every stop where the focus is."""

    def activate(self, element: Locator) -> None:
        self.walk_to(element)
        is_link = element.evaluate("element => element.tagName") == "A"
        self.page.keyboard.press("Enter" if is_link else "Space")

    def type(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label)
        self.walk_to(field)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def select(self, field: Locator, option: str) -> None:
        """Arrow by arrow; the page answers each, and the focus stays."""
        self.walk_to(field)
        options = field.locator("option").all_text_contents()
        for _ in range(options.index(option)):
            with self.page.expect_response("**/buscar?*"):
                self.page.keyboard.press("ArrowDown")
            self.rest()
            assert field.evaluate(_IS_FOCUSED), "the list lost the focus when the page answered"

    def pick(self, hour: Locator) -> None:
        """A group of radio buttons is one stop; the arrows go through it."""
        self.walk_to(self.hours.first)
        self.page.keyboard.press("Space")
        for _ in range(self.hours.count()):
            if hour.is_checked():
                break
            self.page.keyboard.press("ArrowDown")
            self.see_the_focus()
        expect(hour).to_be_checked()

    def walk_to(self, element: Locator) -> None:
        expect(element).to_be_visible()
        key = "Shift+Tab" if element.evaluate(_IS_BEFORE_FOCUS) else "Tab"
        for _ in range(_MOST_STOPS):
            if element.evaluate(_IS_FOCUSED):
                return
            self.page.keyboard.press(key)
            self.see_the_focus()
        raise AssertionError(f"no {key} reaches {element}")

    def see_the_focus(self) -> None:
        focus = self.page.evaluate(_FOCUS)
        if focus["is_anything"]:
            assert focus["outline"] >= 2, f"the focus is not to be seen on {focus['text']}"
            assert focus["is_on_screen"], f"the focus is out of sight on {focus['text']}"

    def arrive(self, heading: str) -> None:
        """After a fragment was swapped in, its heading has the focus and is read out."""
        super().arrive(heading)
        if self.watch.loads and self.page.evaluate("!window.wasSeen"):
            self.page.evaluate(
                "window.wasSeen = true"
            )  # a page just loaded: focus is the browser's
            return
        assert self.heading.evaluate(_IS_FOCUSED), f"the focus did not move to «{heading}»"
        expect(self.page.locator("#live")).to_have_text(self.page.title())
