"""
One server and one browser for all journeys; the clinic's data are new for each test.

Fixtures:

- ``portal``: the served clinic of ``world.py`` and its mail server;
- ``clinics``: ``clinics("afiliados", more=fill)`` is the served clinic of another preset, filled
  with what *more* adds;
- ``served_by_name``: another one, whose address is a name;
- ``enter``: ``enter()`` is a tab of a new browser profile, ``enter(KeyboardVisitor)`` of somebody
  without a mouse, ``enter(scripts=False)`` without JavaScript; ``enter(beside=visitor)`` is
  another tab of the same profile. When the test ends, no tab may have complained: neither on the
  console, nor of the CSP, nor htmx of an element it did not trust.
"""

import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.journeys.visitor import Visitor
from tests.journeys.watch import Watch
from tests.journeys.world import Clinics, Portal
from tests.services.process import find_program, tail

Enter = Callable[..., Visitor]

ARGUMENTS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
# A camera and a microphone that are none, for whom a journey grants them.
ARGUMENTS += ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# Milliseconds until what never comes is given up: long, for it measures nothing.
PATIENCE = 60_000
PHONE = {"width": 360, "height": 740}
FAILED = pytest.StashKey[bool]()
_PICTURES = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def served(
    tmp_path_factory: pytest.TempPathFactory, owner_lock: Path, sqlite_template: Path
) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal")
    served = Portal(folder, owner_lock=owner_lock, empty=sqlite_template)
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="package")
def clinics(
    tmp_path_factory: pytest.TempPathFactory, owner_lock: Path, sqlite_template: Path
) -> Iterator[Clinics]:
    clinics = Clinics(tmp_path_factory, owner_lock, sqlite_template)
    yield clinics
    clinics.stop()


@pytest.fixture(scope="package")
def served_by_name(
    tmp_path_factory: pytest.TempPathFactory, owner_lock: Path, sqlite_template: Path
) -> Iterator[Portal]:
    """Browsers know no passkeys of an address without a name."""
    folder = tmp_path_factory.mktemp("portal-by-name")
    served = Portal(folder, owner_lock=owner_lock, empty=sqlite_template)
    served.server.url = f"http://localhost:{served.server.port}"
    served.server.settings["BASE_URL"] = served.server.url
    served.start()
    yield served
    served.stop()


@pytest.fixture
def portal(served: Portal) -> Portal:
    served.begin_anew()
    return served


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield browser
        browser.close()


def chromium() -> str:
    """The one without windows of its own, where there is one: it takes a third of the time."""
    return shutil.which("chromium-headless-shell") or find_program("chromium")


@pytest.fixture
def enter(request: pytest.FixtureRequest, browser: Browser, portal: Portal) -> Iterator[Enter]:
    contexts: list[tuple[BrowserContext, Watch]] = []

    def new(
        kind: type[Visitor] = Visitor,
        *,
        scripts: bool = True,
        beside: Visitor | None = None,
        **options: Any,
    ) -> Visitor:
        if beside:
            return type(beside)(beside.page.context.new_page(), portal.url, beside.watch)
        defaults = {"viewport": PHONE, "locale": "es-CL", "reduced_motion": "reduce"}
        context = browser.new_context(java_script_enabled=scripts, **(defaults | options))
        context.set_default_timeout(PATIENCE)
        watch = Watch()
        watch.on(context)
        contexts.append((context, watch))
        return kind(context.new_page(), portal.url, watch, scripts)

    yield new
    # Before the pictures: to hide the caret they try a style that the CSP refuses.
    complaints = [list(watch.complaints) for _, watch in contexts if watch.complaints]
    if request.node.stash.get(FAILED, False):
        _take_pictures(request.node, [context for context, _ in contexts])
    for context, _ in contexts:
        context.close()
    assert complaints == []


def _take_pictures(item: pytest.Item, contexts: list[BrowserContext]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="clinicweb-journey-"))
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages, start=1):
        path = folder / f"{item.name[:60].replace('/', '-')}-{number}.png"
        page.screenshot(path=path, full_page=True)
        item.stash.setdefault(_PICTURES, []).append(f"{path}  {page.url}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    if report.when == "teardown" and _PICTURES in item.stash:
        # Said aloud: the report of a failed call is written before its pictures are taken.
        report.sections.append(("pictures", "\n".join(item.stash[_PICTURES])))
        print("\npictures:", *item.stash[_PICTURES], sep="\n  ")  # noqa: T201
    if report.failed:
        for portal in getattr(item, "funcargs", {}).values():
            if isinstance(portal, Portal):
                report.sections.append((f"log of {portal.url}", tail(portal.server.log)))
    return report
