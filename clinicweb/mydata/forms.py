"""What is asked of the journal, in the address: nothing of it is a secret, nor a name."""

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import DateField, IntegerField, ValidationError
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from clinicweb.core.forms import ChoiceField, Form
from clinicweb.core.i18n import _, lazy
from clinicweb.family.members import Member
from clinicweb.mydata import policy
from clinicweb.mydata.queries import AccessSearch
from clinicweb.mydata.texts import kind_text

MOST_PAGES = 500
_OFF = {"autocomplete": "off"}


class AccessForm(Form):
    """Sent by GET: the address can be kept, and Back finds it again."""

    person = ChoiceField(lazy("Persona"), name="persona", default="", render_kw=_OFF)
    kind = ChoiceField(lazy("Qué"), name="que", default="", render_kw=_OFF)
    first = DateField(lazy("Desde"), name="desde", validators=[Optional()], render_kw=_OFF)
    last = DateField(lazy("Hasta"), name="hasta", validators=[Optional()], render_kw=_OFF)
    page = IntegerField(
        name="pagina",
        default=1,
        widget=HiddenInput(),
        validators=[Optional(), NumberRange(1, MOST_PAGES)],
    )

    def validate_last(self, field: Any) -> None:
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(_("El último día no puede ser antes del primero."))

    def search(self, zone: str, a_page: int) -> AccessSearch:
        person = self.person.data if "person" in self else ""
        return AccessSearch(
            zone=zone,
            person=person or "",
            first=self.first.data,
            last=self.last.data,
            kind=self.kind.data or "",
            skip=((self.page.data or 1) - 1) * a_page,
        )


def access_form(asked: MultiDict[str, str], people: Sequence[Member]) -> AccessForm:
    """Filled with what is *asked* in the address; who has no family is asked for no person."""
    form = AccessForm(asked, meta={"csrf": False})
    names = ((member.public_id, member.full_name) for member in people)
    form.person.choices = [("", _("Toda la familia")), *names]
    kinds = ((kind, kind_text(kind)) for kind in policy.KINDS)
    form.kind.choices = [("", _("Todo")), *kinds]
    if len(people) < 2:
        del form.person
    return form
