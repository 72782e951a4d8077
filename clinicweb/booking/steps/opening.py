"""How the long way begins: the agreement (S1-15), the guide (S1-16), and «Nueva cita» (S1-18)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from clinicweb.booking import agenda_queries, cards, guide, policy, queries
from clinicweb.booking.forms import GoOnForm
from clinicweb.booking.steps.choice import Choice, Group, Option, choice_step
from clinicweb.booking.steps.trail import trail
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.flow import Step, StepAnswers
from clinicweb.core.i18n import lazy
from clinicweb.web.visit import Visit

GUIDE, START = "guia", "inicio"


def agreement(rules: ClinicRules) -> Step:
    """S1-15; who has no agreement is not asked."""
    return choice_step(
        Choice(
            "convenio", lazy("Convenio"), "agreement", lazy("Seleccione el convenio"),
            groups=_agreements, button=rules.labels.accept_agreement,
        )
    )  # fmt: skip


def _agreements(visit: Visit) -> list[Group]:
    found = queries.list_agreements(visit.viewer)
    options = [Option(row.code, row.name) for row in found] or [Option("", "")]
    return [Group("", options)]


def tutorial(_rules: ClinicRules) -> Step:
    """S1-16, S1-17: shown by itself until an account has read it."""
    return Step(
        GUIDE, lazy("Guía"), form=_go_on, template="booking/guide.html",
        context=_guide_context, only=_seen, accept=_note_seen,
    )  # fmt: skip


def _go_on(_visit: Visit) -> GoOnForm:
    return GoOnForm()


def _seen(visit: Visit) -> StepAnswers | None:
    return {} if agenda_queries.has_seen_guide(visit.viewer) else None


def _note_seen(session: Session, visit: Visit, _new: StepAnswers) -> None:
    guide.note_seen(session, visit.viewer.account_id)


def _guide_context(_visit: Visit, _form: GoOnForm) -> Mapping[str, Any]:
    return {"slides": guide.slides(), "end_url": None}


def start(rules: ClinicRules) -> Step:
    """S1-18: what is booked, and «Nueva cita»."""
    return Step(
        START, lazy("Sus citas"), form=_go_on, template="booking/start.html",
        context=partial(_start_context, rules),
    )  # fmt: skip


def _start_context(rules: ClinicRules, visit: Visit, _form: GoOnForm) -> Mapping[str, Any]:
    hours = policy.hour_rules(rules.booking)
    rows = queries.list_next_appointments(visit.viewer)
    return {
        "cards": tuple(cards.card_of(hours, row) for row in rows),
        "guide_url": url_for("booking.guide") if "tutorial" in rules.booking.steps else None,
        "trail": trail(visit, before=START),
    }
