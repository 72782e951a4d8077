"""The booking flow of S0-20…S0-27, as data: search, hour, check."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from clinicweb.booking import actions, cards, policy, queries, search
from clinicweb.booking.forms import CheckForm, SlotForm
from clinicweb.booking.holds import hold_slot, let_go
from clinicweb.booking.hours import HourChoice, hour_groups, nearest_choices, shared_text
from clinicweb.booking.texts import modality_text
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core import flow as flows
from clinicweb.core.flow import Flow, Step, StepAnswers
from clinicweb.core.i18n import _, day_text, lazy, moment
from clinicweb.web.errors import reason_text
from clinicweb.web.flow_views import Visit

_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of *check your answers*."""

    label: str
    text: str
    change_url: str | None


def book_flow(rules: ClinicRules) -> Flow:
    """The flow for a clinic with *rules*."""
    steps = _BookingSteps(rules)
    return Flow(
        name=actions.FLOW,
        steps=(
            Step(
                "buscar", lazy("Buscar"), form=steps.search_form, template="booking/search.html",
                context=steps.search_context, accept=steps.accept_search,
            ),
            Step(
                "hora", lazy("Elegir hora"), form=steps.slot_form, template="booking/slot.html",
                context=steps.slot_context, depends_on=("service", "practitioner", "day"),
                accept=steps.accept_slot,
            ),
            Step(
                "confirmar", lazy("Confirmar"), form=steps.check_form,
                template="booking/check.html", context=steps.check_context,
            ),
        ),
        finish=steps.finish,
        done_template="booking/done.html",
        done_context=steps.done_context,
        conflicts={
            policy.SLOT_TAKEN: "hora",
            policy.PATIENT_BUSY: "hora",
            policy.TOO_LATE_TO_BOOK: "hora",
        },
    )  # fmt: skip


class _BookingSteps:
    """What each step asks, shows and does, under the clinic's rules."""

    def __init__(self, rules: ClinicRules) -> None:
        self.rules = rules

    def search_form(self, visit: Visit) -> Any:
        return search.search_form(self.rules, visit)

    def search_context(self, visit: Visit, form: Any) -> Mapping[str, Any]:
        return search.search_context(self.rules, visit, form)

    def accept_search(self, session: Session, visit: Visit, _new: StepAnswers) -> None:
        if "hora" not in visit.answers:
            let_go(session, visit.draft_id)

    def slot_form(self, visit: Visit) -> SlotForm:
        form = SlotForm(data=visit.answers.get("hora", {}))
        form.slot.choices = []
        return form

    def slot_context(self, visit: Visit, form: SlotForm) -> Mapping[str, Any]:
        day = date.fromisoformat(str(visit.answer("buscar", "day")))
        service, practitioner = (
            visit.answer("buscar", "service"),
            visit.answer("buscar", "practitioner"),
        )
        wanted = search.the_search(self.rules, visit, service or "", practitioner)
        hours = queries.list_free_hours(visit.viewer, wanted, day)
        lost = self._lost(visit, wanted)
        shown = {choice.value for choice in lost[1]} if lost else set()
        others = [hour for hour in hours if str(hour.slot_id) not in shown]
        zone = hours[0].zone if hours else self.rules.identity.timezone
        return {
            "groups": hour_groups(others, form.slot.data),
            "shared_text": shared_text(others),
            "lost": lost,
            "day_text": day_text(day, today=clock.local_day(clock.now(), zone)),
            "empty_text": _("Ya no quedan horas libres este día. Elija otra fecha."),
            "change_url": _step_url(visit, "buscar"),
        }

    def _lost(
        self, visit: Visit, wanted: queries.HourSearch
    ) -> tuple[str, tuple[HourChoice, ...]] | None:
        if visit.conflict is None:
            return None
        slot_id = int(visit.lost.get("slot") or 0)
        nearest = queries.list_nearest_hours(visit.viewer, wanted, slot_id, count=_NEAREST)
        return reason_text(visit.conflict), nearest_choices(nearest)

    def accept_slot(self, session: Session, visit: Visit, new: StepAnswers) -> None:
        hold_slot(
            session,
            self.rules.booking,
            int(new["slot"] or 0),
            service=visit.answer("buscar", "service") or "",
            draft_id=visit.draft_id,
            account_id=visit.viewer.account_id,
        )

    def check_form(self, visit: Visit) -> CheckForm:
        return CheckForm(data={"digest": flows.digest(visit.answers)})

    def check_context(self, visit: Visit, _form: CheckForm) -> Mapping[str, Any]:
        slot_id = int(visit.answer("hora", "slot") or 0)
        chosen = queries.get_chosen_hour(visit.viewer, slot_id, visit.draft_id)
        return {
            "answers": self._answers(visit, chosen),
            "hold_text": _hold_text(chosen.held_until, chosen.hour.zone),
        }

    def _answers(self, visit: Visit, chosen: queries.ChosenHour) -> tuple[Answer, ...]:
        labels, hour = self.rules.labels, chosen.hour
        to_search, to_hour = _step_url(visit, "buscar"), _step_url(visit, "hora")
        place = ", ".join(filter(None, (hour.site_name, chosen.site_address)))
        lines = [
            Answer(_("Día y hora"), moment(hour.starts_at, hour.zone).when_text, to_hour),
            Answer(_(labels.service), chosen.service_name, to_search),
            Answer(_(labels.practitioner), hour.practitioner_name, to_search),
            Answer(_("Modalidad"), modality_text(hour.modality), None),
            Answer(_("Lugar"), place, None),
        ]
        agreement = self._agreement_name(visit)
        if agreement:
            lines.append(Answer(_(labels.agreement), agreement, to_search))
        return tuple(lines)

    def _agreement_name(self, visit: Visit) -> str | None:
        code = visit.answer("buscar", "agreement")
        names = {row.code: row.name for row in queries.list_agreements(visit.viewer)}
        return names.get(code or "")

    def finish(self, visit: Visit, form: CheckForm) -> None:
        command = actions.BookAppointment(visit.viewer, visit.draft_id, form.digest.data)
        actions.book_appointment(self.rules, command)

    def done_context(self, visit: Visit) -> Mapping[str, Any]:
        public_id = str((visit.result or {}).get("appointment"))
        row = queries.get_appointment(visit.viewer, public_id)
        return {
            "card": cards.card_of(actions.hour_rules(self.rules.booking), row),
            "mail_text": _mail_text(row),
            "home_url": url_for("booking.home"),
        }  # fmt: skip


def _mail_text(row: queries.AppointmentRow) -> str:
    if not row.has_email:
        return _("No tenemos un correo suyo: anote la fecha, o véala cuando quiera en su inicio.")
    return _("Le enviamos la confirmación a su correo, con un archivo para su calendario.")


def _step_url(visit: Visit, step_key: str) -> str:
    return url_for("booking.reserva_step", draft_id=visit.draft_id, step_key=step_key)


def _hold_text(held_until: datetime | None, zone: str) -> str:
    if held_until is None or held_until <= clock.now():
        return _("Esta hora sigue libre, pero ya no la guardamos para usted: confirme pronto.")
    until = moment(held_until, zone).hour_text
    return _("Guardamos esta hora hasta las %(until)s.", until=until)
