"""The registration's forms, made of the fields that a clinic asks for, in its order."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import partial
from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import BooleanField, DateField, HiddenField, RadioField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from clinicweb.accounts import captcha
from clinicweb.accounts.captcha_field import recovery_form, with_captcha
from clinicweb.accounts.forms import NewPasswordForm
from clinicweb.clinic.rules import AskedField, ClinicRules
from clinicweb.core import clock, documents, phones
from clinicweb.core.forms import Form, LineField
from clinicweb.core.i18n import _, lazy
from clinicweb.core.text import only_digits

_NEEDED = lazy("Escriba este dato.")
_NOT_A_NAME = re.compile(r"[\d/:@<>]|\.\w{2}")


class _DocumentCheck:
    def __init__(self, document_types: Sequence[str]) -> None:
        self.document_types = document_types

    def __call__(self, _form: Any, field: Any) -> None:
        for document_type in self.document_types:
            if documents.is_valid(document_type, field.data or ""):
                field.data = documents.normalise(document_type, field.data)
                return
        if "rut" in self.document_types:
            raise ValidationError(_("Revise el número: el dígito verificador no calza."))
        raise ValidationError(_("Revise el número: no es el de un documento."))


def _check_email(_form: Any, field: Any) -> None:
    try:
        field.data = validate_email(field.data or "", check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValidationError(_("Escriba un correo como ana@ejemplo.cl.")) from None


class _PhoneCheck:
    def __init__(self, country: str) -> None:
        self.country = country

    def __call__(self, _form: Any, field: Any) -> None:
        phone = phones.normalise(field.data or "", self.country)
        if phone is None:
            raise ValidationError(_("Escriba un teléfono con su código de área."))
        field.data = phone


def _check_name(_form: Any, field: Any) -> None:
    # Mails greet by it: nobody is to have us send an address of theirs to others.
    if " " not in (field.data or "") or _NOT_A_NAME.search(field.data):
        raise ValidationError(_("Escriba su nombre y su apellido."))


def _check_birth(_form: Any, field: Any) -> None:
    if not date(1900, 1, 1) <= field.data <= clock.now().date():
        raise ValidationError(_("Revise la fecha de nacimiento."))


class _AsTyped(LineField):
    """Shown again as it was typed, whatever its checks made of it."""

    def _value(self) -> str:
        return str(self.raw_data[0] if self.raw_data else self.data or "")


def _line(label: Any, *checks: Any, autocomplete: str, max_length: int, **keywords: str) -> Any:
    return _AsTyped(
        label,
        max_length=max_length,
        validators=[DataRequired(_NEEDED), *checks],
        render_kw={"autocomplete": autocomplete, **keywords},
    )


def _fields(rules: ClinicRules) -> dict[str, Callable[[], Any]]:
    types, country = rules.sign_in.document_types, rules.identity.country
    labels = rules.labels
    return {
        "document": partial(
            _line, _(labels.document), _DocumentCheck(types),
            autocomplete="off", max_length=40,
        ),
        "affiliation_number": partial(
            _line, lazy("Número de afiliación"), autocomplete="off", max_length=40
        ),
        "card_serial": partial(
            _line, lazy("Número de serie de la credencial"), autocomplete="off", max_length=40
        ),
        "full_name": partial(
            _line, _(labels.full_name), _check_name, autocomplete="name", max_length=120
        ),
        "birth_date": partial(
            DateField, lazy("Fecha de nacimiento"),
            validators=[InputRequired(_NEEDED), _check_birth],
            render_kw={"autocomplete": "bday"},
        ),
        "email": partial(
            _line, _(labels.email), _check_email,
            autocomplete="email", max_length=120, inputmode="email", autocapitalize="none",
        ),
        "phone": partial(
            _line, _(labels.phone), _PhoneCheck(country),
            autocomplete="tel", max_length=40, inputmode="tel",
        ),
        "username": partial(
            _line, _(labels.username),
            Regexp(r"[\w.+-]{3,60}\Z", message=lazy("Use de 3 a 60 letras, números o . - _")),
            autocomplete="username", max_length=60, autocapitalize="none",
        ),
    }  # fmt: skip


def first_form(rules: ClinicRules, data: Any) -> Form:
    """S1-3: what is asked and checked before anything else."""
    made = _asked(rules, rules.registration.first_fields)
    form: Form = type("FirstForm", (Form,), made)(data=data)
    return form


def _asked(rules: ClinicRules, names: Sequence[AskedField]) -> dict[str, Any]:
    fields = _fields(rules)
    return {name: fields[name]() for name in names if name in fields}


def registration_form(rules: ClinicRules, data: Any) -> Form:
    """The clinic's fields, a password where people choose theirs, the terms where there are."""
    asks_password = not rules.registration.generates_password
    base = NewPasswordForm if asks_password else Form
    made = _asked(rules, rules.registration.fields)
    if rules.terms.version:
        made["terms"] = BooleanField(
            lazy("Leí y acepto los términos y condiciones"),
            validators=[DataRequired(lazy("Para registrarse hay que aceptar los términos."))],
        )
    made["digest"] = HiddenField()
    kind = type("RegistrationForm", (base,), made)
    if rules.registration.captcha:
        kind = with_captcha(kind, captcha.REGISTRATION)
    form: Form = kind(data=data)
    if asks_password:
        form.password.label.text = _(rules.labels.new_password)
        form.again.label.text = _(rules.labels.repeat_password)
    return form


def change_form(rules: ClinicRules, name: AskedField, data: Any) -> Form:
    """One of the same fields, changed later; *seen* says what stood there when it was shown."""
    made = {**_asked(rules, (name,)), "seen": HiddenField(validators=[Length(max=32)])}
    form: Form = type("ChangeForm", (Form,), made)(data=data)
    return form


def reactivation_form(rules: ClinicRules) -> Form:
    """S3-54: affiliation number, card serial, new e-mail."""
    made = _asked(rules, ("affiliation_number", "card_serial", "email"))
    kind: type[Form] = type("ReactivationForm", (Form,), made)
    form: Form = recovery_form(kind, captcha.REACTIVATION)()
    form.email.label.text = _("Correo electrónico nuevo")
    form.email.description = _(
        "Revíselo bien: a un correo mal escrito no llega ningún aviso, ni de sus horas."
    )
    return form


def invitation_form(rules: ClinicRules, *, needs_username: bool) -> NewPasswordForm:
    """A password for the account that the clinic made, and what else it lacks."""
    made = _asked(rules, ("username",)) if needs_username else {}
    if rules.terms.version:
        made["terms"] = BooleanField(
            lazy("Leí y acepto los términos y condiciones"),
            validators=[DataRequired(lazy("Para abrir su cuenta hay que aceptar los términos."))],
        )
    form: NewPasswordForm = type("InvitationForm", (NewPasswordForm,), made)()
    return form


class CodeForm(Form):
    """S1-7: six digits; one field, so that pasting works."""

    code = LineField(
        lazy("Código de 6 dígitos"),
        max_length=12,
        filters=[lambda text: only_digits(text or "")],
        validators=[Regexp(r"\d{6}\Z", message=lazy("Son 6 dígitos: están en el mensaje."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class ChannelForm(Form):
    """S1-6: where the code goes, first and when it is sent again."""

    channel = RadioField(validate_choice=False)

    def chooses_from(self, channels: Collection[str]) -> bool:
        """Whether one of *channels* is chosen; else the reader is told."""
        if self.validate() and self.channel.data in channels:
            return True
        self.channel.errors = [_("Elija dónde recibirlo.")]
        return False


class ActivateForm(Form):
    """S3-15: only a button."""
