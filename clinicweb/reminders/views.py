"""Where a reminder's link leads: confirm, or give the hour back.  GET changes nothing."""

from typing import Any

from flask import Blueprint, Response, flash, url_for

from clinicweb.booking.actions import ReleaseAppointment, release_appointment
from clinicweb.booking.forms import ReleaseForm
from clinicweb.booking.mail import REMINDER_LIFETIME, REMINDER_PURPOSE
from clinicweb.booking.sanctions import find_consequence
from clinicweb.booking.texts import consequence_text, modality_text
from clinicweb.clinic.installed import current_rules, secret_keys
from clinicweb.core import tokens
from clinicweb.core.errors import Conflict, NotAllowed, NotFound
from clinicweb.core.i18n import _, lazy, moment
from clinicweb.reminders import actions, queries
from clinicweb.web.errors import reason_text, register_reasons
from clinicweb.web.guards import public
from clinicweb.web.render import page, see_other

bp = Blueprint("reminders", __name__)
register_reasons(
    {actions.NOT_UPCOMING: lazy("Esta hora ya pasó o ya fue liberada. No hay nada que hacer.")}
)


@bp.get("/citas/aviso/<reminder_token>")
@public
def answer(reminder_token: str) -> Response:
    return _answer_page(reminder_token)


@bp.post("/citas/aviso/<reminder_token>/confirmar")
@public
def confirm(reminder_token: str) -> Response:
    try:
        actions.confirm_by_link(_appointment_id(reminder_token))
    except NotAllowed:  # the page says why
        return _answer_page(reminder_token, status=409)
    flash(_("Gracias: la clínica sabe que asistirá."), "success")
    return see_other("reminders.answer", reminder_token=reminder_token)


@bp.post("/citas/aviso/<reminder_token>/liberar")
@public
def release(reminder_token: str) -> Response:
    """Under the same rules, and with the same consequences, as on the portal's own pages."""
    appointment_id = _appointment_id(reminder_token)
    holder = queries.find_holder(current_rules(), appointment_id)
    if holder is None:
        raise NotFound
    agreed = ReleaseForm().agreed.data or ""
    try:
        release_appointment(current_rules(), ReleaseAppointment(holder, appointment_id, agreed))
    except (NotAllowed, Conflict) as problem:
        return _answer_page(reminder_token, status=409, problem=_words(problem))
    flash(_("Su hora quedó liberada. Gracias: otra persona podrá tomarla."), "success")
    return see_other("reminders.answer", reminder_token=reminder_token)


def _words(problem: NotAllowed | Conflict) -> str:
    return reason_text(problem.reason if isinstance(problem, NotAllowed) else problem.code)


def _answer_page(token: str, status: int = 200, problem: str = "") -> Response:
    appointment_id = _appointment_id(token)
    rules = current_rules()
    hour = queries.find_reminded_hour(appointment_id)
    holder = queries.find_holder(rules, appointment_id)
    cost = find_consequence(holder, rules, hour.starts_at) if holder else None
    form = ReleaseForm(formdata=None, agreed=cost.code if cost else "")
    if problem:
        form.form_errors.append(problem)
    return page(
        "reminders/answer.html",
        status,
        form=form,
        cost_text=consequence_text(rules, cost),
        release_url=url_for("reminders.release", reminder_token=token) if holder else None,
        **_shown(token, hour),
    )


def _shown(token: str, hour: queries.RemindedHour) -> dict[str, Any]:
    return {
        "when_text": moment(hour.starts_at, hour.zone).when_text,
        "facts": (hour.practitioner_name, _place(hour)),
        "is_upcoming": hour.is_upcoming,
        "is_confirmed": hour.is_confirmed,
        "over_text": reason_text(actions.NOT_UPCOMING),
        "confirm_url": url_for("reminders.confirm", reminder_token=token),
    }


def _place(hour: queries.RemindedHour) -> str:
    return modality_text(hour.modality) if hour.modality == "virtual" else hour.site_text


def _appointment_id(token: str) -> str:
    try:
        return tokens.read(secret_keys(), REMINDER_PURPOSE, token, max_age=REMINDER_LIFETIME)
    except tokens.BadToken:
        raise NotFound from None
