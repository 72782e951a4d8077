"""Forms of the booking flow."""

from datetime import date
from typing import Any

from wtforms import HiddenField, RadioField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from clinicweb.core.forms import ChoiceField, Form
from clinicweb.core.i18n import lazy


def _parsed_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


class SearchForm(Form):
    """S0-21, S0-22: what, with whom, when, and on which agreement, on one screen."""

    service = ChoiceField(
        validators=[InputRequired(lazy("Elija una especialidad."))],
        render_kw={"autocomplete": "off"},
    )
    practitioner = ChoiceField(render_kw={"autocomplete": "off"})
    agreement = ChoiceField(
        validators=[InputRequired(lazy("Elija un convenio."))], render_kw={"autocomplete": "off"}
    )
    day = StringField(validators=[InputRequired(lazy("Elija una fecha.")), Length(max=10)])

    def validate_day(self, field: Any) -> None:
        if _parsed_day(field.data) is None:
            raise ValidationError(str(lazy("Elija una de las fechas que se muestran.")))


class SlotForm(Form):
    """S0-23: one of the free hours."""

    slot = RadioField(
        lazy("Hora"),
        validators=[InputRequired(lazy("Elija una hora."))],
        validate_choice=False,  # an hour just taken is a lost race, not a mistake: see its hold
    )

    def validate_slot(self, field: Any) -> None:
        if not (field.data or "").isdecimal() or len(field.data) > 18:
            raise ValidationError(str(lazy("Elija una de las horas que se muestran.")))


class CheckForm(Form):
    """S0-24, S0-25: these very answers are confirmed."""

    digest = HiddenField(validators=[InputRequired(), Length(max=16)])


class ReleaseForm(Form):
    """S0-30: only a button."""
