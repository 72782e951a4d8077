"""What a page must be for everybody, measured in the browser: reachable, legible, big enough."""

import os
import re
from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.visitor import Visitor

_PHONE, _DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
_AXE = Axe().axe_script
_ALL = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
_SOME = "axe.run({{runOnly: {rules}}}).then(found => found.violations)"
# Night changes colours alone; more room changes those and where things are.
_COLOURS = _SOME.format(rules=["color-contrast", "link-in-text-block"])
_PLACES = _SOME.format(
    rules=["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
)
_LOOKS = (
    [(size, scheme, _ALL) for size in (_PHONE, _DESK) for scheme in ("light", "dark")]
    if os.environ.get("PROVE")
    else [(_PHONE, "light", _ALL), (_PHONE, "dark", _COLOURS), (_DESK, "light", _PLACES)]
)
# What differs each time that the same page is shown, and looks the same.
_CHANGING = re.compile(
    r'nonce="[^"]*"| data-htmx-powered="[^"]*"|value="[^"]{40,}"|[\w-]{22,}|\d\d:\d\d'
)
_right: set[str] = set()

_NARROW = {"width": 320, "height": 640}
_WIDE_THINGS = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > room + 0.5)
    .filter((element) => !element.matches(".visually-hidden, .visually-hidden *"))
    .map((element) => element.outerHTML.slice(0, 100)).concat(["the page scrolls sideways"]);
}"""
# Radio buttons and boxes to tick are pressed by their label; a link within a sentence may be small.
_SMALL_THINGS = """() => [...document.querySelectorAll(
    "button, select, input:not([type=hidden]), nav a, a.button, a.link, a.brand, .foot a")]
  .map((element) => /radio|checkbox/.test(element.type) ? element.labels[0] : element)
  .filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .map((element) => [element, element.getBoundingClientRect()])
  .filter(([, box]) => box.width < 43.9 || box.height < 43.9)
  .map(([element, box]) =>
    `${element.outerHTML.slice(0, 100)} is ${box.width.toFixed()}×${box.height.toFixed()}`)"""


def complaints(visitor: Visitor) -> list[str]:
    """
    All that is wrong with the page that *visitor* sees, on every screen.

    A page that was found right before, in whatever journey, is not measured again. axe-core needs
    scripts: who has none sees the same page.
    """
    visitor.rest()
    page, size = visitor.page, visitor.page.viewport_size
    shown = f"{visitor.has_scripts}{_CHANGING.sub('', page.content())}"
    if shown in _right and not os.environ.get("PROVE"):
        return []
    found = [*squeezes(page), *small_targets(page)]
    if visitor.has_scripts:
        found += barriers(page)
    if size:
        page.set_viewport_size(size)
    if not found:
        _right.add(shown)
    return found


def barriers(page: Page) -> Iterator[str]:
    """
    What axe-core finds on *page*, on a phone and on a desk, by day and by night.

    The portal's CSP stays as it is: the browser's debugger, through which this runs, stands
    outside the page's policy. Nothing is bypassed that the page itself would meet.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    for size, scheme, rules in _LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        for found in page.evaluate(rules):
            nodes = "; ".join(node["html"][:120] for node in found["nodes"])
            yield f"{found['id']} ({size['width']}, {scheme}): {found['help']}: {nodes}"
    page.set_viewport_size(_PHONE)


def barriers_without_scripts(page: Page) -> Iterator[str]:
    """
    The same for what *page* shows where no script runs.  axe-core is one itself: it looks at a
    twin of the page, in a browser with scripts, that was brought what ``noscript`` holds and none
    of the page's own.
    """
    html = re.sub(r"(?s)</?noscript>|<script.*?</script>", "", page.content())
    assert page.context.browser
    twin = page.context.browser.new_page(reduced_motion="reduce")
    address = page.url.partition("#")[0]
    twin.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
    twin.goto(address)
    yield from barriers(twin)
    twin.close()


def squeezes(page: Page) -> Iterator[str]:
    """What does not fit 320 pixels, at the usual size of text and at twice that."""
    page.set_viewport_size(_NARROW)
    yield from page.evaluate(_WIDE_THINGS)
    page.evaluate("document.documentElement.style.fontSize = '212.5%'")
    yield from (f"large text: {thing}" for thing in page.evaluate(_WIDE_THINGS))
    page.evaluate("document.documentElement.style.fontSize = ''")


def small_targets(page: Page) -> Iterator[str]:
    """Buttons, fields and links of navigation under 44 pixels, on a phone and on a desk."""
    for size in (_NARROW, _DESK):
        page.set_viewport_size(size)
        yield from (f"{size['width']}: {thing}" for thing in page.evaluate(_SMALL_THINGS))
