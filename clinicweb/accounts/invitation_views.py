"""Accepting an invitation: the mailed link, and the password that its owner chooses."""

from flask import Blueprint, Response, flash, request, url_for

from clinicweb.accounts import invitation_actions as actions
from clinicweb.accounts import login, one_time
from clinicweb.accounts.forms import NewPasswordForm
from clinicweb.accounts.link_pages import problem_page, read_link
from clinicweb.accounts.password_rules import password_rules, ticked
from clinicweb.accounts.registration_forms import invitation_form
from clinicweb.clinic.installed import current_rules
from clinicweb.core import i18n
from clinicweb.core.errors import InvalidInput, NotAllowed
from clinicweb.core.i18n import _
from clinicweb.web.guards import public
from clinicweb.web.render import page, see_other

bp = Blueprint("invitation", __name__)


@bp.get("/invitacion/<invite_token>")
@public
def show(invite_token: str) -> Response:
    """Mail scanners open every link: opening it changes nothing."""
    link_id, problem = read_link(one_time.INVITE, invite_token)
    invitation = actions.find_invitation(link_id)
    if problem or invitation is None:
        return _problem_page(invite_token, problem or one_time.USED)
    form = invitation_form(current_rules(), needs_username=invitation.needs_username)
    return _invitation_page(invite_token, invitation, form)


@bp.post("/invitacion/<invite_token>")
@public
def accept(invite_token: str) -> Response:
    link_id, problem = read_link(one_time.INVITE, invite_token)
    invitation = actions.find_invitation(link_id)
    if problem or invitation is None:
        return _problem_page(invite_token, problem or one_time.USED)
    rules = current_rules()
    form = invitation_form(rules, needs_username=invitation.needs_username)
    if not form.check(password_rules(rules.passwords)):
        return _invitation_page(invite_token, invitation, form, 422)
    try:
        actions.accept(rules, _command(link_id, form))
    except NotAllowed as refusal:  # pressed twice
        return _problem_page(invite_token, refusal.reason)
    except InvalidInput as wrong:
        form.username.errors = wrong.errors["username"]
        return _invitation_page(invite_token, invitation, form, 422)
    login.leave()
    flash(_("Su cuenta está abierta. Inicie sesión con su contraseña."), "success")
    return see_other("accounts.sign_in")


def _command(link_id: str, form: NewPasswordForm) -> actions.Accept:
    username = form.username.data if "username" in form else None
    address = request.remote_addr or ""
    return actions.Accept(link_id, form.password.data, username, i18n.language(), address)


@bp.post("/invitacion/<invite_token>/otra-vez")
@public
def renew(invite_token: str) -> Response:
    """An expired invitation sends its successor to the same address, by one press."""
    link_id, problem = read_link(one_time.INVITE, invite_token)
    if problem == one_time.EXPIRED:
        actions.send_again(current_rules(), link_id, i18n.language())
    return see_other("recovery.sent")


def _invitation_page(
    invite_token: str, invitation: actions.Invitation, form: NewPasswordForm, status: int = 200
) -> Response:
    return page(
        "accounts/invitation.html",
        status,
        form=form,
        name=invitation.name,
        action=url_for("invitation.accept", invite_token=invite_token),
        rules=ticked(password_rules(current_rules().passwords), ""),
        review_url=url_for("recovery.review"),
        terms_url=url_for("registration.terms"),
    )


def _problem_page(invite_token: str, problem: str) -> Response:
    return problem_page(
        problem,
        resend_url=url_for("invitation.renew", invite_token=invite_token),
        again_url=url_for("accounts.sign_in"),
        again_text=_("Ir a iniciar sesión"),
    )
