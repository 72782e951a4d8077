"""Forms of strong factors."""

from wtforms import HiddenField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from clinicweb.core.forms import Form, LineField
from clinicweb.core.i18n import lazy
from clinicweb.core.text import only_digits
from clinicweb.web.guards import LONGEST_NEXT

_LONGEST_ANSWER = 8000


class AppCodeForm(Form):
    """The code that an authenticator app shows now."""

    code = LineField(
        lazy("Código de 6 dígitos"),
        max_length=12,
        filters=[lambda text: only_digits(text or "")],
        validators=[Regexp(r"\d{6}\Z", message=lazy("Son 6 dígitos: están en la aplicación."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class PasskeyNameForm(Form):
    """What a person calls one of their passkeys."""

    name = LineField(
        lazy("Nombre de la llave"),
        max_length=60,
        description=lazy("Por ejemplo: mi teléfono."),
        validators=[DataRequired(lazy("Póngale un nombre, para reconocerla."))],
        render_kw={"autocomplete": "off"},
    )


class NewPasskeyForm(PasskeyNameForm):
    """*answer* is filled in by the script, with what the authenticator says."""

    answer = HiddenField(validators=[InputRequired(), Length(max=_LONGEST_ANSWER)])


class PasskeyForm(Form):
    """Coming in by passkey, or showing one after the password."""

    answer = HiddenField(validators=[InputRequired(), Length(max=_LONGEST_ANSWER)])
    next = HiddenField(validators=[Length(max=LONGEST_NEXT)])


class ButtonForm(Form):
    """Only a button."""
