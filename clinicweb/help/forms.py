"""What is looked for in the guide: in the address, it is no secret."""

from clinicweb.core.forms import Form, LineField
from clinicweb.core.i18n import lazy

LONGEST_QUERY = 80


class SearchForm(Form):
    query = LineField(
        lazy("Buscar en la guía"),
        name="q",
        max_length=LONGEST_QUERY,
        render_kw={"autocomplete": "off", "autocapitalize": "none", "enterkeyhint": "search"},
    )
