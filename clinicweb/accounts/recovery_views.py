"""Help for who cannot come in, and the pages that mailed links lead to."""

from flask import Blueprint, Response, flash, make_response, request, url_for

from clinicweb.accounts import captcha_field, device_cookie, login, one_time
from clinicweb.accounts import recovery_actions as actions
from clinicweb.accounts.captcha_field import recovery_form
from clinicweb.accounts.forms import EmailAndUserForm, HelpForm, NewPasswordForm
from clinicweb.accounts.link_pages import problem_page, read_link
from clinicweb.accounts.password_rules import password_rules, ticked
from clinicweb.accounts.policy import LONGEST_PASSWORD
from clinicweb.clinic.installed import current_rules
from clinicweb.core import i18n
from clinicweb.core.errors import InvalidInput, NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.i18n import _, lazy
from clinicweb.web import browser
from clinicweb.web.guards import public
from clinicweb.web.render import page, part, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("recovery", __name__)

# By ``recovery.password_by``.
_HINTS = {
    "link": lazy("Le enviaremos un enlace a su correo."),
    "temporary": lazy("Le enviaremos un correo para confirmar; después, una contraseña temporal."),
}


@bp.get("/recuperar/usuario")
@public
def username() -> Response:
    return _help_page(_form(actions.USERNAME_FORGOTTEN), actions.USERNAME_FORGOTTEN)


@bp.post("/recuperar/usuario")
@public
def ask_username() -> Response:
    return _ask(actions.USERNAME_FORGOTTEN)


@bp.get("/recuperar/clave")
@public
def password() -> Response:
    return _help_page(_form(actions.PASSWORD_FORGOTTEN), actions.PASSWORD_FORGOTTEN)


@bp.post("/recuperar/clave")
@public
def ask_password() -> Response:
    return _ask(actions.PASSWORD_FORGOTTEN)


@bp.get("/recuperar/activacion")
@public
def activation() -> Response:
    _need_registration()
    return _help_page(_form(actions.ACTIVATION_LOST), actions.ACTIVATION_LOST)


@bp.post("/recuperar/activacion")
@public
def ask_activation() -> Response:
    _need_registration()
    return _ask(actions.ACTIVATION_LOST)


def _need_registration() -> None:
    if not current_rules().registration.is_open:
        raise NotFound


@bp.get("/recuperar/enviado")
@public
def sent() -> Response:
    """The same for known and unknown people: whoever is meant has a mail."""
    return page("accounts/help_sent.html")


def _form(kind: str) -> HelpForm:
    """S4-18: by e-mail; S4-19: by what the clinic asks for."""
    rules = current_rules()
    labels = rules.labels
    if kind == actions.PASSWORD_FORGOTTEN and rules.recovery.asks_email_and_user:
        both = recovery_form(EmailAndUserForm)()
        both.email.label.text, both.identifier.label.text = _(labels.email), _(labels.username)
        return both
    form = recovery_form(HelpForm)()
    if kind == actions.USERNAME_FORGOTTEN:
        form.identifier.label.text = _("Correo electrónico")
        form.identifier.render_kw = {**form.identifier.render_kw, "autocomplete": "email"}
    else:
        form.identifier.label.text = _(labels.recovery_identifier)
    return form


def _ask(kind: str) -> Response:
    form = _form(kind)
    if not form.validate():
        return _help_page(form, kind, status=422)
    command = actions.AskForHelp(
        kind,
        form.identifier.data,
        i18n.language(),
        request.remote_addr or "",
        email=form.email.data if "email" in form else None,
    )
    try:
        captcha_field.check(form)
        actions.ask_for_help(current_rules(), command)
    except InvalidInput:
        return _help_page(form, kind, status=422)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _help_page(form, kind, status))
    return see_other("recovery.sent")


def _help_page(form: HelpForm, kind: str, status: int = 200) -> Response:
    rules = current_rules()
    heading, hint, endpoint = {
        actions.USERNAME_FORGOTTEN: (
            rules.labels.recover_user,
            _("Le enviaremos sus usuarios a ese correo."),
            "recovery.ask_username",
        ),
        actions.PASSWORD_FORGOTTEN: (
            rules.labels.recover_password,
            _HINTS[rules.recovery.password_by],
            "recovery.ask_password",
        ),
        actions.ACTIVATION_LOST: (
            rules.labels.resend_activation,
            _("Si su cuenta espera ser activada, le enviaremos el correo otra vez."),
            "recovery.ask_activation",
        ),
    }[kind]
    return page(
        "accounts/help.html",
        status,
        form=form,
        heading=_(heading),
        hint=hint,
        action=url_for(endpoint),
    )


@bp.get("/clave/nueva/<token>")
@public
def new_password(token: str) -> Response:
    """Opening the link changes nothing: mail scanners open every link."""
    return _new_password_page(token, NewPasswordForm())


@bp.post("/clave/nueva/<token>")
@public
def set_password(token: str) -> Response:
    form, rules = NewPasswordForm(), password_rules(current_rules().passwords)
    link_id, problem = read_link(one_time.RESET_PASSWORD, token)
    if problem or not form.check(rules):
        return _new_password_page(token, form, status=422)
    try:
        device_key = actions.reset_password(
            current_rules(), link_id, form.password.data, device=browser.describe()
        )
    except NotAllowed:  # pressed twice, or somebody else was faster
        return _new_password_page(token, form, status=409)
    login.leave()
    flash(_("Su contraseña nueva ya vale. Inicie sesión con ella."), "success")
    return device_cookie.give(see_other("accounts.sign_in"), device_key)


@bp.post("/clave/otro-enlace/<token>")
@public
def resend(token: str) -> Response:
    """An expired link sends its successor, to the same person, by one press."""
    link_id, problem = read_link(one_time.RESET_PASSWORD, token)
    if problem == one_time.EXPIRED:
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
    _link_id, problem = read_link(one_time.RESET_PASSWORD, token)
    if problem:
        return problem_page(problem, resend_url=url_for("recovery.resend", token=token))
    return page(
        "accounts/new_password.html",
        status,
        form=form,
        action=url_for("recovery.set_password", token=token),
        rules=ticked(password_rules(current_rules().passwords), ""),
        review_url=url_for("recovery.review"),
    )
