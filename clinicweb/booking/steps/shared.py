"""What several steps need: the hours looked for so far, addresses, nearest hours after a loss."""

from dataclasses import replace
from datetime import date

from flask import url_for

from clinicweb.booking import left_hours, policy, queries
from clinicweb.booking.criteria import HourSearch
from clinicweb.booking.hours import HourChoice, nearest_choices
from clinicweb.booking.queries import FreeHour
from clinicweb.booking.waiting_texts import wait_url
from clinicweb.clinic.rules import ClinicRules
from clinicweb.web.errors import reason_text
from clinicweb.web.visit import Visit

SERVICES_BETWEEN = ","
SLOTS_BETWEEN = "-"
NAMES_BETWEEN = " + "
ANY_SITE = "*"
_NEAREST = 3


def wanted_hours(rules: ClinicRules, visit: Visit) -> HourSearch:
    """The hours that the answers so far ask for."""
    return HourSearch(
        service=visit.find("service") or "",
        practitioner=visit.find("practitioner"),
        draft_id=visit.draft_id,
        notice=rules.booking.book_notice,
        modality=visit.find("modality"),
        city=visit.find("city"),
        site=None if visit.find("site") == ANY_SITE else visit.find("site"),
    )


def wanted_each(rules: ClinicRules, visit: Visit) -> list[HourSearch]:
    """The same for each of several services, in their order."""
    services = (visit.find("services") or "").split(SERVICES_BETWEEN)
    wanted = wanted_hours(rules, visit)
    return [replace(wanted, service=service) for service in services]


def service_names(visit: Visit) -> list[str]:
    """How several services read, in their order."""
    return (visit.find("services_text") or "").split(NAMES_BETWEEN)


def step_url(visit: Visit, step_key: str) -> str:
    """The address of a step of this draft."""
    return url_for("booking.reserva_step", draft_id=visit.draft_id, step_key=step_key)


def wait_url_of(rules: ClinicRules, visit: Visit, **more: str | None) -> str | None:
    """«Avisarme si se libera antes»: for such hours as the answers so far ask for, and *more*."""
    answered = {
        "servicio": visit.find("service"),
        "profesional": visit.find("practitioner"),
        "modalidad": visit.find("modality"),
        "sede": None if visit.find("site") == ANY_SITE else visit.find("site"),
        "desde": visit.find("first_day"),
        "hasta": visit.find("last_day"),
        "horario": visit.find("part"),
        "para": visit.find("patient"),
    }
    return wait_url(rules, **{**answered, **more})


def change_url(visit: Visit, name: str) -> str:
    """Where the answer to the field *name* can be changed."""
    return step_url(visit, visit.asked_by(name))


def hours_of_day(visit: Visit, wanted: HourSearch, day: date) -> tuple[FreeHour, ...]:
    """The free hours of *day*, in order."""
    if _is_in_a_crowd(visit):
        return left_hours.list_day_hours(visit.viewer, wanted, day, _lost_slot(visit))
    return queries.list_free_hours(visit.viewer, wanted, day)


def _is_in_a_crowd(visit: Visit) -> bool:
    """Whether others may have lost the same hour, and this draft keeps none any more."""
    return visit.conflict == policy.SLOT_TAKEN and visit.is_lost_later


def _lost_slot(visit: Visit) -> int:
    return int(visit.lost.get("slot") or 0)


def lost_hours(visit: Visit, wanted: HourSearch) -> tuple[str, tuple[HourChoice, ...]] | None:
    """After a lost race: what happened, and the nearest hours that are left."""
    if visit.conflict is None:
        return None
    is_crowd = _is_in_a_crowd(visit)
    find = left_hours.list_nearest_to_taken if is_crowd else left_hours.list_nearest_hours
    nearest = find(visit.viewer, wanted, _lost_slot(visit), count=_NEAREST)
    return reason_text(visit.conflict), nearest_choices(nearest)
