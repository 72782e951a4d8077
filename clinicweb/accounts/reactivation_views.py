"""«Reactivar cuenta», and the pages that its mails lead to.  S3-53…56, S3-70, S3-71."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from clinicweb.accounts import captcha_field, login, one_time
from clinicweb.accounts import reactivation_actions as actions
from clinicweb.accounts.link_pages import problem_page, read_link
from clinicweb.accounts.registration_forms import reactivation_form
from clinicweb.clinic.installed import current_rules, secret_keys
from clinicweb.core import i18n
from clinicweb.core.errors import InvalidInput, NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.i18n import _
from clinicweb.web.guards import public
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("reactivation", __name__)


@bp.before_request
def _need_reactivation() -> None:
    # What an address takes is asked of its guard alone, as everywhere.
    if request.method != "OPTIONS" and not current_rules().recovery.reactivation:
        raise NotFound


@bp.get("/reactivar-cuenta")
@public
def form() -> Response:
    return _form_page(reactivation_form(current_rules()))


@bp.post("/reactivar-cuenta")
@public
def ask() -> Response:
    typed = reactivation_form(current_rules())
    if not typed.validate():
        return _form_page(typed, 422)
    command = actions.AskReactivation(
        affiliation_number=typed.affiliation_number.data,
        card_serial=typed.card_serial.data,
        email=typed.email.data,
        language=i18n.language(),
        address=request.remote_addr or "",
    )
    try:
        captcha_field.check(typed)
        actions.ask(current_rules(), command)
    except InvalidInput:
        return _form_page(typed, 422)
    except TooManyAttempts as limit:
        return slow_down(typed, limit, lambda status: _form_page(typed, status))
    return see_other("reactivation.sent")


@bp.get("/reactivar-cuenta/enviado")
@public
def sent() -> Response:
    """The same for all: whether there is such a card stands in a mail."""
    return page("accounts/reactivation_sent.html")


def _form_page(typed: Any, status: int = 200) -> Response:
    action = url_for("reactivation.ask")
    return page("accounts/reactivation.html", status, form=typed, action=action)


@bp.get("/cuenta/reactivar/<reactivation_token>")
@public
def confirm(reactivation_token: str) -> Response:
    """Opening a link changes nothing: mail scanners open every link."""
    _link_id, problem = read_link(one_time.REACTIVATE, reactivation_token)
    if problem:
        return _problem(problem)
    action = url_for("reactivation.reactivate", reactivation_token=reactivation_token)
    return page("accounts/reactivate.html", action=action)


@bp.post("/cuenta/reactivar/<reactivation_token>")
@public
def reactivate(reactivation_token: str) -> Response:
    """Not a redirect, since the one-use password is shown this once."""
    link_id, problem = read_link(one_time.REACTIVATE, reactivation_token)
    if problem:
        return _problem(problem)
    try:
        password = actions.reactivate(current_rules(), secret_keys(), link_id)
    except NotAllowed as refusal:
        return _problem(refusal.reason)
    login.leave()
    return page(
        "accounts/activated.html",
        password=password,
        next_url=url_for("accounts.sign_in"),
        button=_("Aceptar"),
    )


@bp.get("/cuenta/no-fui-yo/<stop_token>")
@public
def doubt(stop_token: str) -> Response:
    _link_id, problem = read_link(one_time.STOP_REACTIVATION, stop_token)
    if problem:
        return _stop_problem(problem)
    return page("accounts/stop.html", action=url_for("reactivation.stop", stop_token=stop_token))


@bp.post("/cuenta/no-fui-yo/<stop_token>")
@public
def stop(stop_token: str) -> Response:
    link_id, problem = read_link(one_time.STOP_REACTIVATION, stop_token)
    if problem:
        return _stop_problem(problem)
    try:
        is_undone = actions.stop(current_rules(), secret_keys(), link_id)
    except NotAllowed as refusal:
        return _stop_problem(refusal.reason)
    login.leave()
    if is_undone:
        flash(
            _("Deshicimos el cambio. Le enviamos una contraseña temporal a su correo."), "success"
        )
    else:
        flash(_("Detuvimos el cambio: su cuenta sigue como estaba."), "success")
    return see_other("accounts.sign_in")


def _problem(problem: str) -> Response:
    return problem_page(problem, resend_url=None, again_url=url_for("reactivation.form"))


def _stop_problem(problem: str) -> Response:
    """Nobody asks for this link: what still helps is a password that nobody else knows."""
    again_text = _("Recuperar contraseña")
    return problem_page(problem, resend_url=None, again_text=again_text)
