"""«Mis datos»: another telephone, by a code sent there where texts can be sent."""

from flask import Blueprint, Response, flash, g, request, url_for

from clinicweb.accounts import phone_actions as actions
from clinicweb.accounts.own_data import OwnData, get_own_data
from clinicweb.accounts.own_data_actions import ChangeContact
from clinicweb.accounts.own_data_views import is_present, shown_anew
from clinicweb.accounts.registration_forms import CodeForm, change_form
from clinicweb.clinic.installed import current_rules, secret_keys
from clinicweb.core.errors import Conflict, NotAllowed, TooManyAttempts
from clinicweb.core.forms import Form
from clinicweb.core.i18n import _
from clinicweb.notifications.queries import can_text
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import recently_confirmed
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("phone", __name__)


@bp.get("/mis-datos/telefono")
@recently_confirmed
def show() -> Response:
    own = get_own_data(g.viewer)
    return _phone_page(change_form(current_rules(), "phone", {"seen": own.seen}), own)


@bp.post("/mis-datos/telefono")
@recently_confirmed
def change() -> Response:
    own = get_own_data(g.viewer)
    form = change_form(current_rules(), "phone", {})
    if not form.validate() or is_present(form.phone, own.phone):
        return _phone_page(form, own, 422)
    try:
        return _change(ChangeContact(g.viewer, form.phone.data, form.seen.data))
    except Conflict as conflict:
        return _phone_page(shown_anew(form, conflict), get_own_data(g.viewer), 409)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _phone_page(form, own, status))


def _change(command: ChangeContact) -> Response:
    rules = current_rules()
    if can_text(rules, command.value):
        change_id = actions.ask_phone_change(rules, command, request.remote_addr or "")
        return see_other("phone.code", change_id=change_id)
    actions.change_phone(rules, command)
    return _changed()


def _changed() -> Response:
    flash(_("Su teléfono cambió."), "success")
    return see_other("own_data.home")


@bp.get("/mis-datos/telefono/<public_id:change_id>")
@recently_confirmed
def code(change_id: str) -> Response:
    return _code_page(change_id, CodeForm())


@bp.post("/mis-datos/telefono/<public_id:change_id>")
@recently_confirmed
def enter_code(change_id: str) -> Response:
    actions.find_asked_phone(g.viewer, change_id)
    form = CodeForm()
    if not form.validate():
        return _code_page(change_id, form, 422)
    try:
        actions.confirm_phone(current_rules(), secret_keys(), g.viewer, change_id, form.code.data)
    except NotAllowed as refusal:
        form.code.errors = [reason_text(refusal.reason)]
        return _code_page(change_id, form, 422)
    return _changed()


def _code_page(change_id: str, form: CodeForm, status: int = 200) -> Response:
    return page(
        "accounts/phone_code.html",
        status,
        form=form,
        phone=actions.find_asked_phone(g.viewer, change_id),
        action=url_for("phone.enter_code", change_id=change_id),
    )


def _phone_page(form: Form, own: OwnData, status: int = 200) -> Response:
    form.phone.label.text = _("Teléfono nuevo")
    return page(
        "accounts/change_contact.html",
        status,
        form=form,
        field=form.phone,
        heading=_("Cambiar mi teléfono"),
        present=own.phone,
        hint=_("Si es un móvil, le enviamos un código para confirmarlo. Le avisamos por correo."),
        button=_("Guardar"),
        action=url_for("phone.change"),
    )
