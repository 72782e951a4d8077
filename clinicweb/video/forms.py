"""Forms of calls."""

from clinicweb.core.forms import Form, LineField
from clinicweb.core.i18n import lazy


class DeclineForm(Form):
    """Why not now."""

    reason = LineField(
        lazy("Motivo"),
        max_length=200,
        description=lazy("Lo lee quien le llama. Puede dejarlo en blanco."),
        render_kw={"autocomplete": "off"},
    )
