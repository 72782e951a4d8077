"""S1-27: from when to when, and at what time of day; then «Ver agenda»."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from flask import request
from wtforms import DateField, RadioField, ValidationError
from wtforms.validators import InputRequired

from clinicweb.booking.agenda_queries import FreeStart
from clinicweb.booking.steps.trail import trail
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.flow import Step
from clinicweb.core.forms import Form
from clinicweb.core.i18n import _, day_text, lazy
from clinicweb.web.visit import Visit

KEY = "fechas"
MORNING, AFTERNOON = "morning", "afternoon"
_NOON = time(12)
_USUAL = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Period:
    """The days that can be chosen, both inclusive, and the one that it is."""

    today: date
    last: date


class PeriodForm(Form):
    """Two days of *period*, the later one last; each form says where they stand."""

    first_day: DateField
    period: Period

    def validate_first_day(self, field: Any) -> None:
        if field.data and not self.period.today <= field.data <= self.period.last:
            raise ValidationError(beyond_text(self.period))

    def validate_last_day(self, field: Any) -> None:
        if field.data and field.data > self.period.last:
            raise ValidationError(beyond_text(self.period))
        if field.data and self.first_day.data and field.data < self.first_day.data:
            raise ValidationError(_("El último día no puede ser antes del primero."))


class DatesForm(PeriodForm):
    first_day = DateField(
        lazy("Desde"), validators=[InputRequired(lazy("Elija desde qué día."))],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    last_day = DateField(
        lazy("Hasta"), validators=[InputRequired(lazy("Elija hasta qué día."))],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    part = RadioField(
        lazy("Horario"),
        validators=[InputRequired(lazy("Elija un horario."))],
    )


def beyond_text(period: Period) -> str:
    return _(
        "Se puede elegir del %(first)s al %(last)s.",
        first=day_text(period.today, today=period.today),
        last=day_text(period.last, today=period.today),
    )


def step(rules: ClinicRules) -> Step:
    return Step(
        KEY, lazy("Fechas"), form=partial(_form, rules), template="booking/dates.html",
        context=_context,
    )  # fmt: skip


def period_of(rules: ClinicRules) -> Period:
    today = clock.local_day(clock.now(), rules.identity.timezone)
    return Period(today, today + timedelta(days=rules.booking.horizon_days))


def _form(rules: ClinicRules, visit: Visit) -> DatesForm:
    period = period_of(rules)
    asked = _day(request.args.get("desde"))
    first = asked or _day(visit.find("first_day")) or period.today
    first = min(max(first, period.today), period.last)
    last = None if asked else _day(visit.find("last_day"))
    last = min(last if last and last >= first else first + _USUAL, period.last)
    form = DatesForm(
        data={"first_day": first, "last_day": last, "part": visit.find("part") or "any"}
    )
    form.period = period
    form.part.choices = [("any", _("Todo el día")), (MORNING, _("Mañana")), (AFTERNOON, _("Tarde"))]
    for field in (form.first_day, form.last_day):
        field.render_kw |= {"min": period.today.isoformat(), "max": period.last.isoformat()}
    return form


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _context(visit: Visit, _form: DatesForm) -> Mapping[str, Any]:
    return {"trail": trail(visit, before=KEY)}


def is_in_part(start: FreeStart, part: str | None) -> bool:
    """Whether an hour begins at the time of day that was chosen, on the site's clock."""
    if part not in (MORNING, AFTERNOON):
        return True
    is_morning = clock.local(start.starts_at, start.zone).time() < _NOON
    return is_morning == (part == MORNING)
