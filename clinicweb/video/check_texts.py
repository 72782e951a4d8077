"""Pure: a self-test in words: what came out, and what can be done about it."""

from dataclasses import dataclass

from clinicweb.core.i18n import _, lazy
from clinicweb.video.checks import FINE, STATES, Found


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one part's state means; ``advice`` is empty where nothing has to be done."""

    state: str
    is_fine: bool
    text: str
    advice: str


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    icon: str
    title: str
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Fix:
    """How a browser is allowed to use camera and microphone."""

    key: str
    browser: str
    text: str


_ICONS = {
    "microphone": "mic",
    "camera": "video",
    "speaker": "phone",
    "relay": "place",
    "speed": "clock",
}


def parts() -> tuple[Part, ...]:
    """In the order in which they are tried."""
    titles = {
        "microphone": _("Micrófono"),
        "camera": _("Cámara"),
        "speaker": _("Parlante"),
        "relay": _("Paso de la videollamada"),
        "speed": _("Velocidad de su conexión"),
    }
    return tuple(
        Part(key, _ICONS[key], titles[key], tuple(_outcome(key, state) for state in states))
        for key, states in STATES.items()
    )


def _outcome(part: str, state: str) -> Outcome:
    text, advice = _WORDS[part]()[state]
    return Outcome(state, state in FINE, text, advice)


def _microphone() -> dict[str, tuple[str, str]]:
    return {
        "ok": (_("El micrófono funciona: le escuchamos."), ""),
        "quiet": (
            _("El micrófono está permitido, pero no se oye nada."),
            _("Revise que no esté silenciado, acérquese y hable; si tiene otro, elíjalo."),
        ),
        "denied": (
            _("El navegador no tiene permiso para usar el micrófono."),
            _("Permítalo como se explica abajo y repita la prueba."),
        ),
        **_missing(_("No se encontró un micrófono."), _("Otro programa está usando el micrófono.")),
    }


def _camera() -> dict[str, tuple[str, str]]:
    return {
        "ok": (_("La cámara funciona: debería verse arriba."), ""),
        "denied": (
            _("El navegador no tiene permiso para usar la cámara."),
            _(
                "Permítalo como se explica abajo y repita la prueba. Sin cámara también puede "
                "entrar, con voz."
            ),
        ),
        **_missing(_("No se encontró una cámara."), _("Otro programa está usando la cámara.")),
    }


def _missing(none: str, busy: str) -> dict[str, tuple[str, str]]:
    return {
        "none": (none, _("Revise que el aparato esté conectado, o use un teléfono.")),
        "busy": (busy, _("Cierre las otras videollamadas y pestañas, y repita la prueba.")),
        "off": (
            _("Este navegador no puede hacer videollamadas desde esta página."),
            _("Actualícelo, o use Chrome, Safari, Firefox o Edge."),
        ),
    }


def _speaker() -> dict[str, tuple[str, str]]:
    return {
        "ok": (_("El parlante se oye."), ""),
        "unheard": (
            _("El parlante no se oyó."),
            _(
                "Suba el volumen, quite el modo silencio, revise si hay audífonos conectados y "
                "repita el tono."
            ),
        ),
    }


def _relay() -> dict[str, tuple[str, str]]:
    return {
        "ok": (_("Su red deja pasar videollamadas."), ""),
        "direct": (_("Aquí las videollamadas van directo entre las dos personas."), ""),
        "half": (
            _("Su red llega al servidor de paso, pero la prueba no volvió."),
            _("Puede funcionar igual. Si la videollamada no conecta, pruebe con otra red."),
        ),
        "failed": (
            _("Su red no deja pasar videollamadas."),
            _(
                "Pruebe con otra red, por ejemplo los datos del teléfono en vez del wifi; en el "
                "trabajo, quite la VPN."
            ),
        ),
    }


def _speed() -> dict[str, tuple[str, str]]:
    closer = _("Acérquese al wifi, cierre descargas y otros programas, o pruebe con otra red.")
    return {
        "good": (_("Alcanza para video con buena imagen."), ""),
        "fair": (_("Alcanza para video; la imagen puede verse sencilla."), ""),
        "low": (_("Alcanza para voz, y a ratos para una imagen pequeña."), closer),
        "bad": (
            _("Es muy lenta: la voz puede cortarse."),
            closer + " " + _("El chat funciona igual."),
        ),
        "failed": (_("No se pudo medir."), closer),
    }


_WORDS = {
    "microphone": _microphone,
    "camera": _camera,
    "speaker": _speaker,
    "relay": _relay,
    "speed": _speed,
}


_FIXES = (
    (
        "chrome",
        lazy("Chrome, también en Android"),
        lazy(
            "Pulse el icono a la izquierda de la dirección, luego «Permisos», y permita cámara y "
            "micrófono. En Android, si no aparecen: Ajustes del teléfono, Aplicaciones, Chrome, "
            "Permisos."
        ),
    ),
    (
        "safari",
        lazy("Safari, también en iPhone y iPad"),
        lazy(
            "En iPhone: pulse el icono junto a la dirección, luego los ajustes del sitio web, y "
            "elija «Permitir» en cámara y micrófono; si no aparecen: Ajustes, Safari. En Mac: "
            "menú Safari, ajustes de este sitio web."
        ),
    ),
    (
        "firefox",
        "Firefox",
        lazy(
            "Pulse el icono de cámara o micrófono tachado junto a la dirección, quite el bloqueo "
            "con la ✕ y recargue la página: le preguntará de nuevo."
        ),
    ),
    (
        "edge",
        "Edge",
        lazy(
            "Pulse el candado junto a la dirección, luego los permisos de este sitio, y permita "
            "cámara y micrófono. Si siguen sin verse: Configuración de Windows, Privacidad, "
            "Cámara y Micrófono."
        ),
    ),
)


def fixes(browser: str) -> tuple[Fix, ...]:
    """For each browser how; that of *browser*, as ``describe`` names it, first."""
    own = _own_key(browser)
    found = (Fix(key, str(name), str(text)) for key, name, text in _FIXES)
    return tuple(sorted(found, key=lambda fix: fix.key != own))


def _own_key(browser: str) -> str:
    """Every browser of an iPhone is Safari inside."""
    if "iPhone" in browser or "iPad" in browser:
        return "safari"
    name = browser.partition(" ")[0].lower()
    return name if name in {"firefox", "edge", "safari"} else "chrome"


def summary(found: Found) -> str:
    """In a line, for the list of one's own tests."""
    by_key = {part.key: part.title for part in parts()}
    if not found.to_mend:
        return _("Todo en orden.")
    return _("Por revisar: %(parts)s.", parts=", ".join(by_key[key] for key in found.to_mend))


def lines(found: Found) -> tuple[str, ...]:
    """What came out of each part that was tried, and what was measured."""
    outcomes = {part.key: {each.state: each for each in part.outcomes} for part in parts()}
    texts = [
        outcomes[key][state].text
        for key, state in found.states.items()
        if state in outcomes.get(key, {})
    ]
    if found.down_kbps and found.up_kbps:
        texts.append(
            _(
                "Recibe %(down)s kbit/s, envía %(up)s kbit/s.",
                down=found.down_kbps,
                up=found.up_kbps,
            )
        )
    if found.relay_ms:
        texts.append(_("Demora por el servidor de paso: %(ms)s ms.", ms=found.relay_ms))
    return tuple(texts)
