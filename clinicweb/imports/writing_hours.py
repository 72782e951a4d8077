"""Agendas, closures and published hours of a plan, written in bulk."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from clinicweb.booking.models import FREE, Agenda, Closure, Slot
from clinicweb.clinic.models import Service, Site
from clinicweb.core import clock
from clinicweb.imports import records
from clinicweb.imports.upsert import upsert
from clinicweb.imports.writing import Writing

IMPORTED = "import"
_AGENDA_KEY = (
    "practitioner_id", "service_id", "site_id", "modality", "weekday", "from_time", "valid_from",
)  # fmt: skip
_SLOT_KEY = ("practitioner_id", "starts_at", "service_id", "site_id", "modality")


def write_agendas(writing: Writing, agendas: Iterable[records.Agenda]) -> None:
    rows = [
        {
            **who_and_where(writing, agenda),
            "modality": agenda.modality,
            "weekday": agenda.weekday,
            "from_time": agenda.from_time,
            "to_time": agenda.to_time,
            "slot_minutes": agenda.slot_minutes,
            "valid_from": agenda.valid_from,
            "valid_to": agenda.valid_to,
            "web_quota": agenda.web_quota,
        }
        for agenda in agendas
    ]
    if rows:
        writing.outcomes["agendas"] = upsert(
            writing.session, Agenda, key=_AGENDA_KEY, rows=rows, blank=dict.fromkeys(rows[0])
        )


def write_closures(writing: Writing, closures: Iterable[records.Closure]) -> None:
    people, sites = writing.ids("practitioners"), writing.ids("sites")
    rows = [
        {
            "practitioner_id": people[closure.practitioner] if closure.practitioner else None,
            "site_id": sites[closure.site] if closure.site else None,
            "starts_at": closure.starts_at,
            "ends_at": closure.ends_at,
            "reason": closure.reason,
        }
        for closure in closures
    ]
    if rows:
        key = ("practitioner_id", "site_id", "starts_at")
        writing.outcomes["closures"] = upsert(
            writing.session, Closure, key=key, rows=rows, blank=dict.fromkeys(rows[0])
        )


def write_hours(writing: Writing, hours: Iterable[records.PublishedHour]) -> None:
    """Write the free hours that another system publishes, from now on."""
    now = clock.now()
    future = [hour for hour in hours if hour.starts_at > now]
    zones = dict(writing.session.execute(select(Site.code, Site.timezone)).all())
    modalities = modality_of_services(writing)
    rows = [
        {
            **who_and_where(writing, hour),
            "modality": modalities[hour.service],
            "starts_at": hour.starts_at,
            "ends_at": hour.ends_at,
            "day": clock.local_day(hour.starts_at, zones[hour.site]),
        }
        for hour in future
    ]
    if rows:
        blank = {**dict.fromkeys(rows[0]), "source": IMPORTED, "status": FREE}
        people = {row["practitioner_id"] for row in rows}
        writing.outcomes["hours"] = upsert(
            writing.session, Slot, key=_SLOT_KEY, rows=rows, blank=blank,
            where=[Slot.practitioner_id.in_(people), Slot.starts_at > now],
        )  # fmt: skip


def who_and_where(writing: Writing, record: Any) -> dict[str, int]:
    """Return the ids of what *record* names by code."""
    return {
        "practitioner_id": writing.ids("practitioners")[record.practitioner],
        "service_id": writing.ids("services")[record.service],
        "site_id": writing.ids("sites")[record.site],
    }


def modality_of_services(writing: Writing) -> dict[str, str]:
    """Return how a service is given where nothing else says so: the first way it knows."""
    query = select(Service.code, Service.modalities)
    return {
        code: modalities.partition(";")[0] for code, modalities in writing.session.execute(query)
    }
