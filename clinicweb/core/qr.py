"""QR codes as lines for an SVG in a page, or on paper: no picture to fetch."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

import segno

_QUIET_ZONE = 4


@dataclass(frozen=True, slots=True)
class Drawing:
    """A QR code of *size* by *size* squares; *path* is that of an SVG line, one square wide."""

    size: int
    path: str


def drawing_of(text: str) -> Drawing:
    code = segno.make(text, error="m", micro=False)
    drawing = code.svg_inline(border=_QUIET_ZONE)
    [line] = ET.fromstring(drawing).iter("path")  # noqa: S314  our own
    return Drawing(int(code.symbol_size(border=_QUIET_ZONE)[0]), line.get("d", ""))
