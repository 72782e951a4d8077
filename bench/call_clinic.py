"""A portal, its doctor and its patient at browsers at the two ends of an emulated line."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    sync_playwright,
)

from bench.call_media import write_picture, write_voice
from bench.emulated_line import FIRST, EmulatedLine
from clinicweb.clinic.rules import load_rules
from clinicweb.core import db, migrate
from clinicweb.video.actions import answer_call, hang_up, start_call
from tests.chat.world import viewer_of
from tests.journeys import calling
from tests.journeys.conftest import ARGUMENTS, chromium
from tests.journeys.visitor import Visitor
from tests.journeys.watch import Watch
from tests.journeys.world import ANAS_NAME, Portal
from tests.services.process import Owner

_WIDE_KBIT = 20_000


class Clinic:
    """The portal, its doctor and its patient at their browsers, and the line between them."""

    def __init__(
        self, portal: Portal, line: EmulatedLine, sides: tuple[BrowserContext, ...]
    ) -> None:
        self.portal, self.line, self.sides = portal, line, sides
        self.rules = load_rules(portal.server.settings["CLINIC"])
        self.diaz, self.ana = viewer_of("Diaz"), viewer_of(ANAS_NAME)

    @contextmanager
    def call(self, script: str, **line: float) -> Iterator[list[Page]]:
        """Both have come in, each page with *script*; the line is bad before their media flow."""
        self.line.be(kbit=_WIDE_KBIT, loss=0, delay_ms=line["delay_ms"])
        call = start_call(self.rules, self.diaz, calling.TALK)
        answer_call(self.rules, self.ana, call)
        pages = [context.new_page() for context in self.sides]
        try:
            for page in pages:
                page.add_init_script(script)
                page.goto(f"{self.portal.url}/videollamadas/{call}", wait_until="commit")
            for page in pages:
                page.wait_for_selector("#call[data-connection]")
            self.line.be(**line)
            for page in pages:
                page.wait_for_selector("#call.on")
            yield pages
        finally:
            self.line.be(kbit=_WIDE_KBIT, loss=0)
            for page in pages:
                page.close()
            hang_up(self.ana, call)


@contextmanager
def open_clinic(first: str, second: str) -> Iterator[Clinic]:
    """Asked for within the namespace *first*, where the portal and the doctor are."""
    with tempfile.TemporaryDirectory(prefix="clinicweb-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        write_voice(folder / "voice.wav")
        write_picture(folder / "picture.y4m")
        line = EmulatedLine(first, second)
        stack.callback(line.close)
        portal = _portal(stack, folder)
        _pass_on(stack, portal.server.port, second)
        playwright = stack.enter_context(sync_playwright())
        sides = []
        for who, where in (("diaz", ""), ("ana", second)):
            browser = _browser(playwright, folder, where)
            stack.callback(browser.close)
            sides.append(_come_in(portal, browser, who))
        yield Clinic(portal, line, tuple(sides))


def _portal(stack: ExitStack, folder: Path) -> Portal:
    owner = Owner(folder / "owner.lock")
    stack.callback(owner.leave)
    empty = folder / "empty.db"
    migrate.upgrade(f"sqlite:///{empty}")
    portal = Portal(
        folder, owner_lock=owner.lock_path, empty=empty,
        clinic=calling.clinic_file(folder), more=calling.fill,
    )  # fmt: skip
    portal.begin_anew()
    portal.start()
    stack.callback(portal.stop)
    db.configure(db.Database(f"sqlite:///{folder}/clinicweb.db"))
    return portal


def _pass_on(stack: ExitStack, port: int, second: str) -> None:
    """The portal's local port, in the other namespace too: browsers trust a local address alone."""
    words = [sys.executable, "-m", "bench.passage", f"{port}"]
    commands = [
        [*words, FIRST, "127.0.0.1"],
        ["ip", "netns", "exec", second, *words, "127.0.0.1", FIRST],
    ]
    for command in commands:
        process = subprocess.Popen(
            command, cwd=Path(__file__).parent.parent, stdout=subprocess.PIPE
        )
        stack.callback(process.wait)
        stack.callback(process.terminate)
        if not process.stdout or not process.stdout.readline():
            raise RuntimeError("no way to the portal")


def _browser(playwright: Playwright, folder: Path, namespace: str) -> Browser:
    """In this namespace where none is named."""
    program = folder / f"browser{namespace}"
    within = f"ip netns exec {namespace} " if namespace else ""
    program.write_text(f'#!/bin/sh\nexec {within}{chromium()} "$@"\n', "utf-8")
    program.chmod(0o755)
    media = (
        f"--use-file-for-fake-audio-capture={folder / 'voice.wav'}",
        f"--use-file-for-fake-video-capture={folder / 'picture.y4m'}",
    )
    return playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, *media])


def _come_in(portal: Portal, browser: Browser, name: str) -> BrowserContext:
    size: ViewportSize = {"width": 800, "height": 600}
    context = browser.new_context(
        locale="es-CL", viewport=size, permissions=["camera", "microphone"]
    )
    context.set_default_timeout(90_000)
    calling.come_in(Visitor(context.new_page(), portal.url, Watch()), portal, name)
    context.pages[0].goto("about:blank")
    return context
