"""S0-24, S0-25: *check your answers*, each with the way to change it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from clinicweb.booking import queries
from clinicweb.booking.forms import CheckForm
from clinicweb.booking.steps.shared import change_url
from clinicweb.booking.texts import hold_text, modality_text
from clinicweb.booking.together import asked_hours
from clinicweb.clinic.rules import ClinicRules
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
    chosen = [
        queries.get_chosen_hour(visit.viewer, slot_id, visit.draft_id)
        for slot_id, _service in asked_hours(visit.answers)
    ]
    answers = _answers(rules, visit, chosen[0]) if len(chosen) == 1 else _all(visit, chosen)
    held = [hour.held_until for hour in chosen]
    return {
        "answers": (*_whom(visit), *answers, *_agreement(rules, visit)),
        "trail": (),
        "hold_text": hold_text(min(filter(None, held), default=None) if all(held) else None,
                                chosen[0].hour.zone),
    }  # fmt: skip


def _all(visit: Visit, chosen: Sequence[queries.ChosenHour]) -> Iterator[Answer]:
    """Of several hours a line each."""
    url = change_url(visit, "slots")
    for one in sorted(chosen, key=lambda one: one.hour.starts_at):
        when_text = moment(one.hour.starts_at, one.hour.zone).when_text
        place = ", ".join(filter(None, (one.hour.site_name, one.site_address)))
        yield Answer(one.service_name, f"{when_text} · {one.hour.practitioner_name} · {place}", url)


def _answers(rules: ClinicRules, visit: Visit, chosen: queries.ChosenHour) -> tuple[Answer, ...]:
    labels, hour = rules.labels, chosen.hour
    place = ", ".join(filter(None, (hour.site_name, chosen.site_address)))
    when_text = moment(hour.starts_at, hour.zone).when_text
    to_service = change_url(visit, "service")
    return (
        Answer(_("Día y hora"), when_text, change_url(visit, "slot")),
        Answer(_(labels.service), chosen.service_name, to_service),
        Answer(_(labels.practitioner), hour.practitioner_name, to_service),
        Answer(_("Modalidad"), modality_text(hour.modality), None),
        Answer(_("Lugar"), place, None),
    )


def _whom(visit: Visit) -> Iterator[Answer]:
    if visit.find("patient"):
        text = visit.find("patient_text") or ""
        yield Answer(_("Para"), text, change_url(visit, "patient"))


def _agreement(rules: ClinicRules, visit: Visit) -> Iterator[Answer]:
    code = visit.find("agreement")
    names = {row.code: row.name for row in queries.list_agreements(visit.viewer)}
    if code in names:
        yield Answer(_(rules.labels.agreement), names[code], change_url(visit, "agreement"))
