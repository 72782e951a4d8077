"""Forms of the way in."""

from typing import Any

from wtforms import BooleanField, HiddenField, PasswordField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from clinicweb.accounts.password_rules import problems_of
from clinicweb.accounts.passwords import canonical
from clinicweb.accounts.policy import LONGEST_PASSWORD, PasswordRules
from clinicweb.core.forms import ChoiceField, Form, LineField
from clinicweb.core.i18n import LANGUAGES, _, lazy
from clinicweb.web.guards import LONGEST_NEXT


class SignInForm(Form):
    """S0-12, S0-18: RUT or user name, and password."""

    identifier = LineField(
        lazy("RUT o nombre de usuario"),
        max_length=120,
        validators=[DataRequired(lazy("Escriba su RUT o su nombre de usuario."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy("Contraseña"),
        validators=[InputRequired(lazy("Escriba su contraseña.")), Length(max=200)],
        render_kw={"autocomplete": "current-password", "maxlength": 200},
    )
    keep = BooleanField(lazy("Mantener sesión iniciada"))  # S4-3
    next = HiddenField(validators=[Length(max=LONGEST_NEXT)])


class ConfirmForm(Form):
    """Who is signed in shows once more that it is them."""

    password = PasswordField(
        lazy("Contraseña"),
        validators=[InputRequired(lazy("Escriba su contraseña.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password", "maxlength": LONGEST_PASSWORD},
    )
    next = HiddenField(validators=[Length(max=LONGEST_NEXT)])


class LanguageForm(Form):
    """What one wants to read, in mails and after signing in."""

    language = ChoiceField(
        lazy("Idioma de los correos y del portal"),
        choices=[SelectChoice(*language) for language in LANGUAGES.items()],
    )


class ChooseMeansForm(Form):
    """S1-11: what to show beside the password."""

    kind = RadioField(validators=[InputRequired(lazy("Elija uno."))])


class SecurityCodeForm(Form):
    """S1-12: one field, so that pasting works."""

    code = LineField(
        lazy("Código de seguridad"),
        max_length=40,
        validators=[InputRequired(lazy("Escriba el código."))],
        render_kw={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )


class HelpForm(Form):
    """S4-18, S4-19, S3-75: who needs help to come in."""

    identifier = LineField(
        "",
        max_length=254,
        validators=[DataRequired(lazy("Escriba este dato para poder ayudarle."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


class EmailAndUserForm(HelpForm):
    """S4-19: both, of one account."""

    email = LineField(
        "",
        max_length=254,
        validators=[DataRequired(lazy("Escriba este dato para poder ayudarle."))],
        render_kw={"autocomplete": "email", "autocapitalize": "none", "inputmode": "email"},
    )


_TOO_LONG = lazy("A lo más %(count)s caracteres", count=LONGEST_PASSWORD)


def _password(label: Any, message: Any, *, autocomplete: str) -> PasswordField:
    return PasswordField(
        label,
        validators=[InputRequired(message), Length(max=LONGEST_PASSWORD, message=_TOO_LONG)],
        render_kw={"autocomplete": autocomplete, "maxlength": LONGEST_PASSWORD},
    )


class NewPasswordForm(Form):
    """S4-10, S4-11: a password typed twice, under the clinic's rules."""

    password = _password(
        lazy("Contraseña nueva"),
        lazy("Escriba la contraseña nueva."),
        autocomplete="new-password",
    )
    again = _password(
        lazy("Repita la contraseña nueva"),
        lazy("Escriba otra vez la contraseña nueva."),
        autocomplete="new-password",
    )

    def check(self, rules: PasswordRules) -> bool:
        """Whether all is valid; what is not stands beside its field."""
        is_filled = bool(self.validate())
        if not self.password.errors:
            self.password.errors = problems_of(rules, self.password.data)
        if not self.again.errors and canonical(self.password.data) != canonical(self.again.data):
            self.again.errors = [_("No es igual a la de arriba.")]
        return is_filled and not self.password.errors and not self.again.errors


class ChangePasswordForm(NewPasswordForm):
    """S0-40, S4-20."""

    current = _password(
        lazy("Contraseña actual"),
        lazy("Escriba su contraseña actual."),
        autocomplete="current-password",
    )

    def check(self, rules: PasswordRules) -> bool:
        is_good = super().check(rules)
        if is_good and canonical(self.password.data) == canonical(self.current.data):
            self.password.errors = [_("Elija una distinta de la actual.")]
        return is_good and not self.password.errors
