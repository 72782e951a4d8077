"""S0-21, S0-22: what, with whom and when, on one screen; and where to go when it is empty."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy.orm import Session

from clinicweb.booking import policy, queries
from clinicweb.booking.criteria import HourSearch
from clinicweb.booking.forms import SearchForm
from clinicweb.booking.holds import let_go
from clinicweb.booking.steps.shared import step_url, wait_url_of, wanted_hours
from clinicweb.booking.texts import quota_text
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.flow import Step, StepAnswers
from clinicweb.core.i18n import _, counted, day_text, lazy, short_day_text, weekday_text
from clinicweb.web.errors import reason_text
from clinicweb.web.visit import Visit

KEY = "buscar"
_WEEK = timedelta(days=7)
_NEXT_DAYS = 3
_CRITERIA = ("service", "practitioner", "agreement")


@dataclass(frozen=True, slots=True)
class DayButton:
    """A date that can be pressed, and how many hours it has."""

    value: str
    text: str
    weekday_text: str
    hours_text: str
    selected: bool


def step(rules: ClinicRules) -> Step:
    return Step(
        KEY, lazy("Buscar"), form=partial(_form, rules), template="booking/search.html",
        context=partial(_context, rules), depends_on=("patient",), accept=_accept,
    )  # fmt: skip


def _accept(session: Session, visit: Visit, _new: StepAnswers) -> None:
    if visit.find("slot") is None:
        let_go(session, visit.draft_id)


def _form(rules: ClinicRules, visit: Visit) -> SearchForm:
    """The form with what the draft knows, or what the address asks for."""
    form = SearchForm(data=_wanted(visit))
    form.service.label.text = _(rules.labels.service)
    form.practitioner.label.text = _(rules.labels.practitioner)
    form.agreement.label.text = _(rules.labels.agreement)
    services = queries.list_services(visit.viewer)
    form.service.choices = [("", _("Elija…")), *((row.code, row.name) for row in services)]
    if form.service.data not in {row.code for row in services}:
        form.service.data = services[0].code if len(services) == 1 else ""
    _set_practitioners(rules, form, visit)
    _set_agreements(form, visit)
    return form


def _wanted(visit: Visit) -> Mapping[str, Any]:
    kept = visit.answers.get(KEY, {})
    asked = {name: request.args.get(name) for name in _CRITERIA if name in request.args}
    return {**kept, **asked}


def _set_practitioners(rules: ClinicRules, form: SearchForm, visit: Visit) -> None:
    """S3-24: where the clinic wants it, each with their shift."""
    found = queries.list_practitioners(visit.viewer, form.service.data or "")
    shows_shift = rules.booking.shows_shift
    form.practitioner.choices = [("", _("Cualquier profesional"))] + [
        (row.code, f"{row.name} · {row.shift}" if shows_shift and row.shift else row.name)
        for row in found
    ]
    if form.practitioner.data not in {row.code for row in found}:
        form.practitioner.data = ""


def _set_agreements(form: SearchForm, visit: Visit) -> None:
    """S0-22: asked only of people who have several."""
    found = queries.list_agreements(visit.viewer)
    if len(found) < 2:
        del form.agreement
        return
    form.agreement.choices = [(row.code, row.name) for row in found]
    if form.agreement.data not in {row.code for row in found}:
        form.agreement.data = found[0].code


def _context(rules: ClinicRules, visit: Visit, form: SearchForm) -> Mapping[str, Any]:
    today = clock.local_day(clock.now(), rules.identity.timezone)
    limit = today + timedelta(days=rules.booking.horizon_days)
    asked = _asked_day("from") or _answered_day(visit) or today
    first = min(max(asked, today), limit)
    last = first + _WEEK - timedelta(days=1)
    chosen, url = _chosen(form), step_url(visit, KEY)
    context = {
        "refresh_url": url,
        "chosen": tuple(chosen.items()),
        "previous_url": None,
        "next_url": None,
        "days": (),
        "next_days": (),
        "empty_text": _("Elija primero una especialidad para ver las fechas."),
        "period_text": _(rules.labels.day),
        "wait_url": None,
    }
    if not form.service.data:
        return context
    search = replace(
        wanted_hours(rules, visit),
        service=form.service.data,
        practitioner=form.practitioner.data or None,
    )
    counts, beyond_quota = queries.count_free_hours(visit.viewer, search, first=first, last=last)
    selected = visit.find("day")
    days = tuple(_button(day, count, selected) for day, count in counts.items())
    earlier = max(today, first - _WEEK) if first > today else None
    why_empty: Mapping[str, Any] = {"empty_text": None}
    if not days:
        why_empty = _empty_week(rules, visit, search, last, is_quota_taken=bool(beyond_quota))
    return {
        **context,
        **why_empty,
        "days": days,
        "period_text": _period_text(first, last),
        "previous_url": _week_url(url, chosen, earlier),
        "next_url": _week_url(url, chosen, last + timedelta(days=1) if last < limit else None),
    }


def _empty_week(
    rules: ClinicRules, visit: Visit, search: HourSearch, last: date, *, is_quota_taken: bool
) -> Mapping[str, Any]:
    """No hours this week: why, and the next days that have some."""
    found = queries.list_next_days(visit.viewer, search, after=last, most=_NEXT_DAYS)
    text = [
        _quota_taken(rules, search) if is_quota_taken else _("No hay horas libres en estas fechas.")
    ]
    text.append(_("Los próximos días con horas son:") if found else "")
    days = tuple(_button(day, count, None) for day, count in found.items())
    asked = {"servicio": search.service, "profesional": search.practitioner}
    return {
        "empty_text": " ".join(filter(None, text)),
        "next_days": days,
        "wait_url": wait_url_of(rules, visit, **asked),
    }


def _quota_taken(rules: ClinicRules, search: HourSearch) -> str:
    """S3-83 is said of one doctor."""
    return reason_text(policy.WEB_QUOTA_TAKEN) if search.practitioner else quota_text(rules)


def _chosen(form: SearchForm) -> dict[str, str]:
    return {name: form[name].data or "" for name in _CRITERIA if name in form}


def _button(day: date, count: int, selected: str | None) -> DayButton:
    return DayButton(
        value=day.isoformat(),
        text=short_day_text(day),
        weekday_text=weekday_text(day),
        hours_text=counted("%(num)s hora libre", "%(num)s horas libres", count),
        selected=day.isoformat() == selected,
    )


def _period_text(first: date, last: date) -> str:
    return _("Del %(first)s al %(last)s", first=day_text(first, today=first),
             last=day_text(last, today=first))  # fmt: skip


def _week_url(url: str, chosen: Mapping[str, str], first: date | None) -> str | None:
    return f"{url}?{urlencode({**chosen, 'from': first.isoformat()})}" if first else None


def _asked_day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _answered_day(visit: Visit) -> date | None:
    answered = visit.find("day")
    return date.fromisoformat(answered) if answered else None
