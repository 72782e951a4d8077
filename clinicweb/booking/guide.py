"""S1-16: the guide to booking: slides for the first entry, and for whoever asks again."""

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


@dataclass(frozen=True, slots=True)
class ShownSlide:
    """A slide ready to print, with the ways to its neighbours on the same page."""

    id: str
    icon: str
    title: str
    text: str
    count_text: str
    previous_id: str | None
    next_id: str | None


def slides() -> tuple[ShownSlide, ...]:
    """All slides in order: one page holds them, and asks for none of them by itself."""
    count = len(SLIDES)
    return tuple(
        ShownSlide(
            id=_id(number),
            icon=slide.icon,
            title=str(slide.title),
            text=str(slide.text),
            count_text=_("Lámina %(number)s de %(count)s", number=number, count=count),
            previous_id=_id(number - 1) if number > 1 else None,
            next_id=_id(number + 1) if number < count else None,
        )
        for number, slide in enumerate(SLIDES, start=1)
    )


def _id(number: int) -> str:
    return f"lamina-{number}"


def note_seen(session: Session, account_id: int) -> None:
    """From now on it is shown when somebody asks for it."""
    if session.get(GuideSeen, account_id) is None:
        session.add(GuideSeen(account_id=account_id, seen_at=clock.now()))
