"""Forms of messages to the clinic, and of their answers."""

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from clinicweb.accounts import captcha
from clinicweb.accounts.actions import good_email
from clinicweb.accounts.captcha_field import with_captcha
from clinicweb.clinic.rules import ClinicRules
from clinicweb.contact.staff_queries import CLOSED, OPEN, InboxSearch
from clinicweb.contact.texts import kinds_in_use
from clinicweb.core.errors import InvalidInput
from clinicweb.core.forms import ChoiceField, Form, LineField
from clinicweb.core.i18n import _, lazy
from clinicweb.core.ids import is_public_id, new_public_id
from clinicweb.core.text import clean_text
from clinicweb.core.viewer import Viewer
from clinicweb.family.members import Member

# More than any clinic allows.
_LONGEST = 12_000
_LONGEST_ID = 22


def _text_field() -> TextAreaField:
    return TextAreaField(
        lazy("Mensaje"),
        validators=[DataRequired(lazy("Escriba su mensaje.")), Length(max=_LONGEST)],
        filters=[lambda text: clean_text(text) if text else text],
        render_kw={"rows": 8, "autocomplete": "off"},
    )


class _OnceForm(Form):
    """Sent once: ``key`` names the form."""

    key = HiddenField(validators=[Length(max=_LONGEST_ID)])

    @property
    def good_key(self) -> str:
        """What the form brought, or a new one; it stays until the form was sent."""
        if not is_public_id(self.key.data or ""):
            self.key.data = new_public_id()
        return str(self.key.data)


def _check_email(_form: Any, field: Any) -> None:
    try:
        field.data = good_email(field.data or "")
    except InvalidInput:
        raise ValidationError(_("Escriba un correo como ana@ejemplo.cl.")) from None


class WriteForm(_OnceForm):
    """S3-49…51; ``about``: somebody of the family; ``name``: of who is not signed in."""

    kind = ChoiceField(
        lazy("Tipo de mensaje"),
        validators=[InputRequired(lazy("Elija el tipo de mensaje."))],
        render_kw={"autocomplete": "off"},
    )
    about = ChoiceField(lazy("Sobre quién"), render_kw={"autocomplete": "off"})
    name = LineField(
        "",
        max_length=120,
        validators=[DataRequired(lazy("Escriba su nombre."))],
        render_kw={"autocomplete": "name"},
    )
    email = LineField(
        "",
        max_length=120,
        description=lazy("Ahí le avisamos. Puede cambiarlo."),
        validators=[DataRequired(lazy("Escriba su correo.")), _check_email],
        render_kw={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"},
    )
    text = _text_field()
    notices = BooleanField(
        lazy("He leído y acepto los avisos"),
        validators=[InputRequired(lazy("Para enviar, lea y acepte los avisos."))],
    )
    longest = _LONGEST

    def validate_text(self, field: Any) -> None:
        if len(field.data) > self.longest:
            text = _("A lo más %(count)s caracteres; hay %(now)s.")
            raise ValidationError(text % {"count": self.longest, "now": len(field.data)})


def write_form(
    rules: ClinicRules, viewer: Viewer | None, members: Sequence[Member], email: str
) -> WriteForm:
    """What *viewer* is asked: a name and a captcha only of who is not signed in."""
    is_asked = viewer is None and rules.contact.captcha
    kind = with_captcha(WriteForm, captcha.CONTACT) if is_asked else WriteForm
    form = kind(data={"email": email})
    types = ((found.code, _(found.name)) for found in rules.contact.types)
    form.kind.choices = [("", _("Elija uno")), *types]
    form.about.choices = [(one.public_id, one.full_name) for one in members]
    form.name.label.text, form.email.label.text = _(rules.labels.full_name), _(rules.labels.email)
    form.longest = rules.contact.longest_message
    form.text.render_kw = {**form.text.render_kw, "maxlength": form.longest}
    if viewer:
        del form.name
    else:
        form.email.description = _("Ahí le responderemos.")
    if len(members) < 2:
        del form.about
    if not rules.contact.notices.version:
        del form.notices
    return form


class AnswerForm(_OnceForm):
    """Of the staff; ``seen``: how many answers its page showed."""

    text = _text_field()
    seen = HiddenField(validators=[Length(max=6)])
    closes = BooleanField(lazy("Cerrar el mensaje: no queda nada por hacer"))

    @property
    def seen_count(self) -> int:
        return int(self.seen.data) if (self.seen.data or "").isdecimal() else 0


class InboxForm(Form):
    """Sent by GET: the address can be kept, and Back finds it again."""

    kind = ChoiceField(
        lazy("Tipo de mensaje"), name="tipo", default="", render_kw={"autocomplete": "off"}
    )
    words = LineField(
        lazy("Número, nombre, correo o palabras"),
        name="con",
        max_length=80,
        render_kw={"type": "search", "autocomplete": "off", "enterkeyhint": "search"},
    )
    state = HiddenField(name="estado", validators=[Length(max=20)])
    before = HiddenField(name="antes", validators=[Length(max=_LONGEST_ID)])

    def search(self) -> InboxSearch:
        return InboxSearch(
            state=CLOSED if self.state.data == CLOSED else OPEN,
            kind=self.kind.data or "",
            words=self.words.data or "",
            before=self.before.data or "",
        )


def inbox_form(rules: ClinicRules, asked: MultiDict[str, str]) -> InboxForm:
    """Filled with what is *asked* in the address."""
    form = InboxForm(asked, meta={"csrf": False})
    form.kind.choices = [("", _("Todos")), *kinds_in_use(rules)]
    return form
