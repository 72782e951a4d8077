"""«Avisos en este equipo»: where a browser is allowed to show word of messages, or not any more."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, g, make_response, url_for

from clinicweb.clinic.installed import current_rules, current_settings
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.i18n import _, lazy, moment
from clinicweb.core.viewer import PATIENT, PRACTITIONER
from clinicweb.notifications import push_actions, push_addresses, push_queries
from clinicweb.notifications.push_actions import AllowPush
from clinicweb.notifications.push_forms import PushForm
from clinicweb.notifications.vapid import key_of, public_key
from clinicweb.web.assets import ROOT
from clinicweb.web.browser import describe
from clinicweb.web.errors import reason_text, register_reasons
from clinicweb.web.guards import public, role
from clinicweb.web.render import page, see_other

bp = Blueprint("push", __name__)
tellable = role(PATIENT, PRACTITIONER)
_UNKNOWN = lazy("No podemos enviar avisos a este navegador. Pruebe con otro.")
register_reasons({push_addresses.NO_SERVICE: _UNKNOWN, push_addresses.NO_KEYS: _UNKNOWN})


@dataclass(frozen=True, slots=True)
class DeviceLine:
    id: str
    mark: str
    device_text: str
    since_text: str
    end_url: str


@bp.before_request
def _is_offered() -> None:
    if not current_rules().chat.pushes:
        raise NotFound


@bp.get("/mi-perfil/avisos")
@tellable
def devices() -> Response:
    return _show(PushForm(formdata=None))


def _show(form: PushForm, status: int = 200) -> Response:
    zone = current_rules().identity.timezone
    lines = tuple(
        DeviceLine(
            id=row.public_id,
            mark=row.mark,
            device_text=row.device or _("Navegador"),
            since_text=moment(row.created_at, zone).when_text,
            end_url=url_for("push.end", push_device_id=row.public_id),
        )
        for row in push_queries.list_push_devices(g.viewer)
    )
    key = public_key(key_of(current_settings().vapid_key()))
    return page("notifications/devices.html", status, form=form, devices=lines, key=key)


@bp.post("/mi-perfil/avisos")
@tellable
def allow() -> Response:
    form = PushForm()
    if not form.validate():
        return _refused(form)
    command = AllowPush(
        viewer=g.viewer,
        endpoint=form.endpoint.data,
        p256dh=form.p256dh.data,
        auth=form.auth.data,
        device=describe(),
    )
    try:
        services = current_settings().push_services or push_addresses.KNOWN
        push_actions.allow_push(services, command)
    except NotAllowed as refusal:
        return _refused(form, reason_text(refusal.reason))
    flash(_("Este equipo le avisará cuando tenga mensajes."), "success")
    return see_other("push.devices")


def _refused(form: PushForm, problem: str = "") -> Response:
    """Hidden fields: what is wrong with them is no business of whoever pressed the button."""
    form.form_errors = [problem or str(_UNKNOWN)]
    return _show(form, 422)


@bp.post("/mi-perfil/avisos/<public_id:push_device_id>/quitar")
@tellable
def end(push_device_id: str) -> Response:
    push_actions.end_push(g.viewer, push_device_id)
    flash(_("Ese equipo ya no le avisará."), "success")
    return see_other("push.devices")


@bp.get("/sw.js")
@public
def worker() -> Response:
    """From the root, for the whole portal; never kept by anybody on the way."""
    response = make_response((ROOT / "js" / "sw.js").read_text("utf-8"))
    response.mimetype = "text/javascript"
    return response
