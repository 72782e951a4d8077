"""A step that asks for one of a few things; when there is but one, it answers itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from wtforms import RadioField
from wtforms.validators import InputRequired

from clinicweb.booking.steps.trail import trail
from clinicweb.core.flow import Answers, Step, StepAnswers, always
from clinicweb.core.forms import Form
from clinicweb.core.i18n import _, lazy
from clinicweb.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its *value*, how it reads, and what sets it apart."""

    value: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    options: Sequence[Option]


@dataclass(frozen=True, slots=True)
class Choice:
    """
    What is asked.

    Args:
        field: the name of the answer; how it reads is kept as ``<field>_text``.
        groups: what there is to choose from, from the visit.
        button: what sends a marked choice; without it each choice is a button of its own.
    """

    key: str
    title: Any
    field: str
    heading: Any
    groups: Callable[[Visit], Sequence[Group]]
    depends_on: tuple[str, ...] = ()
    applies: Callable[[Answers], bool] = always
    button: str | None = None

    def options(self, visit: Visit) -> list[Option]:
        return [option for group in self.groups(visit) for option in group.options]


class ChoiceForm(Form):
    """Base of the forms with one choice; *field* names it."""

    field: str

    def answers(self) -> dict[str, str | None]:
        chosen = self[self.field]
        texts = dict(chosen.choices)
        return {self.field: chosen.data or None, f"{self.field}_text": texts[chosen.data]}


def choice_step(choice: Choice) -> Step:
    return Step(
        choice.key, choice.title, form=partial(_form, choice), template="booking/choose.html",
        context=partial(_context, choice), depends_on=choice.depends_on,
        applies=choice.applies, only=partial(_only, choice),
    )  # fmt: skip


def _form(choice: Choice, visit: Visit) -> ChoiceForm:
    options = choice.options(visit)
    asked = RadioField(
        choice.heading,
        validators=[InputRequired(lazy("Elija una de las opciones."))],
    )
    made = type("ThisChoiceForm", (ChoiceForm,), {choice.field: asked, "field": choice.field})
    form: ChoiceForm = made(data={choice.field: visit.find(choice.field)})
    form[choice.field].choices = [(option.value, option.text) for option in options]
    return form


def _context(choice: Choice, visit: Visit, form: ChoiceForm) -> Mapping[str, Any]:
    return {
        "heading": str(choice.heading),
        "field": form[choice.field],
        "groups": [group for group in choice.groups(visit) if any(o.value for o in group.options)],
        "button": _(choice.button) if choice.button else None,
        "empty_text": _("No hay horas libres con lo que eligió. Vuelva y elija otra cosa."),
        "trail": trail(visit, before=choice.key),
    }


def _only(choice: Choice, visit: Visit) -> StepAnswers | None:
    options = choice.options(visit)
    if len(options) != 1:
        return None
    [option] = options
    return {choice.field: option.value or None, f"{choice.field}_text": option.text}
