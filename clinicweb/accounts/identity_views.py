"""«Confirme que es usted»: asked before one's account is changed."""

from flask import Blueprint, Response, g, redirect, request, url_for

from clinicweb.accounts import identity_actions as actions
from clinicweb.accounts import login
from clinicweb.accounts.forms import ConfirmForm
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import NotAllowed, TooManyAttempts
from clinicweb.core.i18n import _
from clinicweb.web.guards import safe_next, signed_in
from clinicweb.web.render import page
from clinicweb.web.waiting import slow_down

bp = Blueprint("identity", __name__)


@bp.get("/mi-perfil/confirmar")
@signed_in
def confirm() -> Response:
    return _confirm_page(ConfirmForm(data={"next": safe_next(request.args.get("next"))}))


@bp.post("/mi-perfil/confirmar")
@signed_in
def do_confirm() -> Response:
    form = ConfirmForm()
    if not form.validate():
        return _confirm_page(form, 422)
    try:
        key = actions.confirm_by_password(current_rules(), g.viewer, form.password.data)
    except NotAllowed:
        form.password.errors = [_("No es su contraseña actual.")]
        return _confirm_page(form, 422)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _confirm_page(form, status))
    login.renew(key)
    return redirect(safe_next(form.next.data), 303)  # type: ignore[return-value]


def _confirm_page(form: ConfirmForm, status: int = 200) -> Response:
    action = url_for("identity.do_confirm")
    return page("accounts/confirm.html", status, form=form, action=action)
