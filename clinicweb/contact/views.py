"""«Contacto» (S3-49…52): write to the clinic, signed in or not, and read what it answered."""

from functools import partial

from flask import Blueprint, Response, flash, g, request, url_for

from clinicweb.accounts import captcha_field
from clinicweb.clinic.installed import current_rules
from clinicweb.contact import actions, queries
from clinicweb.contact.cards import card_of
from clinicweb.contact.forms import WriteForm, write_form
from clinicweb.core import i18n
from clinicweb.core.errors import InvalidInput, NotFound, TooManyAttempts
from clinicweb.core.i18n import _
from clinicweb.core.text import paragraphs
from clinicweb.core.viewer import PATIENT, Viewer
from clinicweb.family import queries as family
from clinicweb.family.members import Member
from clinicweb.web.guards import public, signed_in
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("contact", __name__, url_prefix="/contacto")


@bp.get("")
@public
def write() -> Response:
    return _write_page(_form())


@bp.post("")
@public
def send() -> Response:
    form = _form()
    # What was sent already needs no second proof that nobody is a robot.
    sent = queries.find_sent(g.viewer, form.good_key)
    if sent is not None:
        return _sent(sent)
    if not form.validate():
        return _write_page(form, 422)
    try:
        captcha_field.check(form)
        return _sent(actions.write_message(current_rules(), _command(form)))
    except InvalidInput:
        return _write_page(form, 422)
    except TooManyAttempts as limit:
        return slow_down(form, limit, partial(_write_page, form))


def _form() -> WriteForm:
    if not current_rules().contact.is_on:
        raise NotFound
    email = queries.find_own_email(g.viewer) if g.viewer else ""
    return write_form(current_rules(), g.viewer, _members(), email)


def _members() -> tuple[Member, ...]:
    """Whom of a family a message may be about."""
    if not g.viewer or PATIENT not in g.viewer.roles or not current_rules().family.is_on:
        return ()
    found = family.list_members(g.viewer, current_rules())
    return tuple(member for member in found if member.decision.allowed)


def _command(form: WriteForm) -> actions.WriteMessage:
    return actions.WriteMessage(
        viewer=_acting(form),
        key=form.good_key,
        kind=form.kind.data,
        name=form.name.data if "name" in form else "",
        email=form.email.data,
        text=form.text.data,
        language=i18n.language(),
        address=request.remote_addr or "",
    )


def _acting(form: WriteForm) -> Viewer | None:
    if "about" not in form:
        return g.viewer
    return family.acting_for(g.viewer, current_rules(), form.about.data)


def _write_page(form: WriteForm, status: int = 200) -> Response:
    rules = current_rules()
    return page(
        "contact/write.html",
        status,
        form=form,
        key=form.good_key,
        paragraphs=paragraphs(rules.contact.notices.text) if "notices" in form else (),
        written_in=rules.identity.default_language,
    )


def _sent(message_id: str) -> Response:
    if not g.viewer:
        return see_other("contact.sent", sent_id=message_id)
    flash(_("Recibimos su mensaje. La respuesta aparecerá aquí."), "success")
    return see_other("contact.message", contact_id=message_id)


@bp.get("/enviado/<public_id:sent_id>")
@public
def sent(sent_id: str) -> Response:
    """For who was not signed in: the number alone, not what they wrote."""
    reference = queries.get_strangers_reference(g.viewer, sent_id)
    return page("contact/sent.html", reference=reference)


@bp.get("/mis-mensajes")
@signed_in
def mine() -> Response:
    rows = queries.list_own_messages(g.viewer)
    cards = tuple((card_of(row), _own_url(row.public_id)) for row in rows)
    return page("contact/mine.html", cards=cards)


def _own_url(message_id: str) -> str:
    return url_for("contact.message", contact_id=message_id)


@bp.get("/mis-mensajes/<public_id:contact_id>")
@signed_in
def message(contact_id: str) -> Response:
    card = card_of(queries.get_own_message(g.viewer, contact_id))
    return page("contact/message.html", card=card)
