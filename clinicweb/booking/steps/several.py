"""S1-23, S1-24: several services, collected one by one with the same search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import request
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, ValidationError

from clinicweb.booking import catalogue
from clinicweb.booking.catalogue import Offer
from clinicweb.booking.steps import find, what
from clinicweb.booking.steps.shared import NAMES_BETWEEN, SERVICES_BETWEEN, step_url
from clinicweb.booking.steps.trail import trail
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import flow as flows
from clinicweb.core.flow import Answers, Step
from clinicweb.core.forms import Form
from clinicweb.core.i18n import _, counted, lazy
from clinicweb.web.visit import Visit

KEY = "varias"
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A service, and where pressing it leads: it is added, or taken off the list."""

    text: str
    url: str


class SeveralForm(Form):
    """The services that were collected."""

    services = HiddenField(validators=[InputRequired(lazy("Elija las citas.")), Length(max=600)])
    chosen: Sequence[Offer] = ()
    most: int = 0

    def validate_services(self, field: Any) -> None:
        if [offer.service for offer in self.chosen] != field.data.split(SERVICES_BETWEEN):
            raise ValidationError(
                _("Eso ya no se ofrece con lo que eligió antes. Busque otra vez.")
            )
        if not 2 <= len(self.chosen) <= self.most:
            message = _("Elija entre %(least)s y %(most)s citas.", least=2, most=self.most)
            raise ValidationError(message)

    def answers(self) -> dict[str, str | None]:
        names = [offer.service_name.replace(NAMES_BETWEEN, " y ") for offer in self.chosen]
        return {"services": self.services.data, "services_text": NAMES_BETWEEN.join(names)}


def step(rules: ClinicRules) -> Step:
    return Step(
        KEY, lazy("Varias citas"), form=partial(_form, rules), template="booking/several.html",
        context=partial(_context, rules), depends_on=("area", "modality", "by"),
        applies=is_for_several, part="booking/_addable.html",
    )  # fmt: skip


def is_for_several(answers: Answers) -> bool:
    return flows.find(answers, "by") == what.SEVERAL


def _asked(visit: Visit) -> list[str]:
    """Those in the address, or those of the draft."""
    if request.method == "POST":
        return request.form.get("services", "")[:600].split(SERVICES_BETWEEN)
    if "con" in request.args or "q" in request.args:
        return request.args.getlist("con")
    return (visit.find("services") or "").split(SERVICES_BETWEEN)


def _form(rules: ClinicRules, visit: Visit) -> SeveralForm:
    wanted = what.narrowing(visit, what.SEVERAL)
    offers = map(catalogue.current().service, dict.fromkeys(_asked(visit)))
    chosen = [offer for offer in offers if offer and wanted.fits(offer)]
    chosen = chosen[: rules.booking.max_together]
    form = SeveralForm(data={"services": SERVICES_BETWEEN.join(offer.service for offer in chosen)})
    form.chosen, form.most = chosen, rules.booking.max_together
    return form


def _context(rules: ClinicRules, visit: Visit, form: SeveralForm) -> Mapping[str, Any]:
    query = (request.args.get("q") or "")[: find.LONGEST_QUERY]
    codes = [offer.service for offer in form.chosen]
    found = [offer for offer in find.look(visit, query, what.SEVERAL) if offer.service not in codes]
    is_full = len(codes) >= rules.booking.max_together
    return {
        "query": query,
        "search_url": step_url(visit, KEY),
        "kept": codes,
        "chosen": [_line(visit, offer, [c for c in codes if c != offer.service])
                   for offer in form.chosen],
        "addable": [] if is_full else [_line(visit, offer, [*codes, offer.service])
                                       for offer in found[:_SHOWN]],
        "count_text": _full_text(rules) if is_full else find.count_text(query, len(found), _SHOWN),
        "continue_text": counted("Continuar con %(num)s cita", "Continuar con %(num)s citas",
                                 len(codes)) if len(codes) > 1 else None,
        "trail": trail(visit, before=KEY),
    }  # fmt: skip


def _full_text(rules: ClinicRules) -> str:
    return _("Son las más que se pueden asignar juntas: %(most)s.", most=rules.booking.max_together)


def _line(visit: Visit, offer: Offer, codes: Sequence[str]) -> Line:
    told = urlencode([("con", code) for code in codes] or [("q", "")])
    return Line(offer.service_name, f"{step_url(visit, KEY)}?{told}")
