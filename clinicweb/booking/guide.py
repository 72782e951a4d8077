"""S1-16: the guide to booking: slides for the first entry, and for whoever asks again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from clinicweb.booking.models import GuideSeen
from clinicweb.core import clock
from clinicweb.core.i18n import _, lazy


@dataclass(frozen=True, slots=True)
class Slide:
    icon: str
    title: Any
    text: Any


SLIDES = (
    Slide(
        "calendar",
        lazy("Aquí asigna sus citas"),
        lazy(
            "Con «Nueva cita» elige qué necesita, dónde y cuándo. Sus citas asignadas quedan "
            "siempre a la vista."
        ),
    ),
    Slide(
        "search",
        lazy("Busque como le sea más fácil"),
        lazy(
            "Por médico, por especialidad o por procedimiento. Basta el comienzo de una palabra; "
            "los acentos no importan."
        ),
    ),
    Slide(
        "clock",
        lazy("La hora que elige se guarda un momento"),
        lazy(
            "Mientras lee las recomendaciones y revisa, nadie más puede tomarla. Puede volver "
            "atrás y cambiar lo que quiera."
        ),
    ),
)


def slide_context(url: str, asked: str | None) -> Mapping[str, Any]:
    """One slide: that of the number *asked* (from 1), with the way to the next one below *url*."""
    count = len(SLIDES)
    number = int(asked) if asked and asked.isdecimal() and len(asked) < 3 else 1
    number = min(max(number, 1), count)
    slide = SLIDES[number - 1]
    return {
        "icon": slide.icon,
        "heading": str(slide.title),
        "text": str(slide.text),
        "count_text": _("Lámina %(number)s de %(count)s", number=number, count=count),
        "next_url": f"{url}?lamina={number + 1}" if number < count else None,
        "previous_url": f"{url}?lamina={number - 1}" if number > 1 else None,
    }


def note_seen(session: Session, account_id: int) -> None:
    """From now on it is shown when somebody asks for it."""
    if session.get(GuideSeen, account_id) is None:
        session.add(GuideSeen(account_id=account_id, seen_at=clock.now()))
