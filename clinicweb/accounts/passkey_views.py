"""Passkeys: added and named in one's own pages, and shown at the door."""

import secrets

from flask import Blueprint, Response, flash, g, request, session, url_for

from clinicweb.accounts import device_cookie, factor_views, sign_in_requests
from clinicweb.accounts import passkey_actions as actions
from clinicweb.accounts import passkey_sign_in_actions as sign_in_actions
from clinicweb.accounts.ceremonies import Party
from clinicweb.accounts.factor_forms import NewPasskeyForm, PasskeyForm, PasskeyNameForm
from clinicweb.accounts.factor_queries import PasskeyRow, get_factors
from clinicweb.accounts.relying_party import current_party
from clinicweb.accounts.session_actions import sign_out
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.i18n import _
from clinicweb.web import browser
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import public, recently_confirmed, safe_next
from clinicweb.web.render import page, see_other

bp = Blueprint("passkeys", __name__)

_NONCE = "passkey"
_MINE = "/mi-perfil/segundo-factor/llave"
_SECOND = "/ingresar/segundo/<public_id:request_id>/llave"


@bp.get(_MINE)
@recently_confirmed
def add() -> Response:
    _party()
    return _add_page(NewPasskeyForm(formdata=None))


@bp.post(f"{_MINE}/opciones")
@recently_confirmed
def add_options() -> Response:
    return _json(actions.ask_to_add(_party(), g.viewer, _browser()))


@bp.post(_MINE)
@recently_confirmed
def do_add() -> Response:
    form = NewPasskeyForm()
    if not form.validate():
        return _add_page(form, 422)
    answer = actions.Answer(_browser(), form.answer.data)
    try:
        actions.add_passkey(current_rules(), _party(), g.viewer, answer, name=form.name.data)
    except NotAllowed as refusal:
        form.form_errors.append(reason_text(refusal.reason))
        return _add_page(form, 422)
    flash(_("La llave de acceso quedó guardada. Ya puede entrar con ella."), "success")
    has_codes = get_factors(g.viewer).codes_left > 0
    return see_other("factors.overview" if has_codes else "factors.codes")


def _add_page(form: NewPasskeyForm, status: int = 200) -> Response:
    form.answer.data = ""
    form.answer.errors = []
    return page(
        "accounts/passkey_add.html",
        status,
        form=form,
        action=url_for("passkeys.do_add"),
        options_url=url_for("passkeys.add_options"),
    )


@bp.get(f"{_MINE}/<public_id:passkey_id>")
@recently_confirmed
def passkey(passkey_id: str) -> Response:
    row = _own(passkey_id)
    return _passkey_page(row, PasskeyNameForm(formdata=None, data={"name": row.name}))


@bp.post(f"{_MINE}/<public_id:passkey_id>")
@recently_confirmed
def rename(passkey_id: str) -> Response:
    row, form = _own(passkey_id), PasskeyNameForm()
    if not form.validate():
        return _passkey_page(row, form, 422)
    actions.rename_passkey(g.viewer, passkey_id, form.name.data)
    flash(_("La llave cambió de nombre."), "success")
    return see_other("factors.overview")


@bp.post(f"{_MINE}/<public_id:passkey_id>/quitar")
@recently_confirmed
def remove(passkey_id: str) -> Response:
    try:
        actions.remove_passkey(current_rules(), g.viewer, passkey_id)
    except NotAllowed as refusal:
        flash(reason_text(refusal.reason), "error")
        return see_other("factors.overview")
    flash(_("Quitó la llave de acceso. Ya no sirve para entrar."), "success")
    return see_other("factors.overview")


def _own(passkey_id: str) -> PasskeyRow:
    found = (row for row in get_factors(g.viewer).passkeys if row.public_id == passkey_id)
    row = next(found, None)
    if row is None:
        raise NotFound
    return row


def _passkey_page(row: PasskeyRow, form: PasskeyNameForm, status: int = 200) -> Response:
    return page(
        "accounts/passkey.html",
        status,
        form=form,
        name=row.name,
        action=url_for("passkeys.rename", passkey_id=row.public_id),
        remove_url=url_for("passkeys.remove", passkey_id=row.public_id),
    )


@bp.post("/ingresar/llave/opciones")
@public
def door_options() -> Response:
    address = request.remote_addr or ""
    return _json(actions.ask_who_it_is(_party(), current_rules(), _browser(), address))


@bp.post("/ingresar/llave")
@public
def come_in() -> Response:
    form = PasskeyForm()
    who = sign_in_actions.AtTheDoor(
        answer=actions.Answer(_browser(), form.answer.data if form.validate() else ""),
        address=request.remote_addr or "",
        device=browser.describe(),
        device_keys=device_cookie.keys(),
        target=safe_next(form.next.data),
    )
    try:
        opened = sign_in_actions.come_in(current_rules(), _party(), who)
    except NotAllowed as refusal:
        flash(reason_text(refusal.reason), "error")
        wanted = {"next": who.target} if who.target != "/" else {}
        return see_other("accounts.sign_in", **wanted)
    if g.viewer:  # whoever was here before has left this browser
        sign_out(g.viewer)
    return factor_views.let_in(opened)


@bp.get(_SECOND)
@public
def show(request_id: str) -> Response:
    """After the password: «Muestre su llave de acceso»."""
    try:
        sign_in_requests.look(factor_views.browser(request_id))
    except NotAllowed:
        return factor_views.begin_again()
    return _show_page(request_id)


@bp.post(f"{_SECOND}/opciones")
@public
def show_options(request_id: str) -> Response:
    party, browser = _party(), factor_views.browser(request_id)
    return _json(sign_in_actions.ask_after_password(party, browser))


@bp.post(_SECOND)
@public
def do_show(request_id: str) -> Response:
    form, browser = PasskeyForm(), factor_views.browser(request_id)
    text = form.answer.data if form.validate() else ""
    try:
        sign_in_requests.look(browser)  # in any other browser there is nothing here
        opened = sign_in_actions.show_after_password(current_rules(), _party(), browser, text)
    except NotAllowed as refusal:
        if refusal.reason != actions.REFUSED:
            return factor_views.begin_again()
        form.form_errors.append(reason_text(refusal.reason))
        return _show_page(request_id, form, 422)
    return factor_views.let_in(opened)


def _show_page(request_id: str, form: PasskeyForm | None = None, status: int = 200) -> Response:
    form = form or PasskeyForm(formdata=None)
    form.answer.errors = []
    return page(
        "accounts/passkey_show.html",
        status,
        form=form,
        action=url_for("passkeys.do_show", request_id=request_id),
        options_url=url_for("passkeys.show_options", request_id=request_id),
        other_url=url_for("second_factor.choose", request_id=request_id),
    )


def _party() -> Party:
    """Raises: ``NotFound`` where passkeys are not offered."""
    found = current_party()
    if found is None:
        raise NotFound
    return found


def _browser() -> str:
    """What this browser alone knows; a challenge made for it is worth nothing in another."""
    if _NONCE not in session:
        session[_NONCE] = secrets.token_urlsafe(16)
    return str(session[_NONCE])


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")
