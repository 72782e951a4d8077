"""Forms of the booking flow."""

from datetime import date
from typing import Any

from wtforms import HiddenField, RadioField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from clinicweb.core.forms import ChoiceField, Form
from clinicweb.core.i18n import lazy

_LARGEST_ID = 2**31 - 1  # PostgreSQL refuses to compare with more


def _parsed_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _offered(_form: Any, field: Any) -> None:
    """What was sent is one of the choices; shown is then the first of them."""
    if field.raw_data and field.raw_data[0] not in {value for value, _text in field.choices}:
        raise ValidationError(str(lazy("Elija una de las opciones que se muestran.")))


class SearchForm(Form):
    """S0-21, S0-22: what, with whom, when, and on which agreement, on one screen."""

    service = ChoiceField(
        validators=[InputRequired(lazy("Elija una especialidad.")), _offered],
        render_kw={"autocomplete": "off"},
    )
    practitioner = ChoiceField(validators=[_offered], render_kw={"autocomplete": "off"})
    agreement = ChoiceField(
        validators=[InputRequired(lazy("Elija un convenio.")), _offered],
        render_kw={"autocomplete": "off"},
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
        if not (field.data or "").isdecimal() or int(field.data[:18]) > _LARGEST_ID:
            raise ValidationError(str(lazy("Elija una de las horas que se muestran.")))


class CheckForm(Form):
    """S0-24, S0-25: these very answers are confirmed."""

    digest = HiddenField(validators=[InputRequired(), Length(max=16)])


class GoOnForm(Form):
    """S1-17, S1-18, S1-29: only a button."""


class ReleaseForm(Form):
    """S0-30, also by a reminder's link: a button, and the cost that was shown before it (S3-38)."""

    agreed = HiddenField(validators=[Length(max=40)])
