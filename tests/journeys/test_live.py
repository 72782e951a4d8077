"""A page and its socket in a real browser: kept, lost, found again, and never there."""

import json
import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.cast import ANA
from tests.journeys.watch import Watch
from tests.live.conftest import LivePortal
from tests.live.people import listen, signed_in


@pytest.fixture
def board(tmp_path, owner_lock, filled_template):
    shutil.copyfile(filled_template, tmp_path / "clinicweb.db")
    served = LivePortal(tmp_path, owner_lock=owner_lock, command=("serve",), settings={})
    served.start()
    yield served
    served.stop()


@pytest.fixture
def ana(board):
    return signed_in(board.url, ANA)


@contextmanager
def opened(browser, board, cookie, *, has_socket=True):
    """The board in a tab of its own; *sockets* are those that it opens."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="es-CL")
    name, value = cookie.split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": board.url}])
    watch = Watch(is_line_broken=True)
    watch.on(context)
    tab = context.new_page()
    tab.sockets = []

    def note(socket):
        tab.sockets.append(socket)

    tab.on("websocket", note)
    if not has_socket:
        tab.clock.install()
        tab.route_web_socket("**/live*", lambda socket: socket.close(code=1006))
    tab.goto(f"{board.url}/pizarra")
    yield tab
    # htmx tells the console of each socket that could not be opened.
    lost = ("WebSocket", "htmx:ws:error")
    complaints = [each for each in watch.complaints if not any(word in each for word in lost)]
    context.close()
    assert complaints == []


def say(tab, text):
    tab.get_by_label("Texto").fill(text)
    tab.get_by_role("button", name="Decir").click()


def say_from_elsewhere(board, cookie, text):
    with listen(board.url, cookie) as other:
        other.send(json.dumps({"live": "say", "text": text}))
        other.recv(timeout=30)


def test_a_page_keeps_its_socket_across_pages_and_finds_it_again(browser, board, ana):
    with opened(browser, board, ana) as one, opened(browser, board, ana) as two:
        expect(one.get_by_role("heading", name="Pizarra")).to_be_visible()
        say(one, "hola <b>")
        for tab in (one, two):
            expect(tab.locator("#board")).to_contain_text("Ana: hola <b>")

        two.get_by_role("link", name="Datos", exact=True).click()
        expect(two.get_by_role("heading", level=1)).not_to_have_text("Pizarra")
        two.go_back()
        expect(two.get_by_role("heading", name="Pizarra")).to_be_visible()
        say(one, "otra vez")
        expect(two.locator("#board")).to_contain_text("otra vez")
        assert len(two.sockets) == 1

        board.kill()
        expect(two.locator("#line")).to_contain_text("Reconectando")
        board.start()
        say_from_elsewhere(board, ana, "entretanto")
        expect(two.locator("#board")).to_contain_text("entretanto")
        expect(two.locator("#line")).to_be_hidden()
        say(two, "de vuelta")
        expect(one.locator("#board")).to_contain_text("de vuelta")


def test_a_page_without_a_socket_asks_for_news(browser, board, ana):
    with opened(browser, board, ana, has_socket=False) as tab:
        say_from_elsewhere(board, ana, "por el otro camino")

        tab.clock.fast_forward(21_000)

        expect(tab.locator("#board")).to_contain_text("por el otro camino")
        expect(tab.locator("#line")).to_contain_text("Reconectando")
