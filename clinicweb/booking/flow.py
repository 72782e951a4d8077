"""The booking flow as data: which steps a clinic asks says its ``booking.steps``."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import url_for

from clinicweb.accounts.people import has_address
from clinicweb.booking import actions, cards, hour_rows, policy, queries, sanctions
from clinicweb.booking.steps import (
    agenda,
    dates,
    find,
    hour,
    one_screen,
    opening,
    person,
    place,
    plan,
    recommendations,
    several,
    summary,
    what,
)
from clinicweb.booking.together import asked_hours
from clinicweb.clinic.booking_rules import BookingStep
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import flow as flows
from clinicweb.core.errors import Conflict
from clinicweb.core.flow import Answers, Flow, Step
from clinicweb.core.i18n import _
from clinicweb.core.viewer import Viewer
from clinicweb.family import queries as family
from clinicweb.web.visit import Visit

STEPS: Mapping[BookingStep, Callable[[ClinicRules], Step]] = {
    "person": person.step,
    "one_screen": one_screen.step,
    "hour": hour.step,
    "agreement": opening.agreement,
    "tutorial": opening.tutorial,
    "start": opening.start,
    "kind": what.kind,
    "modality": what.modality,
    "by": what.by,
    "search": find.step,
    "city": place.city,
    "site": place.site,
    "dates": dates.step,
    "agenda": agenda.step,
    "recommendations": recommendations.step,
    "summary": summary.step,
}
# What is asked in the place of a step when several services are wanted.
_FOR_SEVERAL: Mapping[BookingStep, tuple[Callable[[ClinicRules], Step], ...]] = {
    "search": (several.step,),
    "agenda": (plan.step,),
}
# Of these a clinic has one: there a lost hour is chosen anew.
_HOUR_STEPS: tuple[BookingStep, ...] = ("hour", "agenda")
_LOST = (
    policy.SLOT_TAKEN,
    policy.SLOT_OFFERED,
    policy.PATIENT_BUSY,
    policy.TOO_LATE_TO_BOOK,
    policy.WEB_QUOTA_TAKEN,
)


def book_flow(rules: ClinicRules) -> Flow:
    """The flow for a clinic with *rules*."""
    steps = {name: STEPS[name](rules) for name in rules.booking.steps}
    hour_step = next(steps[name] for name in _HOUR_STEPS if name in steps)
    in_order = [
        step
        for name in rules.booking.steps
        for step in (steps[name], *(make(rules) for make in _FOR_SEVERAL.get(name, ())))
    ]
    ending = _Ending(rules)
    return Flow(
        name=actions.FLOW,
        steps=tuple(in_order),
        finish=ending.finish,
        done_template="booking/done.html",
        done_context=ending.done_context,
        conflicts={**dict.fromkeys(_LOST, hour_step.key), policy.ONE_OF_SEVERAL: plan.KEY},
        admits=lambda viewer: sanctions.refuse_the_barred(viewer, rules),
        viewer_for=partial(_acting, rules),
        guide="reservar",
    )


def _acting(rules: ClinicRules, viewer: Viewer, answers: Answers) -> Viewer:
    """S3-22: for whom of the family the answers are."""
    patient = flows.find(answers, "patient")
    return family.acting_for(viewer, rules, patient) if patient else viewer


class _Ending:
    """What comes of the answers, under the clinic's rules."""

    def __init__(self, rules: ClinicRules) -> None:
        self.rules = rules

    def finish(self, visit: Visit, form: Any) -> None:
        command = actions.BookAppointment(visit.viewer, visit.draft_id, form.digest.data)
        try:
            _refuse_the_taken(visit, form.digest.data)
            actions.book_appointment(self.rules, command)
        except Conflict as conflict:
            if conflict.code not in _LOST or not visit.find("services"):
                raise
            raise Conflict(policy.ONE_OF_SEVERAL) from None

    def done_context(self, visit: Visit) -> Mapping[str, Any]:
        result = visit.result or {}
        booked = result.get("appointments") or [result.get("appointment")]
        rows = [queries.get_appointment(visit.viewer, str(public_id)) for public_id in booked]
        rows.sort(key=lambda row: row.starts_at)
        hours = policy.hour_rules(self.rules.booking)
        return {
            "cards": tuple(cards.card_of(hours, row) for row in rows),
            "mail_text": _mail_text(visit.viewer),
            "home_url": self._home_url(visit),
        }

    def _home_url(self, visit: Visit) -> str:
        """S3-39: where a family's holder sees that it is there."""
        patient = visit.find("patient")
        if not self.rules.family.is_on or patient is None:
            return url_for("booking.home")
        return url_for("booking.member", member_id=patient)


def _refuse_the_taken(visit: Visit, digest: str) -> None:
    """Of fifty who want one hour most need not wait for the others to write."""
    if visit.result is not None or digest != flows.digest(visit.kept):
        return  # it is theirs already, or the answers must be read again first
    slot_ids = [slot_id for slot_id, _service in asked_hours(visit.answers)]
    taken = hour_rows.find_taken(visit.draft_id, slot_ids)
    if taken is not None and len(slot_ids) > 1:
        raise Conflict(policy.ONE_OF_SEVERAL, about=str(taken))
    if taken is not None:
        raise Conflict(policy.SLOT_TAKEN)


def _mail_text(viewer: Viewer) -> str:
    """Nobody is promised a mail that has nowhere to go."""
    if not has_address(viewer):
        return _("No tenemos un correo suyo: anote la fecha, o véala cuando quiera en su inicio.")
    return _("Le enviamos la confirmación a su correo, con un archivo para su calendario.")
