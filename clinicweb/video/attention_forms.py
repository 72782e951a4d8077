"""Forms of an appointment by video."""

from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from clinicweb.core.forms import Form, LineField
from clinicweb.core.i18n import lazy
from clinicweb.video.admission_actions import LONGEST_NOTE
from clinicweb.video.attention_actions import LONGEST_NAME


class ConsentForm(Form):
    """*shown* names the text that stands above it."""

    shown = HiddenField(validators=[Length(max=64)])
    agrees = BooleanField(
        lazy("Leí y acepto que me atiendan por video"),
        validators=[DataRequired(lazy("Para atenderse por video hay que aceptarlo."))],
    )


class NameForm(Form):
    """S0-34."""

    name = LineField(
        lazy("Su nombre"),
        max_length=LONGEST_NAME,
        validators=[DataRequired(lazy("Escriba su nombre."))],
        description=lazy("Así sabe quien le atiende que es usted."),
        render_kw={"autocomplete": "name"},
    )


class OutcomeForm(Form):
    """*outcome*: of those that can be by now."""

    outcome = RadioField(
        lazy("¿Qué pasó con esta atención?"),
        validators=[InputRequired(lazy("Elija qué pasó."))],
    )
    note = TextAreaField(
        lazy("Nota"),
        validators=[Length(max=LONGEST_NOTE)],
        description=lazy("Queda con la atención. El paciente no la ve en el portal."),
        render_kw={"rows": 4, "maxlength": LONGEST_NOTE, "autocomplete": "off"},
    )
