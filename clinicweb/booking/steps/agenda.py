"""S1-28: the agenda: days as buttons, and the hours of one of them by morning and afternoon."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from clinicweb.booking import agenda_queries, days, queries
from clinicweb.booking.agenda_queries import FreeStart
from clinicweb.booking.criteria import HourSearch, place_of
from clinicweb.booking.forms import SlotForm
from clinicweb.booking.holds import hold_slot
from clinicweb.booking.hours import hour_groups, shared_text
from clinicweb.booking.steps import dates, what
from clinicweb.booking.steps.hour import slot_form
from clinicweb.booking.steps.shared import (
    hours_of_day,
    lost_hours,
    step_url,
    wait_url_of,
    wanted_hours,
)
from clinicweb.booking.steps.trail import trail
from clinicweb.booking.texts import quota_text
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.flow import Answers, Step, StepAnswers, find
from clinicweb.core.i18n import _, day_text, lazy
from clinicweb.web.visit import Visit

KEY = "agenda"
# Days are looked at by so many: what a page holds does not grow with the period.
_STRETCH = timedelta(days=14)


def step(rules: ClinicRules) -> Step:
    return Step(
        KEY, lazy("Agenda"), form=slot_form, template="booking/agenda.html",
        context=partial(_context, rules), accept=partial(_hold, rules),
        applies=_is_for_one,
        depends_on=("service", "practitioner", "modality", "city", "site",
                    "first_day", "last_day", "part"),
    )  # fmt: skip


def _is_for_one(answers: Answers) -> bool:
    return find(answers, "by") != what.SEVERAL


def stretch(visit: Visit, length: timedelta = _STRETCH) -> tuple[date, date]:
    """The days that the page is about: those asked for, within the period that was chosen."""
    first, last = _period(visit)
    first = min(max(first, days.asked_day("desde") or first), last)
    return first, min(last, first + length - timedelta(days=1))


def _period(visit: Visit) -> tuple[date, date]:
    first, last = visit.find("first_day"), visit.find("last_day")
    return date.fromisoformat(str(first)), date.fromisoformat(str(last))


def _context(rules: ClinicRules, visit: Visit, form: SlotForm) -> Mapping[str, Any]:
    wanted = wanted_hours(rules, visit)
    first, last = stretch(visit)
    starts = agenda_queries.list_free_starts(visit.viewer, wanted, first=first, last=last)
    starts = tuple(start for start in starts if dates.is_in_part(start, visit.find("part")))
    counts = Counter(start.day for start in starts)
    day = days.chosen_day(counts)
    told = {one: days.hours_text(count) for one, count in counts.items()}
    return {
        **_hours(visit, wanted, day, form),
        "days": day_links(visit, KEY, told, day, first),
        "pages": pages(visit, KEY, (first, last), _STRETCH),
        "empty": _empty(rules, visit, wanted, (first, last)) if not counts else None,
        "day_text": day_text(day, today=first) if day else "",
        "dates_url": step_url(visit, dates.KEY),
        "wait_url": wait_url_of(rules, visit),
        "trail": trail(visit, before=KEY),
    }


def day_links(
    visit: Visit, key: str, days_text: Mapping[date, str], now: date | None, first: date
) -> tuple[days.DayLink, ...]:
    """The days of the step *key*, each with what it has in words."""
    return days.day_links(f"{step_url(visit, key)}?", days_text, now, first)


def pages(
    visit: Visit, key: str, shown: tuple[date, date], length: timedelta
) -> Mapping[str, str | None]:
    """The ways to the days before and after those that the step *key* shows."""
    return days.pages(f"{step_url(visit, key)}?", shown, _period(visit), length)


def _hours(visit: Visit, wanted: HourSearch, day: date | None, form: SlotForm) -> Mapping[str, Any]:
    found = hours_of_day(visit, wanted, day) if day else ()
    part = visit.find("part")
    hours = [
        hour
        for hour in found
        if dates.is_in_part(FreeStart(hour.day, hour.starts_at, hour.zone), part)
    ]
    lost = lost_hours(visit, wanted)
    shown = {choice.value for choice in lost[1]} if lost else set[str]()
    others = [hour for hour in hours if str(hour.slot_id) not in shown]
    return {
        "groups": hour_groups(others, form.slot.data),
        "shared_text": shared_text(others),
        "lost": lost,
    }


def _empty(
    rules: ClinicRules, visit: Visit, wanted: HourSearch, period: tuple[date, date]
) -> Mapping[str, Any]:
    """Nothing in these days: why, the next one with hours, and the way there."""
    first, last = period
    _counts, beyond = queries.count_free_hours(visit.viewer, wanted, first=first, last=last)
    text = [quota_text(rules) if beyond else _("No hay horas libres en estas fechas.")]
    found = list(queries.list_next_days(visit.viewer, wanted, after=last, most=1))
    if not found:
        return {"text": text[0], "url": None, "day_text": ""}
    text.append(_("El próximo día con horas es:"))
    return {
        "text": " ".join(text),
        "url": f"{step_url(visit, dates.KEY)}?desde={found[0]}",
        "day_text": day_text(found[0], today=last),
    }


def _hold(rules: ClinicRules, session: Session, visit: Visit, new: StepAnswers) -> None:
    """Keep the hour for this draft.  Raises ``Conflict``."""
    wanted = wanted_hours(rules, visit)
    hold_slot(
        session,
        rules.booking,
        int(new["slot"] or 0),
        service=wanted.service,
        draft_id=visit.draft_id,
        account_id=visit.viewer.account_id,
        also=place_of(wanted),
    )
