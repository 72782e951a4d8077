"""What is asked of a history, in the address: nothing of it is a secret, nor a name."""

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import DateField, HiddenField, ValidationError
from wtforms.validators import Length, Optional

from clinicweb.core.forms import ChoiceField, Form, LineField
from clinicweb.core.i18n import _, lazy
from clinicweb.family.members import Member
from clinicweb.history.queries import STATES, HistorySearch

LONGEST_WORDS = 80
_LONGEST_ID = 22


class FilterForm(Form):
    """Sent by GET: the address can be kept, and Back finds it again."""

    person = ChoiceField(
        lazy("Persona"), name="persona", default="", render_kw={"autocomplete": "off"}
    )
    first = DateField(
        lazy("Desde"), name="desde", validators=[Optional()], render_kw={"autocomplete": "off"}
    )
    last = DateField(
        lazy("Hasta"), name="hasta", validators=[Optional()], render_kw={"autocomplete": "off"}
    )
    words = LineField(
        lazy("Profesional o especialidad"),
        name="con",
        max_length=LONGEST_WORDS,
        render_kw={"autocomplete": "off", "autocapitalize": "none"},
    )
    state = HiddenField(name="estado", validators=[Length(max=20)])
    before = HiddenField(name="antes", validators=[Length(max=_LONGEST_ID)])

    def validate_last(self, field: Any) -> None:
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(_("El último día no puede ser antes del primero."))

    def search(self, zone: str) -> HistorySearch:
        person = self.person.data if "person" in self else ""
        return HistorySearch(
            zone=zone,
            person=person or "",
            first=self.first.data,
            last=self.last.data,
            words=self.words.data or "",
            state=self.state.data if self.state.data in STATES else "",
            before=self.before.data or "",
        )


def filter_form(asked: MultiDict[str, str], people: Sequence[Member]) -> FilterForm:
    """Filled with what is *asked* in the address; who has no family is asked for no person."""
    form = FilterForm(asked, meta={"csrf": False})
    names = ((member.public_id, member.full_name) for member in people)
    form.person.choices = [("", _("Toda la familia")), *names]
    if len(people) < 2:
        del form.person
    return form
