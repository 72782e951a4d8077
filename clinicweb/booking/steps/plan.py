"""The agenda of several services: hours of one day that fit together, all of them or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from wtforms import RadioField, ValidationError
from wtforms.validators import InputRequired

from clinicweb.booking import agenda_queries, policy
from clinicweb.booking.criteria import place_of
from clinicweb.booking.days import chosen_day
from clinicweb.booking.holds import Wish, hold_all, hold_some
from clinicweb.booking.queries import FreeHour
from clinicweb.booking.steps import agenda, dates
from clinicweb.booking.steps.several import is_for_several
from clinicweb.booking.steps.shared import SLOTS_BETWEEN, service_names, step_url, wanted_each
from clinicweb.booking.steps.trail import trail
from clinicweb.booking.together import Plan, Stay, fit, make_plans
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.errors import Conflict
from clinicweb.core.flow import Step, StepAnswers
from clinicweb.core.forms import Form
from clinicweb.core.i18n import _, counted, day_text, lazy, moment
from clinicweb.web.visit import Visit

KEY = "horas"
_DAYS = timedelta(days=7)
_PLANS_A_DAY = 6


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """Hours that go together: when the first begins and the last ends, and each in a line."""

    id: str
    value: str
    text: str
    lines: tuple[str, ...]
    checked: bool


class PlanForm(Form):
    """One hour of each service, in the order of the services."""

    slots = RadioField(
        lazy("Horas"),
        validators=[InputRequired(lazy("Elija una de las combinaciones."))],
        validate_choice=False,  # an hour just taken is a lost race, not a mistake
    )
    count: int = 0

    def validate_slots(self, field: Any) -> None:
        parts = (field.data or "").split(SLOTS_BETWEEN)
        if len(parts) != self.count or not all(p.isdecimal() and len(p) < 10 for p in parts):
            raise ValidationError(_("Elija una de las combinaciones."))


def step(rules: ClinicRules) -> Step:
    return Step(
        KEY, lazy("Agenda"), form=_form, template="booking/plan.html",
        context=partial(_context, rules), accept=partial(_hold, rules), applies=is_for_several,
        depends_on=("services", "modality", "city", "site", "first_day", "last_day", "part"),
        lost=partial(_keep_others, rules),
    )  # fmt: skip


def _form(visit: Visit) -> PlanForm:
    form = PlanForm(data={"slots": visit.find("slots")})
    form.slots.choices = []
    form.count = len(service_names(visit))
    return form


def _context(rules: ClinicRules, visit: Visit, form: PlanForm) -> Mapping[str, Any]:
    first, last = agenda.stretch(visit, _DAYS)
    plans = _plans_by_day(rules, visit, (first, last))
    day = chosen_day(plans)
    shown = plans.get(day, []) if day else []
    ids = [stay.slot_id for plan in shown for stay in plan]
    hours = agenda_queries.list_hours(visit.viewer, ids)
    told = {one: _ways_text(ways) for one, ways in plans.items()}
    names = service_names(visit)
    return {
        "days": agenda.day_links(visit, KEY, told, day, first),
        "plans": [_choice(plan, names, hours, form.slots.data) for plan in shown],
        "pages": agenda.pages(visit, KEY, (first, last), _DAYS),
        "empty": _empty() if not plans else None,
        "lost_text": _lost_text(visit, names),
        "day_text": day_text(day, today=first) if day else "",
        "dates_url": step_url(visit, dates.KEY),
        "trail": trail(visit, before=KEY),
    }


def _ways_text(plans: Sequence[Plan]) -> str:
    return counted("%(num)s opción", "%(num)s opciones", len(plans))


def _empty() -> Mapping[str, Any]:
    text = _("En estos días no hay horas que calcen. Pruebe con otras fechas u otra sede.")
    return {"text": text, "url": None, "day_text": ""}


def _plans_by_day(
    rules: ClinicRules, visit: Visit, period: tuple[date, date]
) -> dict[date, list[Plan]]:
    kept = _kept(visit)
    choices: list[list[Stay]] = []
    for place, search in enumerate(wanted_each(rules, visit)):
        found = agenda_queries.list_stays(
            visit.viewer, search, first=period[0], last=period[1], only=kept.get(place)
        )
        part = visit.find("part")
        choices.append([stay for stay, start in found if dates.is_in_part(start, part)])
    gap = timedelta(minutes=rules.booking.minutes_between_sites)
    days = sorted(set[date]().union(*({stay.day for stay in stays} for stays in choices)))
    made = {
        day: make_plans(
            [[stay for stay in stays if stay.day == day] for stays in choices],
            gap,
            most=_PLANS_A_DAY,
        )
        for day in days
    }
    return {day: plans for day, plans in made.items() if plans}


def _kept(visit: Visit) -> dict[int, int]:
    """After one hour of several was lost: the others, by their place among the services."""
    ids = (visit.lost.get("slots") or "").split(SLOTS_BETWEEN)
    if visit.conflict != policy.ONE_OF_SEVERAL or visit.conflict_about not in ids:
        return {}
    return {place: int(one) for place, one in enumerate(ids) if one != visit.conflict_about}


def _lost_text(visit: Visit, names: Sequence[str]) -> str | None:
    if visit.conflict is None:
        return None
    ids = (visit.lost.get("slots") or "").split(SLOTS_BETWEEN)
    if visit.conflict_about not in ids:
        return _("Una de las horas ya no se puede reservar. Elija otra combinación.")
    name = names[ids.index(visit.conflict_about)]
    return _(
        "La hora de %(service)s ya no se puede reservar. Guardamos las demás: elija otra.",
        service=name,
    )


def _choice(
    plan: Plan, names: Sequence[str], hours: Mapping[int, FreeHour], chosen: str | None
) -> PlanChoice:
    value = SLOTS_BETWEEN.join(str(stay.slot_id) for stay in plan)
    in_order = sorted(zip(plan, names, strict=True), key=lambda pair: pair[0].starts_at)
    zone = hours[plan[0].slot_id].zone
    begins = moment(in_order[0][0].starts_at, zone).hour_text
    ends = moment(max(stay.ends_at for stay in plan), zone).hour_text
    return PlanChoice(
        id=f"plan-{value}",
        value=value,
        text=_("De %(begins)s a %(ends)s", begins=begins, ends=ends),
        lines=tuple(_told(hours[stay.slot_id], name) for stay, name in in_order),
        checked=value == chosen,
    )


def _told(hour: FreeHour, service_name: str) -> str:
    words = moment(hour.starts_at, hour.zone)
    return f"{words.hour_text} · {service_name} · {hour.practitioner_name} · {hour.site_name}"


def _wishes(rules: ClinicRules, visit: Visit, slots: str) -> list[Wish]:
    ids = [int(one) for one in slots.split(SLOTS_BETWEEN)]
    searches = wanted_each(rules, visit)
    return [
        Wish(slot_id, search.service, tuple(place_of(search)))
        for slot_id, search in zip(ids, searches, strict=True)
    ]


def _hold(rules: ClinicRules, session: Session, visit: Visit, new: StepAnswers) -> None:
    """Keep all of the hours for this draft.  Raises ``Conflict``, about the one that is lost."""
    wishes = _wishes(rules, visit, str(new["slots"]))
    stays = agenda_queries.stays_of(session, [wish.slot_id for wish in wishes])
    if not fit(stays, timedelta(minutes=rules.booking.minutes_between_sites)):
        raise Conflict(policy.ONE_OF_SEVERAL)
    hold_all(
        session, rules.booking, wishes,
        draft_id=visit.draft_id, account_id=visit.viewer.account_id,
    )  # fmt: skip


def _keep_others(rules: ClinicRules, session: Session, visit: Visit) -> None:
    """What is left of a combination stays kept, as far as it is still free."""
    kept = _kept(visit)
    if kept:
        wishes = _wishes(rules, visit, str(visit.lost["slots"]))
        hold_some(
            session, rules.booking, [wishes[place] for place in kept],
            draft_id=visit.draft_id, account_id=visit.viewer.account_id,
        )  # fmt: skip
