"""S1-29: what to know before one comes, read before the appointment is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clinicweb.booking import agenda_queries
from clinicweb.booking.forms import GoOnForm
from clinicweb.booking.steps.trail import trail
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.flow import Step, StepAnswers
from clinicweb.core.i18n import lazy
from clinicweb.web.visit import Visit

KEY = "recomendaciones"


@dataclass(frozen=True, slots=True)
class Advice:
    """Of one service: its name, and what it says, a paragraph each."""

    service_name: str
    paragraphs: tuple[str, ...]


def step(_rules: ClinicRules) -> Step:
    return Step(
        KEY, lazy("Recomendaciones"), form=_form, template="booking/recommendations.html",
        context=_context, depends_on=("service", "services"), only=_nothing_to_say,
    )  # fmt: skip


def _form(_visit: Visit) -> GoOnForm:
    return GoOnForm()


def _advice(visit: Visit) -> tuple[Advice, ...]:
    services = (visit.find("services") or visit.find("service") or "").split(",")
    found = agenda_queries.list_recommendations(visit.viewer, services)
    return tuple(Advice(name, tuple(filter(None, text.splitlines()))) for name, text in found)


def _nothing_to_say(visit: Visit) -> StepAnswers | None:
    return None if _advice(visit) else {}


def _context(visit: Visit, _form: GoOnForm) -> Mapping[str, Any]:
    return {"advice": _advice(visit), "trail": trail(visit, before=KEY)}
