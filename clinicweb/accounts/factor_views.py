"""The pages between the password and the portal: what else is asked (S1-11…13)."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for

from clinicweb.accounts import device_cookie, factors, login, sign_in_requests
from clinicweb.accounts import factor_actions as actions
from clinicweb.accounts.factor_queries import PASSKEY, RECOVERY, TOTP
from clinicweb.accounts.forms import ChooseMeansForm, SecurityCodeForm
from clinicweb.accounts.sign_in_actions import Opened, Pending
from clinicweb.accounts.sign_in_requests import CODE_WRONG, Asked, Browser
from clinicweb.clinic.installed import current_rules, secret_keys
from clinicweb.core.errors import NotAllowed, TooManyAttempts
from clinicweb.core.i18n import _, lazy
from clinicweb.notifications.actions import EMAIL, SMS
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import public
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("second_factor", __name__)

# What each means is called, and what its page says.
NAMES: Mapping[str, Any] = {
    EMAIL: lazy("Correo electrónico"),
    SMS: lazy("Mensaje de texto"),
    PASSKEY: lazy("Llave de acceso"),
    TOTP: lazy("Aplicación de códigos"),
    RECOVERY: lazy("Código de recuperación"),
}
HINTS: Mapping[str, Any] = {
    EMAIL: lazy("Le llega en unos segundos a su correo. Mire también en correo no deseado."),
    SMS: lazy("Le llega en unos segundos a su teléfono."),
    TOTP: lazy("Escriba el código que muestra ahora la aplicación de su teléfono."),
    RECOVERY: lazy("Escriba uno de los códigos que guardó en papel. Vale una vez."),
}
# Those that are proven on a page of their own.
PAGES: Mapping[str, str] = {PASSKEY: "passkeys.show"}
# What is asked of whoever reads a code from paper: letters, too.
_ON_PAPER = {"inputmode": "text", "autocomplete": "off"}


def await_factor(pending: Pending) -> Response:
    """The password was right: on to what else is asked."""
    login.wait_for_factor(pending.nonce)
    return see_other(page_of(pending.kind), request_id=pending.request_id)


def page_of(kind: str | None) -> str:
    """Where a means is proven; where one is chosen, when none is yet."""
    return PAGES.get(kind, "second_factor.code") if kind else "second_factor.choose"


def let_in(opened: Opened) -> Response:
    """All was shown: the browser gets its keys, the person where they wanted to go."""
    login.begin(opened.key, is_kept=opened.is_kept)
    welcome = current_rules().labels.welcome
    if welcome:
        flash(_(welcome), "success")
    response: Response = redirect(opened.target, 303)  # type: ignore[assignment]
    return device_cookie.give(response, opened.device_key)


def browser(request_id: str) -> Browser:
    """This one, for whom the request may be."""
    return Browser(request_id, login.nonce(), device_cookie.keys())


@bp.get("/ingresar/segundo/<public_id:request_id>")
@public
def choose(request_id: str) -> Response:
    try:
        asked = sign_in_requests.look(browser(request_id))
    except NotAllowed:
        return begin_again()
    return _choose_page(request_id, asked, ChooseMeansForm())


@bp.post("/ingresar/segundo/<public_id:request_id>")
@public
def send(request_id: str) -> Response:
    """S1-11: «Enviar»; also «Enviar de nuevo»."""
    form = ChooseMeansForm()
    try:
        asked = sign_in_requests.look(browser(request_id))
        form.kind.choices = _choices(asked)
        if not form.validate():
            return _choose_page(request_id, asked, form, 422)
        actions.choose(current_rules(), browser(request_id), form.kind.data)
    except NotAllowed:
        return begin_again()
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _choose_page(request_id, asked, form, status))
    return see_other(page_of(form.kind.data), request_id=request_id)


@bp.get("/ingresar/segundo/<public_id:request_id>/codigo")
@public
def code(request_id: str) -> Response:
    try:
        asked = sign_in_requests.look(browser(request_id))
    except NotAllowed:
        return begin_again()
    if asked.kind is None:
        return see_other("second_factor.choose", request_id=request_id)
    return _code_page(request_id, asked, SecurityCodeForm())


@bp.post("/ingresar/segundo/<public_id:request_id>/codigo")
@public
def enter_code(request_id: str) -> Response:
    """S1-12: «Ingresar»."""
    form = SecurityCodeForm()
    try:
        asked = sign_in_requests.look(browser(request_id))
        if not form.validate():
            return _code_page(request_id, asked, form, 422)
        opened = actions.prove(current_rules(), secret_keys(), browser(request_id), form.code.data)
    except NotAllowed as refusal:
        return _refused(request_id, form, refusal.reason)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _code_page(request_id, asked, form, status))
    return let_in(opened)


def _refused(request_id: str, form: SecurityCodeForm, reason: str) -> Response:
    try:
        asked = sign_in_requests.look(browser(request_id))
    except NotAllowed:
        return begin_again()
    form.code.errors = [reason_text(reason)]
    return _code_page(request_id, asked, form, 422 if reason == CODE_WRONG else 409)


def begin_again() -> Response:
    """Too late, or too often: from the password on."""
    flash(_("Pasó demasiado tiempo, o ese código ya no vale. Ingrese otra vez."), "warning")
    return see_other("accounts.sign_in")


def _choose_page(
    request_id: str, asked: Asked, form: ChooseMeansForm, status: int = 200
) -> Response:
    form.kind.choices = _choices(asked)
    return page(
        "accounts/second_factor.html",
        status,
        form=form,
        choices=[(means.kind, _name(means), means.where) for means in asked.means],
        chosen=asked.kind or asked.means[0].kind if asked.means else None,
        action=url_for("second_factor.send", request_id=request_id),
        can_choose=asked.can_choose,
        is_sent=any(factors.is_sent(means.kind) for means in asked.means),
    )


def _code_page(
    request_id: str, asked: Asked, form: SecurityCodeForm, status: int = 200
) -> Response:
    means = next((each for each in asked.means if each.kind == asked.kind), None)
    form.code.data = ""  # codes are not written into pages
    if asked.kind == RECOVERY:
        form.code.render_kw = {**form.code.render_kw, **_ON_PAPER}
    return page(
        "accounts/second_factor_code.html",
        status,
        form=form,
        where=means.where if means else "",
        hint=str(HINTS.get(asked.kind or "", "")),
        action=url_for("second_factor.enter_code", request_id=request_id),
        resend_url=url_for("second_factor.send", request_id=request_id),
        can_resend=asked.can_choose and factors.is_sent(asked.kind or ""),
        kind=asked.kind,
        is_digits=asked.kind != RECOVERY,
        other_url=url_for("second_factor.choose", request_id=request_id)
        if len(asked.means) > 1
        else None,
    )


def _choices(asked: Asked) -> list[tuple[str, str]]:
    return [(means.kind, _name(means)) for means in asked.means]


def _name(means: factors.Means) -> str:
    return str(NAMES.get(means.kind, means.kind))
