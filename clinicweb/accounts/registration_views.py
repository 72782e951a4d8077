"""Opening an account: the flow, its terms, and the proof that an address is one's own."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from math import ceil

from flask import Blueprint, Response, flash, request, url_for

from clinicweb.accounts import activation_actions, one_time, queries
from clinicweb.accounts import registration_actions as actions
from clinicweb.accounts.flow import registration_flow
from clinicweb.accounts.link_pages import read_link
from clinicweb.accounts.registration_forms import ActivateForm, ChannelForm, CodeForm
from clinicweb.clinic.installed import current_rules, secret_keys
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.errors import NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.forms import Form
from clinicweb.core.i18n import _, counted
from clinicweb.notifications.actions import EMAIL, SMS
from clinicweb.notifications.queries import are_texts_used_up, sends_texts
from clinicweb.web.errors import reason_text
from clinicweb.web.flow_views import mount_flow
from clinicweb.web.guards import public
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down

Show = Callable[[int], Response]


@dataclass(frozen=True, slots=True)
class Choice:
    """One place where a code can go."""

    kind: str
    words: str
    masked: str
    is_chosen: bool


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
        return _channel_page(request_id, state, ChannelForm())
    return _code_page(request_id, state, CodeForm())


def _registration(request_id: str) -> queries.RegistrationState:
    """Without the channels that are shut now.  Raises ``NotFound``."""
    state = queries.find_registration(request_id)
    if state is None:
        raise NotFound
    if SMS in state.channels and (not sends_texts() or are_texts_used_up(current_rules())):
        return replace(state, channel=EMAIL, channels={EMAIL: state.channels[EMAIL]})
    return state


def _channel_page(
    request_id: str, state: queries.RegistrationState, form: ChannelForm, status: int = 200
) -> Response:
    action = url_for("registration.send_code", request_id=request_id)
    choices = _choices(state, form.channel.data)
    return page("accounts/channel.html", status, form=form, choices=choices, action=action)


def _choices(state: queries.RegistrationState, typed: str | None = None) -> list[Choice]:
    chosen = typed if typed in state.channels else state.channel
    words = {EMAIL: _("Correo electrónico"), SMS: _("Mensaje de texto")}
    return [
        Choice(kind, words[kind], masked, kind == chosen) for kind, masked in state.channels.items()
    ]


@public
def send_code(request_id: str) -> Response:
    state, form = _registration(request_id), ChannelForm()
    if not form.chooses_from(state.channels):
        return _channel_page(request_id, state, form, 422)
    try:
        actions.send_code(current_rules(), _ask(request_id, form.channel.data))
    except TooManyAttempts as limit:
        return _texted_enough(limit, form, partial(_channel_page, request_id, state, form))
    return see_other("registration.activation", request_id=request_id)


def _ask(request_id: str, channel: str) -> actions.Ask:
    return actions.Ask(request_id, channel, request.remote_addr or "")


@public
def enter_code(request_id: str) -> Response:
    state, form = _registration(request_id), CodeForm()
    if not form.validate():
        return _code_page(request_id, state, form, 422)
    try:
        done = activation_actions.activate_by_code(
            current_rules(), secret_keys(), request_id, form.code.data
        )
    except NotAllowed as refusal:
        form.code.errors = [reason_text(refusal.reason)]
        return _code_page(request_id, state, form, 422)
    return _activated_page(done)


def _code_page(
    request_id: str, state: queries.RegistrationState, form: Form, status: int = 200
) -> Response:
    """*form* holds what was wrong, with the code or with the choice of where it goes."""
    return page(
        "accounts/code.html",
        status,
        form=form,
        code=form.code if "code" in form else CodeForm(formdata=None).code,
        phone=state.channels[SMS] if state.channel == SMS else None,
        choices=_choices(state) if len(state.channels) > 1 else [],
        action=url_for("registration.enter_code", request_id=request_id),
        resend_url=url_for("registration.resend", request_id=request_id),
    )


@public
def resend(request_id: str) -> Response:
    """S3-72; where a code can go to several places, it is chosen again."""
    state, form = _registration(request_id), ChannelForm()
    form.channel.data = form.channel.data or state.channel
    if not form.chooses_from(state.channels):
        return _code_page(request_id, state, form, 422)
    try:
        actions.ask_again(current_rules(), _ask(request_id, form.channel.data))
    except TooManyAttempts as limit:
        return _sent_enough(limit, form, partial(_code_page, request_id, state, form))
    flash(_again_text(form.channel.data), "success")
    return see_other("registration.activation", request_id=request_id)


def _again_text(channel: str) -> str:
    if channel == SMS:
        return _("Le llega otro mensaje de texto. El código anterior ya no vale.")
    return _("Le llega otro correo. El anterior ya no vale.")


def _sent_enough(limit: TooManyAttempts, form: ChannelForm, show: Show) -> Response:
    if form.channel.data == SMS:
        return _texted_enough(limit, form, show)
    text = counted(
        "Demasiados correos. Espere %(num)s minuto y pida otro.",
        "Demasiados correos. Espere %(num)s minutos y pida otro.",
        ceil(limit.retry_after_seconds / 60),
    )
    return slow_down(form, limit, show, text=text)


def _texted_enough(limit: TooManyAttempts, form: ChannelForm, show: Show) -> Response:
    text = counted(
        "Demasiados mensajes de texto. Espere %(num)s minuto o elija el correo.",
        "Demasiados mensajes de texto. Espere %(num)s minutos o elija el correo.",
        ceil(limit.retry_after_seconds / 60),
    )
    return slow_down(form, limit, show, text=text)


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
            actions.ask_again(current_rules(), _ask(request_id, EMAIL))
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
    bp.add_url_rule("/terminos", "terms", terms, methods=["GET"])
    if not rules.registration.is_open:
        return bp
    mount_flow(bp, registration_flow(rules), prefix="/crear-cuenta", guard=public)
    code, token = "/cuenta/codigo/<public_id:request_id>", "/cuenta/activar/<activation_token>"
    bp.add_url_rule(code, "activation", activation, methods=["GET"])
    bp.add_url_rule(code, "enter_code", enter_code, methods=["POST"])
    bp.add_url_rule(f"{code}/enviar", "send_code", send_code, methods=["POST"])
    bp.add_url_rule(f"{code}/otra-vez", "resend", resend, methods=["POST"])
    bp.add_url_rule(token, "link", link, methods=["GET"])
    bp.add_url_rule(token, "activate", activate, methods=["POST"])
    bp.add_url_rule(f"{token}/otra-vez", "renew", renew, methods=["POST"])
    return bp
