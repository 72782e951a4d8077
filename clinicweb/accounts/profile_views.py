"""«Mi perfil»: one's own names, password and sessions.  S0-39, S0-40, S4-20."""

from flask import Blueprint, Response, flash, g, url_for

from clinicweb.accounts import queries
from clinicweb.accounts import recovery_actions as actions
from clinicweb.accounts.forms import ChangePasswordForm
from clinicweb.accounts.password_rules import password_rules, ticked
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import NotAllowed, TooManyAttempts
from clinicweb.core.i18n import _
from clinicweb.web.guards import signed_in
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("profile", __name__)


@bp.get("/mi-perfil")
@signed_in
def profile() -> Response:
    return page(
        "accounts/profile.html",
        name=g.viewer.name,
        users=queries.list_users(g.viewer, document_types=current_rules().sign_in.document_types),
        password_url=url_for("profile.password"),
        sessions_url=url_for("accounts.sessions"),
    )


@bp.get("/mi-perfil/clave")
@signed_in
def password() -> Response:
    return _password_page(ChangePasswordForm())


@bp.post("/mi-perfil/clave")
@signed_in
def change_password() -> Response:
    form, rules = ChangePasswordForm(), current_rules()
    if not form.check(password_rules(rules.passwords)):
        return _password_page(form, status=422)
    command = actions.ChangePassword(g.viewer, form.current.data, form.password.data)
    try:
        actions.change_password(rules, command)
    except NotAllowed:
        form.current.errors = [_("No es su contraseña actual.")]
        return _password_page(form, status=422)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _password_page(form, status))
    flash(_("Su contraseña cambió. Cerramos sus otras sesiones."), "success")
    return see_other("profile.profile")


def _password_page(form: ChangePasswordForm, status: int = 200) -> Response:
    return page(
        "accounts/change_password.html",
        status,
        form=form,
        action=url_for("profile.change_password"),
        rules=ticked(password_rules(current_rules().passwords), ""),
        review_url=url_for("recovery.review"),
    )
