"""«Verificación en dos pasos»: the authenticator app, recovery codes, and the list of all."""

from dataclasses import dataclass
from datetime import datetime

import pyotp
from flask import Blueprint, Response, flash, g, url_for

from clinicweb.accounts import recovery_code_actions, totp_actions
from clinicweb.accounts.factor_forms import AppCodeForm
from clinicweb.accounts.factor_queries import Factors, PasskeyRow, get_begun_app, get_factors
from clinicweb.accounts.relying_party import current_party
from clinicweb.clinic.installed import current_rules, secret_keys
from clinicweb.core.errors import NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.i18n import _, moment
from clinicweb.core.qr import drawing_of
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import recently_confirmed, signed_in
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("factors", __name__, url_prefix="/mi-perfil/segundo-factor")


@dataclass(frozen=True, slots=True)
class PasskeyLine:
    """One passkey as its owner reads it."""

    name: str
    made_text: str
    used_text: str | None
    url: str


@bp.get("")
@signed_in
def overview() -> Response:
    factors = get_factors(g.viewer)
    return page(
        "accounts/factors.html",
        factors=factors,
        app_since_text=_when(factors),
        passkeys=tuple(_line(row) for row in factors.passkeys),
        offers_passkeys=current_party() is not None,
        codes_total=recovery_code_actions.CODES,
    )


def _when(factors: Factors) -> str | None:
    return _day(factors.app_since) if factors.app_since else None


def _line(row: PasskeyRow) -> PasskeyLine:
    return PasskeyLine(
        name=row.name,
        made_text=_day(row.created_at),
        used_text=_day(row.last_used_at) if row.last_used_at else None,
        url=url_for("passkeys.passkey", passkey_id=row.public_id),
    )


def _day(instant: datetime) -> str:
    return moment(instant, current_rules().identity.timezone).day_text


@bp.get("/app")
@recently_confirmed
def app() -> Response:
    return _app_page(AppCodeForm(formdata=None))


@bp.post("/app")
@recently_confirmed
def begin_app() -> Response:
    totp_actions.begin_app(secret_keys(), g.viewer)
    return see_other("factors.app")


@bp.post("/app/confirmar")
@recently_confirmed
def confirm_app() -> Response:
    form = AppCodeForm()
    if not form.validate():
        return _app_page(form, 422)
    try:
        totp_actions.confirm_app(current_rules(), secret_keys(), g.viewer, form.code.data)
    except NotFound:
        flash(_("Pasó mucho tiempo. Empiece de nuevo."), "warning")
        return see_other("factors.app")
    except NotAllowed as refusal:
        form.code.errors = [reason_text(refusal.reason)]
        return _app_page(form, 422)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _app_page(form, status))
    flash(_("La aplicación quedó activada. Al entrar se le pedirá su código."), "success")
    return to_codes_or_home()


def to_codes_or_home() -> Response:
    """Who has something to lose, and no codes for that day, makes them now."""
    has_codes = get_factors(g.viewer).codes_left > 0
    return see_other("factors.overview" if has_codes else "factors.codes")


def _app_page(form: AppCodeForm, status: int = 200) -> Response:
    secret = get_begun_app(g.viewer, secret_keys())
    if secret is None:
        action, is_on = url_for("factors.begin_app"), get_factors(g.viewer).app_since is not None
        return page("accounts/factor_app_begin.html", action=action, is_on=is_on)
    form.code.data = ""  # codes are not written into pages
    return page(
        "accounts/factor_app.html",
        status,
        form=form,
        qr=drawing_of(_app_address(secret)),
        address=_app_address(secret),
        groups=[secret[start : start + 4] for start in range(0, len(secret), 4)],
        action=url_for("factors.confirm_app"),
        again_action=url_for("factors.begin_app"),
    )


def _app_address(secret: str) -> str:
    clinic = current_rules().identity.name
    return pyotp.TOTP(secret).provisioning_uri(name=g.viewer.name, issuer_name=clinic)


@bp.get("/app/quitar")
@recently_confirmed
def app_removal() -> Response:
    if get_factors(g.viewer).app_since is None:
        return see_other("factors.overview")
    return page("accounts/factor_app_remove.html", action=url_for("factors.remove_app"))


@bp.post("/app/quitar")
@recently_confirmed
def remove_app() -> Response:
    try:
        totp_actions.remove_app(current_rules(), g.viewer)
    except NotFound:  # pressed twice
        return see_other("factors.overview")
    except NotAllowed as refusal:
        return refused(refusal)
    flash(_("Quitó la aplicación. Sus códigos ya no se piden."), "success")
    return see_other("factors.overview")


def refused(refusal: NotAllowed) -> Response:
    flash(reason_text(refusal.reason), "error")
    return see_other("factors.overview")


@bp.get("/codigos")
@recently_confirmed
def codes() -> Response:
    return _codes_page()


@bp.post("/codigos")
@recently_confirmed
def make_codes() -> Response:
    """Not a redirect: the codes are shown this once."""
    if not get_factors(g.viewer).is_any:
        return see_other("factors.overview")
    try:
        made = recovery_code_actions.make_codes(current_rules(), g.viewer)
    except TooManyAttempts as limit:
        flash(_("Hizo códigos muchas veces. Espere una hora."), "warning")
        response = _codes_page(429)
        response.headers["Retry-After"] = str(limit.retry_after_seconds)
        return response
    return page("accounts/factor_codes_made.html", codes=made, next_url=url_for("factors.overview"))


def _codes_page(status: int = 200) -> Response:
    factors = get_factors(g.viewer)
    if not factors.is_any:
        return see_other("factors.overview")
    return page(
        "accounts/factor_codes.html",
        status,
        factors=factors,
        codes_total=recovery_code_actions.CODES,
        action=url_for("factors.make_codes"),
    )
