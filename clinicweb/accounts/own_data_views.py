"""«Mis datos»: what the clinic has of oneself, and where one is reached.  S0-38, S3-61."""

from flask import Blueprint, Response, flash, g, url_for

from clinicweb.accounts import one_time
from clinicweb.accounts import own_data_actions as actions
from clinicweb.accounts.link_pages import problem_page, read_link
from clinicweb.accounts.own_data import OwnData, find_asked_email, get_own_data
from clinicweb.accounts.registration_forms import ActivateForm, change_form
from clinicweb.clinic.installed import current_rules
from clinicweb.core import documents, i18n
from clinicweb.core.errors import Conflict, NotAllowed, TooManyAttempts
from clinicweb.core.forms import Form
from clinicweb.core.i18n import _
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import public, recently_confirmed, signed_in
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("own_data", __name__)


@bp.get("/mis-datos")
@signed_in
def home() -> Response:
    own = get_own_data(g.viewer)
    return page(
        "accounts/own_data.html",
        own=own,
        document=documents.display(*own.document) if own.document else None,
        birth_text=i18n.date_text(own.birth_date) if own.birth_date else None,
        cancel_url=url_for("own_data.cancel_email"),
    )


@bp.get("/mis-datos/correo")
@recently_confirmed
def email() -> Response:
    own = get_own_data(g.viewer)
    data = {"email": own.pending_email, "seen": own.seen}
    return _email_page(change_form(current_rules(), "email", data), own)


@bp.post("/mis-datos/correo")
@recently_confirmed
def ask_email() -> Response:
    own = get_own_data(g.viewer)
    form = change_form(current_rules(), "email", {})
    if not form.validate() or is_present(form.email, own.email):
        return _email_page(form, own, 422)
    command = actions.ChangeContact(g.viewer, form.email.data, form.seen.data)
    try:
        actions.ask_email_change(current_rules(), command)
    except Conflict as conflict:
        return _email_page(shown_anew(form, conflict), get_own_data(g.viewer), 409)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _email_page(form, own, status))
    text = _("Enviamos un enlace a %(email)s. Ábralo para terminar.", email=form.email.data)
    flash(text, "success")
    return see_other("own_data.home")


@bp.post("/mis-datos/correo/cancelar")
@signed_in
def cancel_email() -> Response:
    actions.cancel_email_change(g.viewer)
    flash(_("Su correo no cambia. El enlace que enviamos ya no vale."), "success")
    return see_other("own_data.home")


def is_present(field: object, present: str | None) -> bool:
    """Whether what was typed is what stands there already; it is said beside the field."""
    if present is None or str(field.data).casefold() != present.casefold():  # type: ignore[attr-defined]
        return False
    field.errors = [_("Es el que ya tiene.")]  # type: ignore[attr-defined]
    return True


def shown_anew(form: Form, conflict: Conflict) -> Form:
    """What was typed, with what stands there now."""
    form.form_errors.append(reason_text(conflict.code))
    form.seen.data = get_own_data(g.viewer).seen
    return form


def _email_page(form: Form, own: OwnData, status: int = 200) -> Response:
    form.email.label.text = _("Correo electrónico nuevo")
    return page(
        "accounts/change_contact.html",
        status,
        form=form,
        field=form.email,
        heading=_("Cambiar mi correo"),
        present=own.email,
        hint=_("Le enviaremos un enlace al correo nuevo. El cambio vale cuando lo abra."),
        button=_("Enviar"),
        action=url_for("own_data.ask_email"),
    )


@bp.get("/correo/confirmar/<email_token>")
@public
def email_link(email_token: str) -> Response:
    """Mail scanners open every link: the button changes, opening does not."""
    link_id, problem = read_link(one_time.CHANGE_EMAIL, email_token)
    new = find_asked_email(link_id)
    if problem or not new:
        return _link_problem(problem or one_time.USED)
    action = url_for("own_data.confirm_email", email_token=email_token)
    return page("accounts/confirm_email.html", form=ActivateForm(), action=action, email=new)


@bp.post("/correo/confirmar/<email_token>")
@public
def confirm_email(email_token: str) -> Response:
    link_id, problem = read_link(one_time.CHANGE_EMAIL, email_token)
    if problem:
        return _link_problem(problem)
    try:
        actions.change_email(current_rules(), link_id)
    except NotAllowed as refusal:
        return _link_problem(refusal.reason)
    flash(_("Su correo cambió. Desde ahora le escribimos al nuevo."), "success")
    return see_other("own_data.home" if g.viewer else "accounts.sign_in")


def _link_problem(problem: str) -> Response:
    return problem_page(problem, resend_url=None, again_url=url_for("own_data.email"))
