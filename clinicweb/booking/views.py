"""Home, the booking flow, and giving an hour back."""

from flask import Blueprint, Response, flash, g, request, url_for

from clinicweb.booking import actions, cards, guide, policy, queries, sanctions, texts
from clinicweb.booking.flow import book_flow
from clinicweb.booking.forms import ReleaseForm
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.errors import Conflict, NotAllowed
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT
from clinicweb.web.errors import reason_text, register_reasons
from clinicweb.web.flow_views import mount_flow
from clinicweb.web.guards import role, signed_in
from clinicweb.web.render import page, see_other


def _card(appointment_id: str) -> cards.AppointmentCard:
    row = queries.get_appointment(g.viewer, appointment_id)
    return cards.card_of(policy.hour_rules(current_rules().booking), row)


@signed_in
def home() -> Response:
    """S0-19, S0-29: what is booked, and the way to book."""
    rules = policy.hour_rules(current_rules().booking)
    is_patient = PATIENT in g.viewer.roles
    rows = queries.list_next_appointments(g.viewer) if is_patient else ()
    sanction = sanctions.find_sanction(g.viewer, current_rules()) if is_patient else None
    return page(
        "booking/home.html",
        greeting=_("Hola, %(name)s", name=g.viewer.name),
        cards=tuple(cards.card_of(rules, row) for row in rows),
        new_url=url_for("booking.reserva_start") if is_patient and not sanction else None,
        barred_text=_barred_text(sanction),
        module=_(current_rules().labels.appointments_module),
    )


def _barred_text(sanction: sanctions.SanctionRow | None) -> str | None:
    if sanction is None:
        return None
    return reason_text(policy.BARRED, until=sanction.until, why=sanction.reason)


@role(PATIENT)
def show_guide() -> Response:
    """S1-16, once more: whoever asks for it."""
    shown = guide.slide_context(url_for("booking.guide"), request.args.get("lamina"))
    return page("booking/guide.html", end_url=url_for("booking.reserva_start"), **shown)


@role(PATIENT)
def release(appointment_id: str) -> Response:
    """S0-30, S3-34: what would be given back, and what that costs, before it is."""
    card = _card(appointment_id)
    if not card.release.allowed:
        return _already_released(card)
    return _ask_to_release(card)


def _ask_to_release(card: cards.AppointmentCard, changed: str = "", status: int = 200) -> Response:
    cost = sanctions.find_consequence(g.viewer, current_rules(), card.starts_at)
    form = ReleaseForm(formdata=None, agreed=cost.code if cost else "")
    if changed:
        form.form_errors.append(changed)
    return page(
        "booking/release.html",
        status,
        card=card,
        form=form,
        cost_text=texts.consequence_text(current_rules(), cost),
        action=card.release.url,
        back_url=url_for("booking.home"),
    )


def _already_released(card: cards.AppointmentCard) -> Response:
    flash(card.release.text, "info")
    return see_other("booking.home")


@role(PATIENT)
def do_release(appointment_id: str) -> Response:
    agreed = ReleaseForm().agreed.data or ""
    command = actions.ReleaseAppointment(g.viewer, appointment_id, agreed)
    try:
        actions.release_appointment(current_rules(), command)
    except NotAllowed:
        return _already_released(_card(appointment_id))
    except Conflict as conflict:
        return _ask_to_release(_card(appointment_id), reason_text(conflict.code), 409)
    flash(_("Su hora quedó liberada."), "success")
    return see_other("booking.home")


def blueprint(rules: ClinicRules) -> Blueprint:
    """The routes of the slice, for a clinic with *rules*."""
    bp = Blueprint("booking", __name__)
    register_reasons(texts.reasons(rules))
    bp.add_url_rule("/", "home", home, methods=["GET"])
    rule = "/citas/<public_id:appointment_id>/liberar"
    bp.add_url_rule(rule, "release", release, methods=["GET"])
    bp.add_url_rule(rule, "do_release", do_release, methods=["POST"])
    bp.add_url_rule("/citas/guia", "guide", show_guide, methods=["GET"])
    mount_flow(bp, book_flow(rules), prefix="/reservar", guard=role(PATIENT))
    return bp
