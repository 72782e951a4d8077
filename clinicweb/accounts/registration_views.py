"""Opening an account: the flow, its terms, and the proof that an address is one's own."""

from flask import Blueprint, Response, current_app, url_for

from clinicweb.accounts import activation_actions, one_time, queries, registration_actions
from clinicweb.accounts.flow import registration_flow
from clinicweb.accounts.registration_forms import ActivateForm, ChannelForm, CodeForm
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.config import Settings
from clinicweb.core import tokens
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.i18n import _
from clinicweb.web.errors import reason_text
from clinicweb.web.flow_views import mount_flow
from clinicweb.web.guards import public
from clinicweb.web.render import page, see_other


def _keys() -> tuple[str, ...]:
    settings: Settings = current_app.extensions["clinicweb.settings"]
    return settings.keys()


@public
def terms() -> Response:
    """They can be read again later, by anybody."""
    rules = current_rules().terms
    if not rules.version:
        raise NotFound
    paragraphs = [part.strip() for part in rules.text.split("\n\n") if part.strip()]
    return page("accounts/terms.html", version=rules.version, paragraphs=paragraphs)


@public
def activation(request_id: str) -> Response:
    """The code's page; before it, where the code goes is chosen (S1-6)."""
    state = queries.find_registration(request_id)
    if state is None:
        raise NotFound
    if not state.is_ready:
        return _channel_page(request_id, state.masked_email, ChannelForm())
    return _code_page(request_id, CodeForm())


def _channel_page(request_id: str, masked: str, form: ChannelForm, status: int = 200) -> Response:
    form.channel.choices = [("email", masked)]
    action = url_for("registration.send_code", request_id=request_id)
    return page("accounts/channel.html", status, form=form, masked=masked, action=action)


@public
def send_code(request_id: str) -> Response:
    state, form = queries.find_registration(request_id), ChannelForm()
    if state is None:
        raise NotFound
    form.channel.choices = [("email", state.masked_email)]
    if not form.validate():
        return _channel_page(request_id, state.masked_email, form, 422)
    registration_actions.send_code(request_id)
    return see_other("registration.activation", request_id=request_id)


@public
def enter_code(request_id: str) -> Response:
    form = CodeForm()
    if not form.validate():
        return _code_page(request_id, form, 422)
    try:
        done = activation_actions.activate_by_code(
            current_rules(), _keys(), request_id, form.code.data
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
    activation_actions.resend(current_rules(), request_id)
    return see_other("registration.activation", request_id=request_id)


@public
def link(token: str) -> Response:
    """Mail scanners open every link, so this only shows the button; the button activates."""
    _link_id, problem = _link(token)
    if problem:
        return _link_problem(problem)
    action = url_for("registration.activate", token=token)
    return page("accounts/activate.html", form=ActivateForm(), action=action)


@public
def activate(token: str) -> Response:
    link_id, problem = _link(token)
    if problem:
        return _link_problem(problem)
    try:
        done = activation_actions.activate(current_rules(), _keys(), link_id)
    except NotAllowed as refusal:
        return _link_problem(refusal.reason)
    return _activated_page(done)


def _link(token: str) -> tuple[str, str | None]:
    """The row that *token* names, and why it would not work.  Raises ``NotFound``."""
    try:
        link_id = tokens.read(_keys(), one_time.ACTIVATE, token, max_age=one_time.REMEMBERED)
    except tokens.BadToken:
        raise NotFound from None
    state = one_time.look(one_time.ACTIVATE, link_id)
    if state is None:
        raise NotFound
    return link_id, state.problem


def _link_problem(problem: str) -> Response:
    return page(
        "accounts/link_problem.html",
        410,
        text=reason_text(problem),
        resend_url=None,
        again_url=url_for("accounts.sign_in"),
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
    code, token = "/cuenta/codigo/<public_id:request_id>", "/cuenta/activar/<token>"
    bp.add_url_rule("/terminos", "terms", terms, methods=["GET"])
    bp.add_url_rule(code, "activation", activation, methods=["GET"])
    bp.add_url_rule(code, "enter_code", enter_code, methods=["POST"])
    bp.add_url_rule(f"{code}/enviar", "send_code", send_code, methods=["POST"])
    bp.add_url_rule(f"{code}/otra-vez", "resend", resend, methods=["POST"])
    bp.add_url_rule(token, "link", link, methods=["GET"])
    bp.add_url_rule(token, "activate", activate, methods=["POST"])
    return bp
