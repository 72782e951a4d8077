"""«Recuperar contraseña» by a temporary password: the link in the first mail.  S4-19, S3-75."""

from flask import Blueprint, Response, flash, url_for

from clinicweb.accounts import device_cookie, login, one_time
from clinicweb.accounts import recovery_actions as actions
from clinicweb.accounts.link_pages import problem_page, read_link
from clinicweb.clinic.installed import current_rules, secret_keys
from clinicweb.core import i18n
from clinicweb.core.errors import NotAllowed
from clinicweb.core.i18n import _
from clinicweb.web import browser
from clinicweb.web.guards import public
from clinicweb.web.render import page, see_other

bp = Blueprint("temporary", __name__)


@bp.get("/clave/temporal/<temporary_token>")
@public
def confirm(temporary_token: str) -> Response:
    """Opening the link changes nothing: mail scanners open every link."""
    _link_id, problem = read_link(one_time.TEMPORARY_PASSWORD, temporary_token)
    if problem:
        return _problem(temporary_token, problem)
    action = url_for("temporary.send", temporary_token=temporary_token)
    return page("accounts/temporary.html", action=action)


@bp.post("/clave/temporal/<temporary_token>")
@public
def send(temporary_token: str) -> Response:
    link_id, problem = read_link(one_time.TEMPORARY_PASSWORD, temporary_token)
    if problem:
        return _problem(temporary_token, problem)
    try:
        device_key = actions.send_temporary_password(
            current_rules(), secret_keys(), link_id, device=browser.describe()
        )
    except NotAllowed as refusal:  # pressed twice, or somebody else was faster
        return _problem(temporary_token, refusal.reason)
    login.leave()
    flash(
        _("Le enviamos otro correo, con una contraseña temporal. Al entrar elegirá una propia."),
        "success",
    )
    return device_cookie.give(see_other("accounts.sign_in"), device_key)


@bp.post("/clave/temporal/<temporary_token>/otra-vez")
@public
def renew(temporary_token: str) -> Response:
    """An expired link sends its successor, to the same person, by one press."""
    link_id, problem = read_link(one_time.TEMPORARY_PASSWORD, temporary_token)
    if problem == one_time.EXPIRED:
        actions.send_new_link(current_rules(), link_id, i18n.language())
    return see_other("recovery.sent")


def _problem(temporary_token: str, problem: str) -> Response:
    resend_url = url_for("temporary.renew", temporary_token=temporary_token)
    return problem_page(problem, resend_url=resend_url)
