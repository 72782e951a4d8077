"""
«Avisarme en este equipo»: allowed, shown and taken back in a real browser.

No push service can be reached here: what it would give the browser is put in its place, and what
it would bring is handed to the real service worker by the browser's own tools.
"""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import measure, talking, walk
from tests.journeys.conftest import ARGUMENTS, Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal
from tests.services.process import find_program

PAGE = "/mi-perfil/avisos"
BUTTON = "Avisarme en este equipo"
# A point of P-256 (its base point), as browsers give theirs.
POINT = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
SERVICE = """(() => {
  const held = "held-by-the-browser";
  const given = () => sessionStorage[held] ? {
    endpoint: "https://fcm.googleapis.com/fcm/send/of-this-journey",
    unsubscribe: async () => delete sessionStorage[held],
    toJSON() { return { endpoint: this.endpoint, keys: { p256dh: "%s", auth: "%s" } }; },
  } : null;
  PushManager.prototype.getSubscription = async () => given();
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    if (applicationServerKey.length !== 87) throw new Error("no key of the portal");
    sessionStorage[held] = "yes";
    return given();
  };
})()"""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> str:
    return talking.clinic_file(tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Iterator[Browser]:
    """The one with windows of its own: the other one refuses all that would be shown outside."""
    path = find_program("chromium")
    whole = browser.browser_type.launch(executable_path=path, args=list(ARGUMENTS))
    yield whole
    whole.close()


@pytest.fixture
def portal(clinics: Clinics, clinic: str) -> Portal:
    return clinics(clinic)


def test_a_browser_is_allowed_to_tell_and_told_not_to(enter: Enter, portal: Portal):
    ana = enter()
    ana.page.context.grant_permissions(["notifications"], origin=portal.url)
    ana.page.context.add_init_script(SERVICE % (POINT, "A" * 22))
    walk.sign_in(ana)
    ana.open(PAGE)
    found = {"off": measure.complaints(ana)}

    ana.press(BUTTON)
    expect(ana.page.get_by_text("Este equipo le avisa.", exact=True)).to_be_visible()
    expect(ana.page.get_by_text("Este equipo", exact=True)).to_be_visible()
    found["on"] = measure.complaints(ana)
    assert told_by_the_worker(ana, portal) == [["Clínica", "Tiene un mensaje nuevo"]]

    ana.page.get_by_role("button", name=re.compile("No avisar más")).click()
    expect(ana.page.get_by_role("button", name=BUTTON)).to_be_visible()
    assert {name: lines for name, lines in found.items() if lines} == {}


def told_by_the_worker(ana: Visitor, portal: Portal) -> list[list[str]]:
    """What the service worker shows when a push message comes."""
    tools = ana.page.context.new_cdp_session(ana.page)
    registrations: list[dict[str, str]] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(told["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    ana.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    while not registrations:  # the browser tells its tools in its own time
        ana.page.wait_for_timeout(50)
    message = {"title": "Clínica", "body": "Tiene un mensaje nuevo", "url": f"{portal.url}/x"}
    tools.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": portal.url,
            "registrationId": registrations[0]["registrationId"],
            "data": json.dumps(message),
        },
    )
    shown: list[list[str]] = ana.page.evaluate(
        """async () => {
          const { ready } = navigator.serviceWorker;
          for (;;) {
            const all = await (await ready).getNotifications();
            if (all.length) return all.map(({ title, body }) => [title, body]);
            await new Promise((done) => setTimeout(done, 50));
          }
        }"""
    )
    return shown


def test_a_browser_that_refuses_is_told_how_to_change_that(enter: Enter):
    ana = enter()
    ana.page.context.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
    )
    walk.sign_in(ana)

    ana.open(PAGE)

    expect(ana.page.get_by_text("tiene bloqueados los avisos")).to_be_visible()
    expect(ana.page.get_by_role("button", name=BUTTON)).to_be_hidden()
