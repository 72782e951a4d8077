"""S0-24, S0-25: *check your answers*, each with the way to change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from clinicweb.booking import queries
from clinicweb.booking.forms import CheckForm
from clinicweb.booking.steps.shared import change_url
from clinicweb.booking.texts import modality_text
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core import flow as flows
from clinicweb.core.flow import Step
from clinicweb.core.i18n import _, lazy, moment
from clinicweb.web.visit import Visit

KEY = "confirmar"


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of *check your answers*."""

    label: str
    text: str
    change_url: str | None


def step(rules: ClinicRules) -> Step:
    return Step(
        KEY, lazy("Confirmar"), form=_form, template="booking/check.html",
        context=partial(_context, rules),
        part="booking/_window.html" if rules.booking.summary_window else None,
    )  # fmt: skip


def _form(visit: Visit) -> CheckForm:
    return CheckForm(data={"digest": flows.digest(visit.kept)})


def _context(rules: ClinicRules, visit: Visit, _form: CheckForm) -> Mapping[str, Any]:
    slot_id = int(visit.find("slot") or 0)
    chosen = queries.get_chosen_hour(visit.viewer, slot_id, visit.draft_id)
    return {
        "answers": _answers(rules, visit, chosen),
        "trail": (),
        "hold_text": _hold_text(chosen.held_until, chosen.hour.zone),
    }


def _answers(rules: ClinicRules, visit: Visit, chosen: queries.ChosenHour) -> tuple[Answer, ...]:
    labels, hour = rules.labels, chosen.hour
    place = ", ".join(filter(None, (hour.site_name, chosen.site_address)))
    when_text = moment(hour.starts_at, hour.zone).when_text
    to_service = change_url(visit, "service")
    lines = [
        Answer(_("Día y hora"), when_text, change_url(visit, "slot")),
        Answer(_(labels.service), chosen.service_name, to_service),
        Answer(_(labels.practitioner), hour.practitioner_name, to_service),
        Answer(_("Modalidad"), modality_text(hour.modality), None),
        Answer(_("Lugar"), place, None),
    ]
    agreement = _agreement_name(visit)
    if visit.find("patient"):
        whom = Answer(_("Para"), visit.find("patient_text") or "", change_url(visit, "patient"))
        lines.insert(0, whom)
    if agreement:
        lines.append(Answer(_(labels.agreement), agreement, change_url(visit, "agreement")))
    return tuple(lines)


def _agreement_name(visit: Visit) -> str | None:
    code = visit.find("agreement")
    names = {row.code: row.name for row in queries.list_agreements(visit.viewer)}
    return names.get(code or "")


def _hold_text(held_until: datetime | None, zone: str) -> str:
    if held_until is None or held_until <= clock.now():
        return _("Esta hora sigue libre, pero ya no la guardamos para usted: confirme pronto.")
    until = moment(held_until, zone).hour_text
    return _("Guardamos esta hora hasta las %(until)s.", until=until)
