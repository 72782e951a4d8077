"""A clinic's colour made readable: WCAG AA contrast whatever it chose, by day and by night."""

import re
from dataclasses import dataclass

from clinicweb.clinic.help_rules import Help
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import i18n

AA = 4.5
HEX = re.compile(r"#[0-9a-f]{6}")

# The surfaces on which css/app.css puts text: --bg and --card, by day and by night.
LIGHT_SURFACES = ("#f6f5f1", "#ffffff")
DARK_SURFACES = ("#111614", "#1a211f")
WHITE = "#ffffff"
BLACK = "#000000"
LIGHT_INK = "#ffffff"
DARK_INK = "#0a0f0d"

LINEAR_BELOW = 0.04045  # sRGB is linear below this, a power curve above

STEPS = 100
LIGHT_TINT = 0.08
DARK_TINT = 0.14

Rgb = tuple[int, int, int]


def palette(colour: str) -> dict[str, str]:
    """
    Shades of *colour* that can be read.

    Args:
        colour: ``#rrggbb`` in any case, otherwise ValueError.

    Returns: ``accent`` (text and buttons by day), ``accent_ink`` (text on it), ``accent_soft``
    (a tint behind text and accent) and the same three for the dark. Each accent reaches 4.5:1 on
    the page, on cards and on its own tint; each ink reaches it on its accent. The hue stays.
    """
    colour = colour.lower()
    if not HEX.fullmatch(colour):
        raise ValueError(f"not a colour like #0f6a60: {colour!r}")
    light = _readable(colour, LIGHT_SURFACES, towards=BLACK, tint=LIGHT_TINT)
    dark = _readable(colour, DARK_SURFACES, towards=WHITE, tint=DARK_TINT)
    return {
        "accent": light,
        "accent_ink": LIGHT_INK,
        "accent_soft": _tint(light, LIGHT_SURFACES, LIGHT_TINT),
        "accent_dark": dark,
        "accent_dark_ink": DARK_INK,
        "accent_dark_soft": _tint(dark, DARK_SURFACES, DARK_TINT),
    }


def palette_css(colour: str) -> str:
    """The palette of *colour* as custom properties of the page: ``:root{--accent:#…;…}``."""
    shades = palette(colour)
    declarations = ";".join(f"--{name.replace('_', '-')}:{value}" for name, value in shades.items())
    return f":root{{{declarations}}}"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _readable(colour: str, surfaces: tuple[str, ...], *, towards: str, tint: float) -> str:
    """The shade nearest to *colour*, on its way to black or white, that all surfaces carry."""
    for step in range(STEPS + 1):
        shade = _mix(colour, towards, step / STEPS)
        grounds = (*surfaces, _tint(shade, surfaces, tint))
        if min(contrast(shade, ground) for ground in grounds) >= AA:
            return shade
    return towards


def _tint(shade: str, surfaces: tuple[str, ...], share: float) -> str:
    return _mix(surfaces[-1], shade, share)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_rgb(one), _rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _rgb(colour: str) -> Rgb:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    if channel <= LINEAR_BELOW:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)


@dataclass(frozen=True, slots=True)
class Brand:
    """The clinic as every page shows it; *palette_css* goes into the page's own style."""

    name: str
    phone: str
    phone_url: str
    emergency: str
    palette_css: str
    menu_side: str
    has_reactivation: bool
    has_families: bool
    has_prescriptions: bool
    has_sick_leaves: bool
    has_contact: bool
    help: Help

    def help_of(self, page: str) -> tuple[str, ...]:
        """What is told below the forms of *page*, a field of ``Help``, in the reader's language."""
        return tuple(i18n._(text) for text in getattr(self.help, page))

    @property
    def emergency_text(self) -> str:
        return i18n._(self.emergency) if self.emergency else ""


def brand(rules: ClinicRules) -> Brand:
    identity = rules.identity
    return Brand(
        name=identity.name,
        phone=identity.phone,
        phone_url="tel:" + re.sub(r"[^+\d]", "", identity.phone),
        emergency=identity.emergency,
        palette_css=palette_css(rules.brand.accent),
        menu_side=rules.header.menu_side,
        has_reactivation=rules.recovery.reactivation,
        has_families=rules.family.is_on,
        has_prescriptions=rules.documents.prescriptions,
        has_sick_leaves=rules.documents.sick_leaves,
        has_contact=rules.contact.is_on,
        help=rules.help,
    )
