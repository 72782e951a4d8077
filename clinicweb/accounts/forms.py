"""Forms of the way in."""

from wtforms import HiddenField, PasswordField
from wtforms.validators import DataRequired, InputRequired, Length

from clinicweb.core.forms import Form, LineField
from clinicweb.core.i18n import lazy
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
    next = HiddenField(validators=[Length(max=LONGEST_NEXT)])
