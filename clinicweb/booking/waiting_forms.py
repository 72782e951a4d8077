"""Forms of the waiting list and of offered hours."""

from datetime import date

from wtforms import DateField, HiddenField, RadioField
from wtforms.validators import InputRequired, Length

from clinicweb.booking.steps.dates import Period, PeriodForm
from clinicweb.booking.waiting_policy import AFTERNOON, ANY, MORNING
from clinicweb.booking.waiting_queries import Wanted
from clinicweb.core.forms import Form
from clinicweb.core.i18n import _, lazy

_THAT_ONE = "one"


class WaitForm(PeriodForm):
    """For which hours somebody waits; of doctor and place only that one, or any."""

    practitioner = RadioField(lazy("Con quién"), validators=[InputRequired()])
    site = RadioField(lazy("Dónde"), validators=[InputRequired()])
    first_day = DateField(
        lazy("Desde"), validators=[InputRequired(lazy("Elija desde qué día."))],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    last_day = DateField(
        lazy("Hasta"), validators=[InputRequired(lazy("Elija hasta qué día."))],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    part = RadioField(lazy("Horario"), validators=[InputRequired(lazy("Elija un horario."))])

    def code_of(self, name: str, wanted: Wanted) -> str:
        """The code that was chosen of *wanted*; empty is any."""
        named = getattr(wanted, name)
        return named.code if named and name in self and self[name].data == _THAT_ONE else ""


def wait_form(wanted: Wanted, period: Period, asked: tuple[date, date, str]) -> WaitForm:
    """*asked*: what the person was looking for: first day, last day, part."""
    first, last, part = asked
    form = WaitForm(
        data={
            "practitioner": _THAT_ONE, "site": _THAT_ONE,
            "first_day": first, "last_day": last, "part": part,
        }
    )  # fmt: skip
    form.period = period
    _offer(form, "practitioner", wanted, _("Con cualquier profesional"))
    _offer(form, "site", wanted, _("En cualquier sede"))
    form.part.choices = [(ANY, _("Todo el día")), (MORNING, _("Mañana")), (AFTERNOON, _("Tarde"))]
    for field in (form.first_day, form.last_day):
        field.render_kw |= {"min": period.today.isoformat(), "max": period.last.isoformat()}
    return form


def _offer(form: WaitForm, name: str, wanted: Wanted, any_text: str) -> None:
    """Asked only where there is one to keep to."""
    named = getattr(wanted, name)
    if named is None:
        del form[name]
    else:
        form[name].choices = [(_THAT_ONE, named.name), (ANY, any_text)]


class TakeForm(Form):
    """*instead_of*: the later appointment that the hour takes the place of, if any."""

    instead_of = HiddenField(validators=[Length(max=22)])
