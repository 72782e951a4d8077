"""
Bytes on the wire in Chromium, on an empty cache, against the budgets: ``make bench-weight``.

What is counted is what the browser received, headers and all, compressed as it came.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page, sync_playwright

from bench.portal import served_portal
from tests.cast import ANA, PASSWORD

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
KB = 1024
FIRST_WORDS = 14 * KB  # HTML and CSS of a stranger's first page
FIRST_PAGE = 40 * KB  # with its scripts and icons
STEP = 4 * KB
BOOKING = 60 * KB
BOOKING_REQUESTS = 20


@dataclass
class Traffic:
    """Bytes received and requests made, by the kind of thing."""

    by_kind: dict[str, int] = field(default_factory=dict)
    requests: int = 0

    @property
    def total(self) -> int:
        return sum(self.by_kind.values())

    def of(self, *kinds: str) -> int:
        return sum(size for kind, size in self.by_kind.items() if kind in kinds)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what it is, how much, and how much it may be."""

    name: str
    measured: int
    limit: int

    @property
    def is_within(self) -> bool:
        return self.measured <= self.limit


class Meter:
    """Listens to the browser's own account of the network."""

    def __init__(self, page: Page) -> None:
        self.traffic = Traffic()
        self._kinds: dict[str, str] = {}
        cdp = page.context.new_cdp_session(page)
        cdp.send("Network.enable")
        cdp.on("Network.requestWillBeSent", self._on_sent)
        cdp.on("Network.responseReceived", self._on_received)
        cdp.on("Network.requestServedFromCache", self._on_cached)
        cdp.on("Network.loadingFinished", self._on_finished)
        self._cached: set[str] = set()

    def take(self) -> Traffic:
        """The traffic since the last time."""
        taken, self.traffic = self.traffic, Traffic()
        return taken

    def _on_sent(self, event: dict) -> None:  # type: ignore[type-arg]
        if not event["request"]["url"].startswith("http"):
            self._cached.add(event["requestId"])
            return
        redirect = event.get("redirectResponse")
        if redirect:
            self._add("Document", int(redirect["encodedDataLength"]))

    def _on_received(self, event: dict) -> None:  # type: ignore[type-arg]
        self._kinds[event["requestId"]] = event["type"]
        if event["response"].get("fromDiskCache"):
            self._cached.add(event["requestId"])

    def _on_cached(self, event: dict) -> None:  # type: ignore[type-arg]
        self._cached.add(event["requestId"])

    def _on_finished(self, event: dict) -> None:  # type: ignore[type-arg]
        if event["requestId"] not in self._cached:
            kind = self._kinds.get(event["requestId"], "Other")
            self._add(kind, int(event["encodedDataLength"]))

    def _add(self, kind: str, size: int) -> None:
        self.traffic.by_kind[kind] = self.traffic.by_kind.get(kind, 0) + size
        self.traffic.requests += 1


def measure(url: str) -> list[Row]:
    """Sign in and book at *url*, as Ana, on an empty cache; the rows of the table."""
    with _empty_browser() as page:
        meter = Meter(page)
        page.goto(f"{url}/reservar/")
        page.wait_for_load_state("networkidle")
        first = meter.take()
        rows = [
            Row("sign-in: HTML + CSS", first.of("Document", "Stylesheet"), FIRST_WORDS),
            Row("sign-in: everything", first.total, FIRST_PAGE),
        ]
        steps = [(name, _taken(page, meter)) for name in _book(page, url)]
    rows += [Row(f"step: {name}", step.of("XHR", "Fetch"), STEP) for name, step in steps if name]
    whole = first.total + sum(step.total for _, step in steps)
    requests = first.requests + sum(step.requests for _, step in steps)
    rows.append(Row("booking, sign-in to confirmation: bytes", whole, BOOKING))
    rows.append(Row("booking, sign-in to confirmation: requests", requests, BOOKING_REQUESTS))
    return rows


def measure_home(url: str) -> Row:
    """The home page of somebody who signs in, HTML and CSS."""
    with _empty_browser() as page:
        meter = Meter(page)
        page.goto(f"{url}/ingresar")
        page.wait_for_load_state("networkidle")
        meter.take()
        _sign_in(page)
        page.wait_for_load_state("networkidle")
        return Row("home: HTML + CSS", meter.take().of("Document", "Stylesheet"), FIRST_WORDS)


@contextmanager
def _empty_browser() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport={"width": 360, "height": 740}, locale="es-CL")
        browser.close()


def _sign_in(page: Page) -> None:
    page.get_by_label("RUT o nombre de usuario").fill(ANA.username)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Iniciar sesión").click()


def _book(page: Page, _url: str) -> Iterator[str]:
    """The shortest way to a booked hour; yields the name of each fragment as it has come."""
    _sign_in(page)
    page.get_by_role("heading", name="Busque su hora").wait_for()
    yield ""
    page.get_by_label("Especialidad").select_option(label="Medicina general")
    page.locator("button[name=day]").first.wait_for()
    yield "search, refreshed"
    page.locator("button[name=day]").first.click()
    page.get_by_role("heading", name="Elija la hora").wait_for()
    yield "hour"
    page.locator("input[name=slot]").first.check()
    page.get_by_role("button", name="Continuar con la reserva").click()
    page.get_by_role("heading", name="Revise su reserva").wait_for()
    yield "check"
    page.get_by_role("button", name="Confirmar Reserva").click()
    page.get_by_role("heading", name="Su hora ha sido reservada").wait_for()
    yield "done"


def _taken(page: Page, meter: Meter) -> Traffic:
    page.wait_for_load_state("networkidle")
    return meter.take()


def table(rows: list[Row]) -> str:
    """*rows* as text, with what is over its budget marked."""
    lines = [f"{'':44}{'measured':>10}{'budget':>10}"]
    lines += [
        f"{row.name:44}{row.measured:>10,}{row.limit:>10,}{'' if row.is_within else '  OVER'}"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> int:
    with served_portal() as portal:
        rows = measure(portal.url)
        rows.insert(2, measure_home(portal.url))
    print(table(rows))
    return 0 if all(row.is_within for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
