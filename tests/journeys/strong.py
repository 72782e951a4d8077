"""What people do to set up passkeys, an app and recovery codes."""

from typing import Any

import pyotp
from playwright.sync_api import CDPSession, expect

from clinicweb.core import clock
from tests.journeys.visitor import Visitor

PAGE, APP, CODES = "Verificación en dos pasos", "Aplicación de códigos", "Códigos de recuperación"
ADD, BY_PASSKEY = "Agregar una llave de acceso", "Entrar con llave de acceso"
TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
STEP = 30


def with_telephone(visitor: Visitor, **traits: Any) -> CDPSession:
    """The visitor's device keeps passkeys from here on."""
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE | traits})
    return devtools


def open_page(visitor: Visitor) -> None:
    visitor.own_menu("Ver mi perfil")
    visitor.arrive("Mi perfil")
    visitor.press(PAGE)
    visitor.arrive(PAGE)


def add_passkey(visitor: Visitor, name: str = "Mi teléfono") -> None:
    """From the list to the page of recovery codes."""
    visitor.press(ADD)
    visitor.arrive(ADD)
    visitor.type("Nombre de la llave", name)
    visitor.press("Crear la llave")
    visitor.arrive(CODES)


def set_up_app(visitor: Visitor) -> pyotp.TOTP:
    """Typing the secret into an app, from the list to the page of recovery codes."""
    visitor.press("Usar una aplicación")
    visitor.arrive(APP)
    visitor.press("Ya la tengo")
    expect(visitor.page.get_by_role("img", name="Código QR")).to_be_visible()
    app = pyotp.TOTP("".join(visitor.page.locator("#secret").inner_text().split()))
    visitor.type("Código de 6 dígitos", app.now())
    visitor.press("Activar")
    visitor.arrive(CODES)
    return app


def next_code(app: pyotp.TOTP) -> str:
    """The one that comes: the present one was used to set it up."""
    return str(app.generate_otp(1 + int(clock.now().timestamp()) // STEP))


def make_codes(visitor: Visitor) -> list[str]:
    visitor.press("Hacer")
    visitor.arrive("Sus códigos de recuperación")
    codes = visitor.page.locator("#codes li").all_inner_texts()
    visitor.press("Ya los guardé")
    visitor.arrive(PAGE)
    return codes


def sign_out(visitor: Visitor) -> None:
    visitor.press("Cerrar sesión")
    visitor.arrive("Iniciar sesión")
