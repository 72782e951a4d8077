"""A camera or a microphone refused, and the end that the clinic set: a call all the same."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import calling
from tests.journeys.calling import DEVICES, MEASURE, TRIES
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal

# Keeps what the page asks for, and refuses one of the two, as a person would.
REFUSE = """
window.asked = [];
const get = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = function (wanted) {
  window.asked.push(Object.keys(wanted).join());
  if (wanted.KIND) return Promise.reject(new DOMException("refused", "NotAllowedError"));
  return get.call(this, wanted);
};
"""
# What the other one says comes before the browser has told that the two are connected.
TOLD_LATE = """
const Own = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Own {
  get connectionState() {
    const now = super.connectionState;
    if (now === "connected") this.since ??= Date.now();
    return now === "connected" && Date.now() - this.since < 3000 ? "connecting" : now;
  }
  set onconnectionstatechange(told) {
    super.onconnectionstatechange = () => (told(), setTimeout(told, 3100));
  }
};
"""
# Seconds from the answer to the end.
LASTS = """SELECT round((julianday(deadline_at) - julianday(answered_at)) * 86400)
    FROM video_call"""


@pytest.fixture
def portal(clinics: Clinics, tmp_path: Path) -> Portal:
    """Calls of this clinic last ten minutes."""
    path = calling.clinic_file(tmp_path)
    with Path(path).open("a", encoding="utf-8") as file:
        file.write("\n[video]\nmax_minutes = 10\n")
    return clinics(path, more=calling.fill)


def refusing(enter: Enter, portal: Portal, name: str, kind: str) -> Visitor:
    visitor = enter(**DEVICES)
    calling.come_in(visitor, portal, name)
    visitor.page.context.add_init_script(REFUSE.replace("KIND", kind))
    return visitor


def wait_for_voice(page: Page) -> None:
    first = page.evaluate(MEASURE)["energy"]
    for _ in range(TRIES):
        if page.evaluate(MEASURE)["energy"] > first:
            return
        page.wait_for_timeout(500)
    raise AssertionError("no voice")


def test_who_refuses_a_device_is_in_the_call_until_its_end(enter: Enter, portal: Portal):
    """S2-5, S2-14, S2-16: camera and microphone are asked for apart."""
    ana = refusing(enter, portal, "ana", "video")
    diaz = refusing(enter, portal, "diaz", "audio")
    diaz.page.context.add_init_script(f"(() => {{{TOLD_LATE}}})()")

    consultation = calling.ring(diaz, "10 minutos")
    ana.press("Aceptar videollamada")

    wait_for_voice(consultation)
    for page, without in ((ana.page, "la cámara"), (consultation, "el micrófono")):
        page.wait_for_function("window.asked.length > 1")
        assert page.evaluate("window.asked") == ["audio", "video"]
        expect(page.locator("#call-problem")).to_contain_text(f"No hay permiso para {without}")
    expect(consultation.get_by_text("Ana Núñez está sólo con voz.")).to_be_visible()
    consultation.get_by_role("button", name="Chat").click()
    consultation.get_by_label("Mensaje", exact=True).fill("Le oigo, y le escribo.")
    consultation.get_by_role("button", name="Enviar", exact=True).click()
    ana.press("Chat")
    expect(ana.page.get_by_text("Le oigo, y le escribo.")).to_be_visible()

    # Nobody hangs up: the clinic's limit ends it, for both.
    assert portal.tell(LASTS) == 600
    calling.end_now(portal)
    for page in (ana.page, consultation):
        expect(page.get_by_text("La videollamada llegó a su límite.")).to_be_visible()
