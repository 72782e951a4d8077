"""Opening an account: the flow, its terms, and the proof that an address is one's own."""

from contextlib import suppress
from math import ceil

from flask import Blueprint, Response, flash, url_for

from clinicweb.accounts import activation_actions, one_time, queries
from clinicweb.accounts import registration_actions as actions
from clinicweb.accounts.flow import registration_flow
from clinicweb.accounts.link_pages import read_link, secret_keys
from clinicweb.accounts.registration_forms import ActivateForm, ChannelForm, CodeForm
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.errors import NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.i18n import _, counted
from clinicweb.web.errors import reason_text
from clinicweb.web.flow_views import mount_flow
from clinicweb.web.guards import public
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down


@public
def terms() -> Response:
    """They can be read again later, by anybody."""
    rules = current_rules().terms
    if not rules.version:
        raise NotFound
    paragraphs = [part.strip() for part in rules.text.split("\n\n") if part.strip()]
    written_in = current_rules().identity.default_language
    return page(
        "accounts/terms.html", version=rules.version, paragraphs=paragraphs, written_in=written_in
    )


@public
def activation(request_id: str) -> Response:
    """The code's page; before it, where the code goes is chosen (S1-6)."""
    state = _registration(request_id)
    if not state.is_ready:
        return _channel_page(request_id, state.masked_email, ChannelForm())
    return _code_page(request_id, CodeForm())


def _registration(request_id: str) -> queries.RegistrationState:
    state = queries.find_registration(request_id)
    if state is None:
        raise NotFound
    return state


def _channel_page(request_id: str, masked: str, form: ChannelForm, status: int = 200) -> Response:
    form.channel.choices = [("email", masked)]
    action = url_for("registration.send_code", request_id=request_id)
    return page("accounts/channel.html", status, form=form, masked=masked, action=action)


@public
def send_code(request_id: str) -> Response:
    state, form = _registration(request_id), ChannelForm()
    form.channel.choices = [("email", state.masked_email)]
    if not form.validate():
        return _channel_page(request_id, state.masked_email, form, 422)
    actions.send_code(request_id)
    return see_other("registration.activation", request_id=request_id)


@public
def enter_code(request_id: str) -> Response:
    _registration(request_id)
    form = CodeForm()
    if not form.validate():
        return _code_page(request_id, form, 422)
    try:
        done = activation_actions.activate_by_code(
            current_rules(), secret_keys(), request_id, form.code.data
        )
    except NotAllowed as refusal:
        form.code.errors = [reason_text(refusal.reason)]
        return _code_page(request_id, form, 422)
    return _activated_page(done)


def _code_page(request_id: str, form: CodeForm, status: int = 200) -> Response:
    return page(
        "accounts/code.html",
        status,
        form=form,
        action=url_for("registration.enter_code", request_id=request_id),
        resend_url=url_for("registration.resend", request_id=request_id),
    )


@public
def resend(request_id: str) -> Response:
    """S3-72."""
    _registration(request_id)
    try:
        actions.ask_again(request_id)
    except TooManyAttempts as limit:
        return _mailed_enough(request_id, limit)
    flash(_("Le llega otro correo. El anterior ya no vale."), "success")
    return see_other("registration.activation", request_id=request_id)


def _mailed_enough(request_id: str, limit: TooManyAttempts) -> Response:
    form = CodeForm(formdata=None)
    text = counted(
        "Demasiados correos. Espere %(num)s minuto y pida otro.",
        "Demasiados correos. Espere %(num)s minutos y pida otro.",
        ceil(limit.retry_after_seconds / 60),
    )
    return slow_down(form, limit, lambda status: _code_page(request_id, form, status), text=text)


@public
def link(activation_token: str) -> Response:
    """Mail scanners open every link, so this only shows the button; the button activates."""
    link_id, problem = read_link(one_time.ACTIVATE, activation_token)
    if problem:
        return _link_problem(activation_token, link_id, problem)
    action = url_for("registration.activate", activation_token=activation_token)
    return page("accounts/activate.html", form=ActivateForm(), action=action)


@public
def activate(activation_token: str) -> Response:
    link_id, problem = read_link(one_time.ACTIVATE, activation_token)
    if problem:
        return _link_problem(activation_token, link_id, problem)
    try:
        done = activation_actions.activate(current_rules(), secret_keys(), link_id)
    except NotAllowed as refusal:
        return _link_problem(activation_token, link_id, refusal.reason)
    return _activated_page(done)


@public
def renew(activation_token: str) -> Response:
    """S3-72: an expired link sends its successor by one press."""
    link_id, problem = read_link(one_time.ACTIVATE, activation_token)
    request_id = queries.find_registration_of(link_id)
    if problem == one_time.EXPIRED and request_id:
        with suppress(TooManyAttempts):  # three mails are on their way already
            actions.ask_again(request_id)
    return see_other("recovery.sent")


def _link_problem(activation_token: str, link_id: str, problem: str) -> Response:
    """An expired link can be renewed while what was typed is kept; after that, begin anew."""
    is_kept = problem == one_time.EXPIRED and queries.find_registration_of(link_id)
    return page(
        "accounts/link_problem.html",
        410,
        text=reason_text(problem),
        resend_url=url_for("registration.renew", activation_token=activation_token)
        if is_kept
        else None,
        again_url=url_for("accounts.sign_in"),
        again_text=_("Ir a iniciar sesión"),
    )


def _activated_page(done: activation_actions.Activated) -> Response:
    """S1-8, S3-16: not a redirect, since a one-use password is shown this once."""
    return page(
        "accounts/activated.html",
        password=done.password,
        next_url=url_for("accounts.sign_in"),
        button=_("Aceptar"),
    )


def blueprint(rules: ClinicRules) -> Blueprint:
    """The routes, for a clinic with *rules*; a clinic that registers nobody has none."""
    bp = Blueprint("registration", __name__)
    if not rules.registration.is_open:
        return bp
    mount_flow(bp, registration_flow(rules), prefix="/crear-cuenta", guard=public)
    code, token = "/cuenta/codigo/<public_id:request_id>", "/cuenta/activar/<activation_token>"
    bp.add_url_rule("/terminos", "terms", terms, methods=["GET"])
    bp.add_url_rule(code, "activation", activation, methods=["GET"])
    bp.add_url_rule(code, "enter_code", enter_code, methods=["POST"])
    bp.add_url_rule(f"{code}/enviar", "send_code", send_code, methods=["POST"])
    bp.add_url_rule(f"{code}/otra-vez", "resend", resend, methods=["POST"])
    bp.add_url_rule(token, "link", link, methods=["GET"])
    bp.add_url_rule(token, "activate", activate, methods=["POST"])
    bp.add_url_rule(f"{token}/otra-vez", "renew", renew, methods=["POST"])
    return bp
