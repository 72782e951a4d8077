"""
Requests per second, as a ratio to a bare Flask route on the same server in the same run.

``make bench`` prints a line per database: the list of a day's hours, and whole bookings with their
release (start, search, hour, check, confirm, home, release, with the redirects between them: 13
requests each, signed in before).
"""

import http.client
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit

from bench.portal import Portal, served_portal
from tests.cast import ANA, PASSWORD
from tests.services.postgres import Cluster, start_cluster
from tests.services.process import Owner

SECONDS = 2.0
ROUNDS = 5
BARE = "/bare"

# What a route costs that does nothing, in this very server with all its hooks but a person.
BARE_ROUTE = f"""
import clinicweb.server as server
from clinicweb.web.guards import public
create_app = server.create_app
def with_bare_route(*args, **options):
    app = create_app(*args, **options)
    app.add_url_rule("{BARE}", "bare", public(lambda: "ok"))
    return app
server.create_app = with_bare_route
"""


class Browser:
    """As much of a browser as a load needs: cookies, tokens, redirects."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self.cookie = ""
        self.token = ""
        self.path = "/"

    def get(self, path: str) -> str:
        return self._send("GET", path)

    def post(self, path: str, **fields: str) -> str:
        return self._send("POST", path, urlencode({"csrf_token": self.token, **fields}))

    def _send(self, method: str, path: str, body: str | None = None) -> str:
        headers = {"Cookie": self.cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.split(";")[0]
        if answer.status == 303:
            self.path = answer.getheader("Location") or "/"
            return self.get(self.path)
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        if token := re.search(r'name="csrf_token" value="([^"]+)"', text):
            self.token = token.group(1)
        return text

    def sign_in(self, username: str) -> None:
        self.get("/ingresar")
        self.post("/ingresar", identifier=username, password=PASSWORD)

    def open_hours(self) -> str:
        """Choose a service and a day; the address of the hour list."""
        self.get("/reservar/")
        page = self.get(f"{self.path}?service=mg")
        day = _value(page, "day")
        self.post(self.path, service="mg", practitioner="", day=day)
        return self.path

    def book_and_release(self) -> None:
        page = self.get(self.open_hours())
        page = self.post(self.path, slot=_value(page, "slot"))
        self.post(self.path, digest=_value(page, "digest"))
        home = self.get("/")
        release = re.findall(r'href="(/citas/[^"]+/liberar)"', home)[0]
        self.post(release)


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)
    if found is None:
        raise RuntimeError(f"no {name} on the page")
    return found.group(1)


def per_second(work: Callable[[], object]) -> float:
    """How often one client does *work* in a second."""
    done, started = 0, time.monotonic()
    while time.monotonic() < started + SECONDS:
        work()
        done += 1
    return done / (time.monotonic() - started)


def compare(portal: Portal, name: str) -> str:
    """Bare, list and booking in turn, several rounds: medians of the ratios within a round."""
    stranger, ana = Browser(portal.url), Browser(portal.url)
    ana.sign_in(ANA.username)
    hours = ana.open_hours()
    lists, bookings = [], []
    for _ in range(ROUNDS):
        bare = per_second(lambda: stranger.get(BARE))
        lists.append(per_second(lambda: ana.get(hours)) / bare)
        bookings.append(per_second(ana.book_and_release) / bare)
    return f"{name:12}{median(lists):>16.3f}{median(bookings):>28.4f}"


@contextmanager
def postgres_server() -> Iterator[Cluster]:
    """A throwaway PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="clinicweb-bench-pg-") as folder:
        lock = Path(folder) / "owner.lock"
        owner = Owner(lock)
        Path(folder).chmod(0o755)
        cluster, kept = start_cluster(Path(folder) / "cluster", owner_lock=lock)
        try:
            yield cluster
        finally:
            kept.stop()
            owner.leave()


@contextmanager
def _postgres() -> Iterator[str]:
    """The address of an empty database on it."""
    with postgres_server() as cluster, cluster.database("bench") as url:
        yield url


def main() -> int:
    print("requests per second of one client, as a ratio to a bare route of the same server")
    print(f"{'':12}{'hour list':>16}{'whole booking + release':>28}")
    with served_portal(extra=BARE_ROUTE) as portal:
        print(compare(portal, "SQLite"))
    with _postgres() as url, served_portal(url, extra=BARE_ROUTE) as portal:
        print(compare(portal, "PostgreSQL"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
