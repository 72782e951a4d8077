"""Forms of conversations; what comes through a socket is read by the same ones."""

from typing import Any

from wtforms import HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from clinicweb.core.forms import Form, LineField
from clinicweb.core.i18n import lazy

# More than any clinic allows: the act says how much this one does.
_LONGEST = 12_000


class MessageForm(Form):
    """A message; ``key`` is of whoever sends, ``reply_to`` the public id of another message."""

    text = TextAreaField(
        lazy("Mensaje"),
        validators=[Length(max=_LONGEST)],
        render_kw={"rows": 3, "autocomplete": "off", "enterkeyhint": "send"},
    )
    key = HiddenField(validators=[Length(max=22)])
    reply_to = HiddenField(validators=[Length(max=22)])
    # The last one that its page shows.
    seen = HiddenField(validators=[Length(max=10)])


class SeenForm(Form):
    """For pages without scripts: those up to ``number`` were read."""

    number = HiddenField(validators=[Length(max=10)])


class OutcomeForm(Form):
    """S2-23."""

    outcome = TextAreaField(
        lazy("Resultado de la consulta"),
        description=lazy("Lo lee también el paciente. Puede dejarlo en blanco."),
        validators=[Length(max=_LONGEST)],
        render_kw={"rows": 5, "autocomplete": "off"},
    )


class SearchForm(Form):
    """By GET: it carries no token."""

    class Meta:
        csrf = False

    buscar = LineField(
        lazy("Buscar"),
        max_length=60,
        render_kw={"type": "search", "autocomplete": "off", "enterkeyhint": "search"},
    )


class OneForm(Form):
    """A button for each person: its value is who was chosen."""

    patient = HiddenField(validators=[Length(max=22)])
    clinician = HiddenField(validators=[Length(max=120)])


class _Ticks(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class GroupForm(Form):
    """Colleagues: one makes a conversation of two, more a group."""

    title = LineField(
        lazy("Nombre del grupo"),
        description=lazy("Sólo si son varios; puede dejarlo en blanco."),
        max_length=80,
        render_kw={"autocomplete": "off"},
    )
    clinicians = _Ticks(lazy("Colegas"), validators=[Length(max=20)])
    key = HiddenField(validators=[Length(max=22)])

    def offer(self, people: Any) -> None:
        self.clinicians.choices = [(person.code, person.name) for person in people]
