"""S0-31…S0-36: from «Comenzar» to the box, as the patient walks it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, g, request, url_for

from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.errors import NotAllowed
from clinicweb.core.i18n import _, moment
from clinicweb.core.text import paragraphs
from clinicweb.core.viewer import PATIENT
from clinicweb.video import attendance, attention_actions, attention_queries, waiting_room_views
from clinicweb.video import attention_context as context
from clinicweb.video import attention_policy as policy
from clinicweb.video import attention_texts as texts
from clinicweb.video.attention_forms import ConsentForm, NameForm
from clinicweb.video.attention_rows import RoomRow
from clinicweb.video.boxes import acting_for
from clinicweb.web.errors import reason_text, register_reasons
from clinicweb.web.guards import role
from clinicweb.web.render import page, part, see_other, wants_part

patients = role(PATIENT)
_PLACE = "video/_place.html"


@patients
def room(appointment_id: str) -> Response:
    """The step that is open; asked for again and again, it says that the person is there."""
    row = attention_queries.get_room(g.viewer, current_rules(), appointment_id)
    attendance.note_present(row)
    if wants_part(_PLACE):
        return part(_PLACE, **context.place_context(row))
    return _room(row)


def _room(row: RoomRow, status: int = 200, **forms: Any) -> Response:
    shown = {
        "consent_form": ConsentForm(formdata=None),
        "name_form": NameForm(formdata=None, data={"name": row.person_name}),
    }
    return page("video/room.html", status, **context.room_context(row) | shown | forms)


def _refused(appointment_id: str, **forms: Any) -> Response:
    """The page with what was typed."""
    row = attention_queries.get_room(g.viewer, current_rules(), appointment_id)
    return _room(row, 422, **forms)


@patients
def accept(appointment_id: str) -> Response:
    """Asked once: the text that was read, and none that came since."""
    form = ConsentForm()
    if not form.validate():
        return _refused(appointment_id, consent_form=form)
    acting = acting_for(g.viewer, current_rules(), appointment_id)
    command = attention_actions.AcceptTelecare(
        acting, appointment_id, form.shown.data or "", request.remote_addr or ""
    )
    if not attention_actions.accept_telecare(current_rules(), command):
        flash(_("La clínica cambió el texto mientras usted leía. Léalo de nuevo."), "warning")
    return see_other("attention.room", appointment_id=appointment_id)


@patients
def confirm_name(appointment_id: str) -> Response:
    """S0-34."""
    form = NameForm()
    if not form.validate():
        return _refused(appointment_id, name_form=form)
    acting, name = acting_for(g.viewer, current_rules(), appointment_id), form.name.data
    confirm = attention_actions.confirm_name
    return _done(appointment_id, lambda: confirm(current_rules(), acting, appointment_id, name))


@patients
def arrive(appointment_id: str) -> Response:
    acting, act = acting_for(g.viewer, current_rules(), appointment_id), attention_actions.arrive
    return _done(appointment_id, lambda: act(current_rules(), acting, appointment_id))


@patients
def leave(appointment_id: str) -> Response:
    acting, act = acting_for(g.viewer, current_rules(), appointment_id), attention_actions.leave
    return _done(appointment_id, lambda: act(current_rules(), acting, appointment_id))


def _done(appointment_id: str, act: Callable[[], None]) -> Response:
    """Where it is shut by now, or a step is missing, the page shows which."""
    try:
        act()
    except NotAllowed as refusal:
        if refusal.reason == policy.NOT_READY:
            flash(reason_text(refusal.reason), "info")
    return see_other("attention.room", appointment_id=appointment_id)


@patients
def consented() -> Response:
    """What they consented to stays readable, word by word, whatever the clinic asks today."""
    zone = current_rules().identity.timezone
    lines = [
        (one, paragraphs(one.text), moment(one.accepted_at, zone).when_text)
        for one in attention_queries.find_consent(g.viewer)
    ]
    return page(
        "video/consented.html",
        lines=lines,
        written_in=current_rules().identity.default_language,
        back_url=url_for("profile.profile"),
    )


def blueprint(rules: ClinicRules) -> Blueprint:
    """The routes of appointments by video, for a clinic with *rules*."""
    bp = Blueprint("attention", __name__)
    register_reasons(texts.reasons(rules))
    has_boxes = rules.video.in_appointments
    bp.app_context_processor(lambda: {"has_boxes": has_boxes})
    one = "/citas/<public_id:appointment_id>/entrar"
    routes: tuple[tuple[str, Callable[..., Response], str], ...] = (
        (one, room, "GET"),
        (f"{one}/consentimiento", accept, "POST"),
        (f"{one}/nombre", confirm_name, "POST"),
        (f"{one}/aqui", arrive, "POST"),
        (f"{one}/salir", leave, "POST"),
        ("/mi-perfil/teleconsulta", consented, "GET"),
    )
    for rule, view, method in routes:
        bp.add_url_rule(rule, view.__name__, view, methods=[method])
    waiting_room_views.mount(bp)
    return bp
