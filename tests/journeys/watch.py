"""What a browser complains about while a person uses the portal: genuine pages give no cause."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

# Runs before each page's own scripts, and is no script of the page: the CSP does not see it.
_LISTEN = """
document.addEventListener("securitypolicyviolation", (e) =>
  tellTheTest(`csp: ${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));
for (const name of ["strip", "violation"])
  document.addEventListener("htmx:security:" + name, (e) =>
    tellTheTest(`htmx:security:${name} ${e.target.outerHTML?.slice(0, 120)}`));
"""
# The browser's own note on each answer of 400 and above, and on each request while offline.
_OF_THE_NETWORK = "Failed to load resource"
# page.js leaves the telling to the notice; htmx logs the failed fetch as well.
_OF_A_BROKEN_LINE = ("htmx:error", "Failed to fetch", "net::ERR")
_OF_NO_SOCKET = ("WebSocket", "htmx:ws:error")


@dataclass
class Watch:
    """*complaints* must be empty at the end; *loads* counts whole pages that were opened."""

    complaints: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    is_line_broken: bool = False
    has_no_socket: bool = False

    def on(self, context: BrowserContext) -> None:
        context.expose_function("tellTheTest", self._told)
        context.add_init_script(_LISTEN)
        context.on("page", self._watch_page)

    def _told(self, complaint: str) -> None:
        self.complaints.append(complaint)

    def _watch_page(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._told(f"error: {error}"))
        page.on("request", self._requested)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"} or message.text.startswith(_OF_THE_NETWORK):
            return
        if self.is_line_broken and any(part in message.text for part in _OF_A_BROKEN_LINE):
            return
        if self.has_no_socket and any(part in message.text for part in _OF_NO_SOCKET):
            return
        self.complaints.append(f"console {message.type}: {message.text}")

    def _requested(self, request: Request) -> None:
        # A redirect is told as a request of its own, and opens no page of its own.
        if request.is_navigation_request() and request.redirected_from is None:
            self.loads.append(request.url)
