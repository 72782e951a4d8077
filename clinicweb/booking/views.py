"""Home, the booking flow, and giving an hour back."""

from flask import Blueprint, Response, g, url_for

from clinicweb.booking import (
    cards,
    change_views,
    guide,
    member_views,
    moving_texts,
    policy,
    queries,
    sanctions,
    texts,
)
from clinicweb.booking.flow import book_flow
from clinicweb.booking.moving import Moving
from clinicweb.booking.releasing import Releasing
from clinicweb.booking.waiting_texts import has_waiting_list
from clinicweb.booking.waiting_texts import reasons as waiting_reasons
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT, PRACTITIONER
from clinicweb.family import texts as family_texts
from clinicweb.web.errors import register_reasons
from clinicweb.web.flow_views import mount_flow
from clinicweb.web.guards import role, signed_in
from clinicweb.web.render import page, see_other


@signed_in
def home() -> Response:
    """S0-19, S0-29: what is booked, and the way to book."""
    chat = current_rules().chat
    if chat.is_on and chat.is_home and PRACTITIONER in g.viewer.roles:
        return see_other("chat.conversations")
    rules = policy.hour_rules(current_rules().booking)
    is_patient = PATIENT in g.viewer.roles
    rows = queries.list_next_appointments(g.viewer) if is_patient else ()
    sanction = sanctions.find_sanction(g.viewer, current_rules()) if is_patient else None
    return page(
        "booking/home.html",
        greeting=_("Hola, %(name)s", name=g.viewer.name),
        cards=tuple(cards.card_of(rules, row) for row in rows),
        new_url=url_for("booking.reserva_start") if is_patient and not sanction else None,
        barred_text=texts.barred_text(sanction),
        module=_(current_rules().labels.appointments_module),
        waits_url=url_for("waiting.mine") if is_patient and has_waiting_list() else None,
    )


@role(PATIENT)
def show_guide() -> Response:
    """S1-16, once more: whoever asks for it."""
    end_url = url_for("booking.reserva_start")
    return page("booking/guide.html", slides=guide.slides(), end_url=end_url)


def _releasing(appointment_id: str) -> Releasing:
    action = url_for("booking.do_release", appointment_id=appointment_id)
    return Releasing(g.viewer, appointment_id, action, back_url=url_for("booking.home"))


@role(PATIENT)
def release(appointment_id: str) -> Response:
    return _releasing(appointment_id).ask()


@role(PATIENT)
def do_release(appointment_id: str) -> Response:
    return _releasing(appointment_id).do()


def _moving(appointment_id: str) -> Moving:
    url = url_for("booking.move", appointment_id=appointment_id)
    return Moving(g.viewer, appointment_id, url, back_url=url_for("booking.home"))


@role(PATIENT)
def move(appointment_id: str) -> Response:
    return _moving(appointment_id).choose()


@role(PATIENT)
def keep_hour(appointment_id: str) -> Response:
    return _moving(appointment_id).keep()


@role(PATIENT)
def check_move(appointment_id: str, slot_id: int) -> Response:
    return _moving(appointment_id).ask(slot_id)


@role(PATIENT)
def do_move(appointment_id: str, slot_id: int) -> Response:
    return _moving(appointment_id).do(slot_id)


def blueprint(rules: ClinicRules) -> Blueprint:
    """The routes of the slice, for a clinic with *rules*."""
    bp = Blueprint("booking", __name__)
    register_reasons(texts.reasons(rules))
    register_reasons(moving_texts.reasons(rules))
    register_reasons(waiting_reasons(rules))
    register_reasons(family_texts.reasons(rules))
    bp.add_url_rule("/", "home", home, methods=["GET"])
    rule = "/citas/<public_id:appointment_id>/liberar"
    bp.add_url_rule(rule, "release", release, methods=["GET"])
    bp.add_url_rule(rule, "do_release", do_release, methods=["POST"])
    _mount_moving(bp)
    change_views.mount(bp)
    bp.add_url_rule("/citas/guia", "guide", show_guide, methods=["GET"])
    member_views.mount(bp)
    mount_flow(bp, book_flow(rules), prefix="/reservar", guard=role(PATIENT))
    return bp


def _mount_moving(bp: Blueprint) -> None:
    rule = "/citas/<public_id:appointment_id>/cambiar"
    bp.add_url_rule(rule, "move", move, methods=["GET"])
    bp.add_url_rule(rule, "keep_hour", keep_hour, methods=["POST"])
    bp.add_url_rule(f"{rule}/<int:slot_id>", "check_move", check_move, methods=["GET"])
    bp.add_url_rule(f"{rule}/<int:slot_id>", "do_move", do_move, methods=["POST"])
