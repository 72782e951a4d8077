"""Coming in, going out, and the list of one's own sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from flask import Blueprint, Response, flash, g, redirect, request, url_for

from clinicweb.accounts import (
    captcha_field,
    device_cookie,
    factor_views,
    login,
    queries,
    session_actions,
)
from clinicweb.accounts.forms import SignInForm
from clinicweb.accounts.relying_party import current_party
from clinicweb.accounts.sign_in_actions import Attempt, Pending
from clinicweb.accounts.sign_in_actions import sign_in as check
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core.errors import InvalidInput, NotAllowed, TooManyAttempts
from clinicweb.core.i18n import _, counted, moment
from clinicweb.web import browser
from clinicweb.web.guards import public, safe_next, signed_in
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("accounts", __name__)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session as its owner reads it."""

    id: str
    device_text: str
    opened_text: str
    last_seen_text: str
    is_current: bool
    end_url: str


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One known device as its owner reads it."""

    id: str
    device_text: str
    last_used_text: str
    forget_url: str


@bp.get("/ingresar")
@public
def sign_in() -> Response:
    if g.viewer:
        return _leave_for(safe_next(request.args.get("next")))
    wanted = safe_next(request.args.get("next"))
    return _sign_in_page(captcha_field.sign_in_form()(data={"next": wanted}))


@bp.post("/ingresar")
@public
def enter() -> Response:
    form = captcha_field.sign_in_form()()
    if not form.validate():
        return _sign_in_page(form, status=422)
    try:
        captcha_field.check(form)
        step = check(current_rules().sign_in, _attempt(form))
    except InvalidInput:  # the captcha
        return _sign_in_page(form, status=422)
    except NotAllowed:
        form.form_errors.append(_("El usuario o la contraseña no son correctos."))
        return _sign_in_page(form, status=422)
    except TooManyAttempts as limit:
        return _wait_first(form, limit)
    if g.viewer:  # whoever was here before has left this browser
        session_actions.sign_out(g.viewer)
    if isinstance(step, Pending):
        return factor_views.await_factor(step)
    return factor_views.let_in(step)


def _wait_first(form: SignInForm, limit: TooManyAttempts) -> Response:
    """S4-17: how long, and the way that is open meanwhile."""
    text = counted(
        "Demasiados intentos. Espere %(num)s minuto, o recupere su contraseña.",
        "Demasiados intentos. Espere %(num)s minutos, o recupere su contraseña.",
        ceil(limit.retry_after_seconds / 60),
    )
    return slow_down(form, limit, lambda status: _sign_in_page(form, status), text=text)


def _attempt(form: SignInForm) -> Attempt:
    return Attempt(
        form.identifier.data,
        form.password.data,
        request.remote_addr or "",
        browser.describe(),
        device_keys=device_cookie.keys(),
        is_kept=form.keep.data,
        target=safe_next(form.next.data),
    )


def _sign_in_page(form: SignInForm, status: int = 200) -> Response:
    form.identifier.label.text = _(current_rules().labels.identifier)
    is_open = current_rules().registration.is_open
    _explain_keep(form, current_rules().sign_in)
    return page(
        "accounts/sign_in.html",
        status,
        form=form,
        action=url_for("accounts.enter"),
        register_url=url_for("registration.registro_start") if is_open else None,
        passkey=_passkey_door(form) if current_party() else None,
    )


def _passkey_door(form: SignInForm) -> Mapping[str, str]:
    return {
        "action": url_for("passkeys.come_in"),
        "options_url": url_for("passkeys.door_options"),
        "next": form.next.data or "/",
    }


def _explain_keep(form: SignInForm, rules: SignIn) -> None:
    """S4-3: what the box skips, and what it does not."""
    if not rules.keep_days:
        del form["keep"]
        return
    kept = counted(
        "Por %(num)s día no se cierra aunque no la use. No la marque en un equipo compartido.",
        "Por %(num)s días no se cierra aunque no la use. No la marque en un equipo compartido.",
        rules.keep_days,
    )
    after = {
        "off": _("Después se le pide de nuevo la contraseña."),
        "new_device": _("Después se le pide de nuevo la contraseña; el código no."),
        "always": _("Después se le piden de nuevo la contraseña y un código."),
    }
    form.keep.description = f"{kept} {after[rules.second_factor]}"


def _leave_for(target: str) -> Response:
    return redirect(target, 303)  # type: ignore[return-value]


@bp.post("/salir")
@signed_in
def sign_out() -> Response:
    session_actions.sign_out(g.viewer)
    login.end()
    flash(_("Cerró su sesión."), "info")
    return see_other("accounts.sign_in")


@bp.get("/mis-sesiones")
@signed_in
def sessions() -> Response:
    rules = current_rules()
    zone = rules.identity.timezone
    lines = tuple(
        SessionLine(
            id=row.public_id,
            device_text=row.device,
            opened_text=moment(row.created_at, zone).when_text,
            last_seen_text=moment(row.last_seen_at, zone).when_text,
            is_current=row.is_current,
            end_url=url_for("accounts.end_session", session_id=row.public_id),
        )
        for row in queries.list_sessions(g.viewer, idle=rules.sign_in.idle)
    )
    return page("accounts/sessions.html", sessions=lines, devices=_device_lines(zone))


def _device_lines(zone: str) -> tuple[DeviceLine, ...]:
    return tuple(
        DeviceLine(
            id=row.public_id,
            device_text=row.device or _("Navegador"),
            last_used_text=moment(row.last_used_at, zone).when_text,
            forget_url=url_for("accounts.forget_device", device_id=row.public_id),
        )
        for row in queries.list_devices(g.viewer)
    )


@bp.post("/mis-sesiones/dispositivos/<public_id:device_id>/olvidar")
@signed_in
def forget_device(device_id: str) -> Response:
    session_actions.forget_device(g.viewer, device_id)
    flash(_("Olvidamos ese dispositivo."), "success")
    return see_other("accounts.sessions")


@bp.post("/mis-sesiones/<public_id:session_id>/cerrar")
@signed_in
def end_session(session_id: str) -> Response:
    session_actions.end_session(g.viewer, session_id)
    flash(_("La sesión se cerró."), "success")
    return see_other("accounts.sessions")
