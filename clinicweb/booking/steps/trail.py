"""What was answered so far, above the step that comes next."""

from collections.abc import Callable, Mapping

from clinicweb.core.flow import BY_ITSELF
from clinicweb.core.i18n import _
from clinicweb.web.visit import Visit

_SUFFIX = "_text"
# What was found says how it was looked for.
_UNTOLD = ("by_text",)
# What is told of a step that was not asked, because there was but one answer.
_ONLY: Mapping[str, Callable[[str], str]] = {
    "agreement": lambda name: _("Tiene un solo convenio: %(name)s", name=name),
    "area": lambda name: _("Sólo hay un tipo de cita: %(name)s", name=name),
    "modality": lambda name: _("Sólo hay una modalidad: %(name)s", name=name),
    "city": lambda name: _("Sólo hay una ciudad: %(name)s", name=name),
    "site": lambda name: _("Sólo hay una sede: %(name)s", name=name),
}


def trail(visit: Visit, *, before: str) -> tuple[str, ...]:
    """What was answered before the step *before*, in the order of the steps."""
    told: list[str] = []
    for step in visit.flow.steps:
        if step.key == before:
            break
        answers = visit.answers.get(step.key, {})
        for name, text in answers.items():
            if name.endswith(_SUFFIX) and text and name not in _UNTOLD:
                told.append(_said(name.removesuffix(_SUFFIX), text, alone=BY_ITSELF in answers))
    return tuple(told)


def _said(name: str, text: str, *, alone: bool) -> str:
    words = _(text)
    return _ONLY[name](words) if alone and name in _ONLY else words
