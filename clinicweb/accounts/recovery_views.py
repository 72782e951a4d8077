"""Help for who cannot come in, and the pages that mailed links lead to."""

from flask import Blueprint, Response, current_app, flash, g, make_response, request, url_for

from clinicweb.accounts import login, one_time
from clinicweb.accounts import recovery_actions as actions
from clinicweb.accounts.actions import sign_out
from clinicweb.accounts.forms import HelpForm, NewPasswordForm
from clinicweb.accounts.password_rules import password_rules, ticked
from clinicweb.accounts.policy import LONGEST_PASSWORD
from clinicweb.clinic.installed import current_rules
from clinicweb.config import Settings
from clinicweb.core import i18n, tokens
from clinicweb.core.errors import NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.i18n import _
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import public
from clinicweb.web.render import page, part, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("recovery", __name__)


@bp.get("/recuperar/usuario")
@public
def username() -> Response:
    return _help_page(HelpForm(), actions.USERNAME_FORGOTTEN)


@bp.post("/recuperar/usuario")
@public
def ask_username() -> Response:
    return _ask(actions.USERNAME_FORGOTTEN)


@bp.get("/recuperar/clave")
@public
def password() -> Response:
    return _help_page(HelpForm(), actions.PASSWORD_FORGOTTEN)


@bp.post("/recuperar/clave")
@public
def ask_password() -> Response:
    return _ask(actions.PASSWORD_FORGOTTEN)


@bp.get("/recuperar/enviado")
@public
def sent() -> Response:
    """The same for known and unknown people: whoever is meant has a mail."""
    return page("accounts/help_sent.html")


def _ask(kind: str) -> Response:
    form = HelpForm()
    if not form.validate():
        return _help_page(form, kind, status=422)
    command = actions.AskForHelp(
        kind, form.identifier.data, i18n.language(), request.remote_addr or ""
    )
    try:
        actions.ask_for_help(current_rules(), command)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _help_page(form, kind, status))
    return see_other("recovery.sent")


def _help_page(form: HelpForm, kind: str, status: int = 200) -> Response:
    labels = current_rules().labels
    if kind == actions.USERNAME_FORGOTTEN:
        form.identifier.label.text = _("Correo electrónico")
        form.identifier.render_kw = {**form.identifier.render_kw, "autocomplete": "email"}
        heading, hint = _(labels.recover_user), _("Le enviaremos sus usuarios a ese correo.")
        action = url_for("recovery.ask_username")
    else:
        form.identifier.label.text = _(labels.recovery_identifier)
        heading, hint = _(labels.recover_password), _("Le enviaremos un enlace a su correo.")
        action = url_for("recovery.ask_password")
    return page("accounts/help.html", status, form=form, heading=heading, hint=hint, action=action)


@bp.get("/clave/nueva/<token>")
@public
def new_password(token: str) -> Response:
    """Opening the link changes nothing: mail scanners open every link."""
    return _new_password_page(token, NewPasswordForm())


@bp.post("/clave/nueva/<token>")
@public
def set_password(token: str) -> Response:
    form, rules = NewPasswordForm(), password_rules(current_rules().passwords)
    link_id, state = _link(token)
    if state.problem or not form.check(rules):
        return _new_password_page(token, form, status=422)
    try:
        actions.reset_password(current_rules(), link_id, form.password.data)
    except NotAllowed:  # pressed twice, or somebody else was faster
        return _new_password_page(token, form, status=409)
    if g.viewer:  # whoever was here before has left this browser
        sign_out(g.viewer)
        login.end()
    flash(_("Su contraseña nueva ya vale. Inicie sesión con ella."), "success")
    return see_other("accounts.sign_in")


@bp.post("/clave/otro-enlace/<token>")
@public
def resend(token: str) -> Response:
    """An expired link sends its successor, to the same person, by one press."""
    link_id, state = _link(token)
    if state.problem == one_time.EXPIRED:
        actions.send_new_link(current_rules(), link_id, i18n.language())
    return see_other("recovery.sent")


@bp.post("/clave/revisar")
@public
def review() -> Response:
    """The rules, ticked off while the person types; nothing is stored."""
    if "#password-rules" not in request.headers.get("HX-Target", ""):
        return make_response("", 204)  # nobody's page: it has no place but that one
    rules = password_rules(current_rules().passwords)
    typed = request.form.get("password", "")[: 2 * LONGEST_PASSWORD]
    return part("accounts/_password_rules.html", rules=ticked(rules, typed))


def _new_password_page(token: str, form: NewPasswordForm, status: int = 200) -> Response:
    _link_id, state = _link(token)
    if state.problem is not None:
        return _link_problem(token, state.problem)
    return page(
        "accounts/new_password.html",
        status,
        form=form,
        action=url_for("recovery.set_password", token=token),
        rules=ticked(password_rules(current_rules().passwords), ""),
        review_url=url_for("recovery.review"),
    )


def _link_problem(token: str, problem: str) -> Response:
    can_resend = problem == one_time.EXPIRED
    return page(
        "accounts/link_problem.html",
        410,
        text=reason_text(problem),
        resend_url=url_for("recovery.resend", token=token) if can_resend else None,
        again_url=url_for("recovery.password"),
        again_text=_("Pedir otro enlace"),
    )


def _link(token: str) -> tuple[str, one_time.LinkState]:
    """The row that *token* names, and what it would do.  Raises ``NotFound``."""
    settings: Settings = current_app.extensions["clinicweb.settings"]
    purpose = one_time.RESET_PASSWORD
    try:
        link_id = tokens.read(settings.keys(), purpose, token, max_age=one_time.REMEMBERED)
    except tokens.BadToken:
        raise NotFound from None
    state = one_time.look(purpose, link_id)
    if state is None:
        raise NotFound
    return link_id, state
