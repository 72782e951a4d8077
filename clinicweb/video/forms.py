"""Forms of calls."""

from wtforms import HiddenField
from wtforms.validators import Length

from clinicweb.core.forms import Form, LineField
from clinicweb.core.i18n import lazy
from clinicweb.video.incidents import LONGEST_DIAGNOSIS


class DeclineForm(Form):
    """Why not now."""

    reason = LineField(
        lazy("Motivo"),
        max_length=200,
        description=lazy("Lo lee quien le llama. Puede dejarlo en blanco."),
        render_kw={"autocomplete": "off"},
    )


class IncidentForm(Form):
    """What the page of a call found out by itself; whatever it says is read with care."""

    cause = HiddenField(validators=[Length(max=10)])
    diagnosis = HiddenField(validators=[Length(max=LONGEST_DIAGNOSIS)])
