"""Dr. Díaz calls Ana: a clinic with a conversation of theirs, and what their pages measure."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account, AccountIdentifier
from clinicweb.chat.models import WITH_PATIENT, Conversation, ConversationMember
from clinicweb.core import clock
from tests.journeys import talking, walk
from tests.journeys.visitor import Visitor
from tests.journeys.world import Portal

TALK = "anas-conversation-0001"
# Looks, half a second apart, until what never comes is given up.
TRIES = 180
DEVICES = {"permissions": ["camera", "microphone"]}
DESK = {"viewport": {"width": 1280, "height": 800}}
# Gives the page's connection to the test: what it says of itself cannot be faked by our script.
KEEP = """
const Own = window.RTCPeerConnection;
window.kept = [];
window.RTCPeerConnection = class extends Own {
  constructor(...given) { super(...given); window.kept.push(this); }
};
"""
MEASURE = """async () => {
  const found = { frames: 0, energy: 0, pair: "" };
  const pc = window.kept?.at(-1);
  if (!pc) return found;
  const stats = [...(await pc.getStats()).values()];
  for (const one of stats) {
    if (one.type === "inbound-rtp" && one.kind === "video") found.frames = one.framesDecoded;
    if (one.type === "inbound-rtp" && one.kind === "audio") found.energy = one.totalAudioEnergy;
    if (one.type === "candidate-pair" && one.nominated && one.state === "succeeded")
      found.pair = stats
        .filter(({ id }) => [one.localCandidateId, one.remoteCandidateId].includes(id))
        .map((s) => s.candidateType).sort().join();
  }
  return found;
}"""


def clinic_file(folder: Path) -> str:
    return talking.clinic_file(folder)


def fill(session: Session) -> None:
    """The conversation."""
    by_name = {
        name: session.scalars(
            select(Account).join(AccountIdentifier).where(AccountIdentifier.value == name)
        ).one()
        for name in ("ana", "diaz")
    }
    now = clock.now()
    talk = Conversation(
        public_id=TALK, kind=WITH_PATIENT, patient_id=by_name["ana"].patient_id, last_number=0,
        changes=0, created_at=now, last_at=now, assigned_account_id=by_name["diaz"].id,
    )  # fmt: skip
    session.add(talk)
    session.flush()
    session.add_all(
        ConversationMember(conversation_id=talk.id, account_id=who.id, joined_at=now)
        for who in by_name.values()
    )


def come_in(visitor: Visitor, portal: Portal, name: str) -> None:
    """By the mailed code where the person is asked for one."""
    visitor.page.context.add_init_script(KEEP)
    visitor.open("/ingresar")
    walk.give_name_and_password(visitor, name)
    if name == "diaz":
        give_mailed_code(visitor, portal, "diaz@clinica.example")
    expect(visitor.page.get_by_role("button", name="Cerrar sesión")).to_be_visible()


def give_mailed_code(visitor: Visitor, portal: Portal, address: str) -> None:
    visitor.arrive("Código de seguridad")
    visitor.press("Enviar")
    visitor.arrive("Ingrese el código")
    part = portal.mail.wait_for_one_to(address).get_body(("plain",))
    [code] = re.findall(r"código es: (\d{6})\b", part.get_content() if part else "")
    visitor.type("Código de seguridad", code)
    visitor.press("Ingresar")


def ring(doctor: Visitor, limit: str = "30 minutos") -> Page:
    """S2-7…S2-13; the window that opens."""
    doctor.open(f"/conversaciones/{TALK}")
    doctor.press("Iniciar Video")
    doctor.press("Cancelar")
    doctor.press("Iniciar Video")
    expect(doctor.page.get_by_role("dialog")).to_contain_text(
        "¿Desea iniciar una videollamada con el paciente? "
        f"La duración máxima de la llamada es de {limit}."
    )
    with doctor.page.expect_popup() as opened:
        doctor.press("Iniciar Llamada")
    return opened.value


def wait_for_media(*pages: Page) -> None:
    """Pictures and sound of the other one arrive on each, from now on."""
    for page in pages:
        first = page.evaluate(MEASURE)
        for _ in range(TRIES):
            now = page.evaluate(MEASURE)
            if now["frames"] > first["frames"] + 3 and now["energy"] > first["energy"]:
                break
            page.wait_for_timeout(500)
        else:
            raise AssertionError(f"no media: {first}, {now}")


def try_controls(page: Page) -> None:
    """What one presses during a call, there and back."""
    for name in ("Micrófono", "Cámara", "Vista Mosaico"):
        button = page.get_by_role("button", name=name, exact=True)
        before = button.get_attribute("aria-pressed")
        for now in ("true", "false") if before == "false" else ("false", "true"):
            button.click()
            expect(button).to_have_attribute("aria-pressed", now)
    page.get_by_role("button", name="Más opciones de menú").click()
    expect(page.get_by_role("dialog").get_by_label("Cámara")).to_be_visible()
    page.get_by_role("button", name="Cerrar", exact=True).click()
    page.get_by_role("button", name="Conexión").click()
    expect(page.locator("#call-details")).to_contain_text("Demora")
    page.get_by_role("button", name="Conexión").click()


def ring_on(portal: Portal) -> None:
    """Until somebody answers: to measure a page takes as long as a busy machine wants."""
    portal.change(
        "UPDATE video_call SET deadline_at = '2100-01-01 00:00:00.000000' WHERE status = 'ringing'"
    )


def end_now(portal: Portal) -> None:
    """As if the minutes of the clinic's limit had passed."""
    portal.change("UPDATE video_call SET deadline_at = '2020-01-01 00:00:00.000000'")


def figures(*pages: Page) -> str:
    """What each page has decoded, and by what way."""
    return "; ".join(str(page.evaluate(MEASURE)) for page in pages)
