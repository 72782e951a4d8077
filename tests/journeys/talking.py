"""A clinic in which patients may begin a conversation, as its file says it."""

from pathlib import Path

from clinicweb.clinic import rules
from tests.cast import PASSWORD
from tests.journeys.test_second_factor import code_in
from tests.journeys.visitor import Visitor
from tests.journeys.world import Portal

PRESET = Path(rules.__file__).parent / "presets" / "teleconsulta.toml"


def clinic_file(folder: Path) -> str:
    path = folder / "clinic.toml"
    more = '[chat]\nis_on = true\nopens = "always"\n'
    path.write_text(f"{PRESET.read_text('utf-8')}\n{more}", "utf-8")
    return str(path)


def come_in(visitor: Visitor, name: str) -> None:
    """In the clinic of conversations: a patient, by user name."""
    visitor.open("/ingresar")
    visitor.type("Usuario", name)
    visitor.type("Contraseña", PASSWORD)
    visitor.press("Iniciar sesión")


def come_in_to_attend(visitor: Visitor, portal: Portal, name: str) -> None:
    """Who attends is mailed a code besides, and begins with the conversations."""
    mails = len(portal.mail.messages)
    come_in(visitor, name)
    visitor.arrive("Código de seguridad")
    visitor.press("Enviar")
    visitor.arrive("Ingrese el código")
    visitor.type("Código de seguridad", code_in(portal.mail.wait_for(mails + 1)[-1]))
    visitor.press("Ingresar")
    visitor.arrive("Conversaciones")
