"""S1-24: the search with the magnifier: by doctor, by specialty or by procedure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from clinicweb.booking import catalogue
from clinicweb.booking.catalogue import Offer
from clinicweb.booking.steps import what
from clinicweb.booking.steps.shared import step_url
from clinicweb.booking.steps.trail import trail
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.flow import Answers, Step, find
from clinicweb.core.forms import Form
from clinicweb.core.i18n import _, counted, lazy
from clinicweb.web.visit import Visit

KEY = "busqueda"
LONGEST_QUERY = 80
_SHOWN = 8
_BETWEEN = "/"


@dataclass(frozen=True, slots=True)
class Found:
    """One line of what was found; pressing it sends *value*."""

    value: str
    text: str
    detail: str


class FindForm(Form):
    """The chosen line: a service, or a service by a professional."""

    choice = StringField(
        lazy("Servicio"),
        validators=[InputRequired(lazy("Elija una de las opciones.")), Length(max=250)],
    )
    offer: Offer | None = None

    def validate_choice(self, _field: Any) -> None:
        if self.offer is None:
            message = _("Eso ya no se ofrece con lo que eligió antes. Busque otra vez.")
            raise ValueError(message)

    def answers(self) -> dict[str, str | None]:
        offer = self.offer
        return {
            "service": offer.service if offer else None,
            "service_text": offer.service_name if offer else None,
            "practitioner": offer.practitioner if offer else None,
            "practitioner_text": offer.practitioner_name if offer else None,
        }


def step(_rules: ClinicRules) -> Step:
    return Step(
        KEY, lazy("Búsqueda"), form=_form, template="booking/find.html",
        context=_context, depends_on=("area", "modality", "by"),
        applies=_is_for_one, part="booking/_found.html",
    )  # fmt: skip


def _is_for_one(answers: Answers) -> bool:
    return find(answers, "by") != what.SEVERAL


def look(visit: Visit, query: str, way: str | None) -> list[Offer]:
    """What *query* finds of the type and modality that were chosen, in the *way* that was."""
    all_offers = catalogue.current()
    listed = all_offers.practitioners if way == what.DOCTOR else all_offers.services
    return listed.find(query, what.narrowing(visit, way))


def value_of(offer: Offer) -> str:
    return _BETWEEN.join(filter(None, (offer.service, offer.practitioner)))


def _form(visit: Visit) -> FindForm:
    form = FindForm(data={})
    if form.choice.data:
        offers = look(visit, "", visit.find("by"))
        form.offer = next((offer for offer in offers if value_of(offer) == form.choice.data), None)
    return form


def _context(visit: Visit, _form: FindForm) -> Mapping[str, Any]:
    way = visit.find("by")
    query = (request.args.get("q") or "")[:LONGEST_QUERY]
    found = look(visit, query, way)
    return {
        "heading": str(_HEADINGS.get(way or "", _HEADINGS[what.SPECIALTY])),
        "label": str(_LABELS.get(way or "", _LABELS[what.SPECIALTY])),
        "query": query,
        "search_url": step_url(visit, KEY),
        "found": [_line(offer) for offer in found[:_SHOWN]],
        "count_text": count_text(query, len(found), _SHOWN),
        "trail": trail(visit, before=KEY),
    }


def count_text(query: str, number: int, shown: int) -> str:
    """How many were found, and what to do about too many or none."""
    if not number:
        return _("No encontramos «%(query)s». Pruebe con otra palabra, o con menos.", query=query)
    told = counted("%(num)s resultado", "%(num)s resultados", number)
    if number > shown:
        told += ". " + _("Se ven los primeros %(shown)s: escriba más para acortar.", shown=shown)
    return told


def _line(offer: Offer) -> Found:
    if offer.practitioner_name:
        return Found(value_of(offer), offer.practitioner_name, offer.service_name)
    return Found(value_of(offer), offer.service_name, "")


_HEADINGS = {
    what.DOCTOR: lazy("Busque el médico"),
    what.SPECIALTY: lazy("Busque la especialidad"),
    what.BY_PROCEDURE: lazy("Busque el procedimiento"),
}
_LABELS = {
    what.DOCTOR: lazy("Nombre del médico o de su especialidad"),
    what.SPECIALTY: lazy("Nombre de la especialidad"),
    what.BY_PROCEDURE: lazy("Nombre del procedimiento"),
}
