"""S0-23: one of the free hours of the day that was chosen."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from clinicweb.booking.forms import SlotForm
from clinicweb.booking.holds import hold_slot
from clinicweb.booking.hours import hour_groups, shared_text
from clinicweb.booking.steps.shared import (
    change_url,
    hours_of_day,
    lost_hours,
    wait_url_of,
    wanted_hours,
)
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.flow import Step, StepAnswers
from clinicweb.core.i18n import _, day_text, lazy
from clinicweb.web.visit import Visit

KEY = "hora"


def step(rules: ClinicRules) -> Step:
    return Step(
        KEY, lazy("Elegir hora"), form=slot_form, template="booking/slot.html",
        context=partial(_context, rules), depends_on=("service", "practitioner", "day"),
        accept=partial(hold, rules),
    )  # fmt: skip


def slot_form(visit: Visit) -> SlotForm:
    form = SlotForm(data={"slot": visit.find("slot")})
    form.slot.choices = []
    return form


def _context(rules: ClinicRules, visit: Visit, form: SlotForm) -> Mapping[str, Any]:
    day = date.fromisoformat(str(visit.find("day")))
    wanted = wanted_hours(rules, visit)
    hours = hours_of_day(visit, wanted, day)
    lost = lost_hours(visit, wanted)
    shown = {choice.value for choice in lost[1]} if lost else set()
    others = [hour for hour in hours if str(hour.slot_id) not in shown]
    zone = hours[0].zone if hours else rules.identity.timezone
    return {
        "groups": hour_groups(others, form.slot.data),
        "shared_text": shared_text(others),
        "lost": lost,
        "day_text": day_text(day, today=clock.local_day(clock.now(), zone)),
        "empty_text": _("Ya no quedan horas libres este día. Elija otra fecha."),
        "change_url": change_url(visit, "day"),
        "wait_url": wait_url_of(rules, visit),
        "has_window": rules.booking.summary_window,
    }


def hold(rules: ClinicRules, session: Session, visit: Visit, new: StepAnswers) -> None:
    """Keep the hour for this draft.  Raises ``Conflict``."""
    hold_slot(
        session,
        rules.booking,
        int(new["slot"] or 0),
        service=visit.find("service") or "",
        draft_id=visit.draft_id,
        account_id=visit.viewer.account_id,
    )
