"""Agendas, closures and appointments of the demo clinic, laid around one day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from clinicweb.demo.tables import read_plan

Row = Mapping[str, Any]

AGENDA_PAST = timedelta(days=90)
AGENDA_AHEAD = timedelta(days=365)
# Days to choose from; the agenda's own week day is then up to six days earlier.
PAST_DAYS = range(-60, 0)
# Well inside any sensible booking horizon, so that each future appointment finds its hour.
FUTURE_DAYS = range(8, 28)
PAST_APPOINTMENTS = 70
FUTURE_APPOINTMENTS = 45
PAST_STATUS = ("fulfilled",) * 7 + ("cancelled", "cancelled", "noshow")
FUTURE_STATUS = ("booked",) * 8 + ("cancelled",)
CHILD_YEARS = 15
ADULT_YEARS = 18
# What the three of the cast have: patient, service, days to choose from, status.
CAST = (
    ("P-0001", "MEDGEN", range(-40, 0), "fulfilled"),
    ("P-0001", "DERM", range(-50, 0), "cancelled"),
    ("P-0001", "CARD", range(15, 28), "booked"),
    ("P-0002", "PED", range(-40, 0), "fulfilled"),
    ("P-0003", "GINE", range(-40, 0), "fulfilled"),
)


def agenda_rows(practitioners: Sequence[Row], *, today: date) -> list[dict[str, Any]]:
    """Rows of ``agendas.csv``: one per week day of each planned agenda."""
    return [
        {
            "practitioner": person["code"],
            "service": agenda["service"],
            "site": agenda["site"],
            "modality": agenda["modality"],
            "weekday": weekday,
            "from": agenda["from"],
            "to": agenda["to"],
            "slot_minutes": agenda["minutes"],
            "valid_from": (today - AGENDA_PAST).isoformat(),
            "valid_to": (today + AGENDA_AHEAD).isoformat(),
            "web_quota": agenda.get("web_quota", ""),
        }
        for person in practitioners
        for agenda in person["agendas"]
        for weekday in agenda["weekdays"]
    ]


def closure_rows(
    sites: Iterable[Row], holidays: Iterable[Row], *, today: date
) -> list[dict[str, str]]:
    """Rows of ``closures.csv``: holidays of each site, then absences; ``to`` is not included."""
    closed = [
        _closure(day, days=1, site=site["code"], reason=holiday["reason"])
        for holiday in holidays
        for day in _holiday_dates(holiday["on"], today)
        for site in sites
    ]
    absences = [
        _closure(
            today + timedelta(days=absence["first_day"]),
            days=absence["days"],
            practitioner=absence["practitioner"],
            reason=absence["reason"],
        )
        for absence in read_plan("closures")["absences"]
    ]
    return sorted(closed, key=lambda row: (row["from"], row["site"])) + absences


def _holiday_dates(month_day: str, today: date) -> list[date]:
    years = range(today.year - 1, today.year + 2)
    days = (date.fromisoformat(f"{year}-{month_day}") for year in years)
    return [day for day in days if -AGENDA_PAST <= day - today <= AGENDA_AHEAD]


def _closure(
    day: date, *, days: int, reason: str, practitioner: str = "", site: str = ""
) -> dict[str, str]:
    return {
        "practitioner": practitioner,
        "site": site,
        "from": _local(datetime.combine(day, time())),
        "to": _local(datetime.combine(day + timedelta(days=days), time())),
        "reason": reason,
    }


@dataclass
class Diary:
    """What is taken so far, so that nobody is in two places at once."""

    today: date
    closures: Sequence[Row]
    taken: list[tuple[str, datetime, datetime]] = field(default_factory=list)

    def takes(self, who: str, start: datetime, end: datetime) -> bool:
        return any(
            name == who and start < other_end and other_start < end
            for name, other_start, other_end in self.taken
        )

    def is_closed(self, agenda: Row, start: datetime) -> bool:
        return any(
            closure["from"] <= _local(start) < closure["to"]
            and (closure["practitioner"], closure["site"])
            in ((agenda["practitioner"], ""), ("", agenda["site"]))
            for closure in self.closures
        )


def appointment_rows(
    chance: Random,
    patients: Sequence[Row],
    agendas: Sequence[Row],
    closures: Sequence[Row],
    services: Sequence[Row],
    *,
    today: date,
) -> list[dict[str, str]]:
    """Rows of ``appointments.csv``, by start; each on the grid of one agenda, none overlapping."""
    diary = Diary(today, closures)
    bookable = {row["code"]: row["suits"] for row in services if row["booking"] == "direct"}
    by_mrn = {row["mrn"]: row for row in patients}
    rows = []
    for mrn, service, days, status in CAST:
        offered = [row for row in agendas if row["service"] == service]
        rows.append(
            _appointment(chance, diary, by_mrn[mrn], agendas=offered, days=days, status=status)
        )
    others = [row for row in patients if row["mrn"] not in {mrn for mrn, *_ in CAST}]
    for days, status in _wishes(chance):
        patient = chance.choice(others)
        fitting = [row for row in agendas if _suits(patient, bookable.get(row["service"]), today)]
        rows.append(_appointment(chance, diary, patient, agendas=fitting, days=days, status=status))
    return sorted(rows, key=lambda row: (row["starts_at"], row["practitioner"]))


def _wishes(chance: Random) -> list[tuple[range, str]]:
    past = [(PAST_DAYS, chance.choice(PAST_STATUS)) for _ in range(PAST_APPOINTMENTS)]
    future = [(FUTURE_DAYS, chance.choice(FUTURE_STATUS)) for _ in range(FUTURE_APPOINTMENTS)]
    return past + future


def _suits(patient: Row, whom: str | None, today: date) -> bool:
    age = (today - date.fromisoformat(patient["birth_date"])).days // 365
    answers = {
        "anyone": True,
        "child": age < CHILD_YEARS,
        "adult": age >= ADULT_YEARS,
        "woman": age >= ADULT_YEARS and patient["sex"] == "female",
    }
    return whom is not None and answers[whom]


def _appointment(
    chance: Random,
    diary: Diary,
    patient: Row,
    *,
    agendas: Sequence[Row],
    days: range,
    status: str,
) -> dict[str, str]:
    """One appointment at a free hour, found by trying; the demo's hours are never that full."""
    while True:
        agenda = chance.choice(agendas)
        start = chance.choice(_starts(agenda, diary.today + timedelta(days=chance.choice(days))))
        end = start + timedelta(minutes=agenda["slot_minutes"])
        people = (patient["mrn"], agenda["practitioner"])
        if diary.is_closed(agenda, start) or any(diary.takes(who, start, end) for who in people):
            continue
        diary.taken += [(who, start, end) for who in people]
        return {
            "patient_mrn": patient["mrn"],
            "practitioner": agenda["practitioner"],
            "service": agenda["service"],
            "site": agenda["site"],
            "starts_at": _local(start),
            "status": status,
        }


def _starts(agenda: Row, day: date) -> list[datetime]:
    """The hours of *agenda* on its last week day up to *day*, in the site's local time."""
    day -= timedelta(days=(day.isoweekday() - agenda["weekday"]) % 7)
    step = timedelta(minutes=agenda["slot_minutes"])
    start = datetime.combine(day, time.fromisoformat(agenda["from"]))
    end = datetime.combine(day, time.fromisoformat(agenda["to"]))
    return [start + index * step for index in range((end - start) // step)]


def _local(moment: datetime) -> str:
    """A site's wall clock: agendas, closures and appointments are all written in it."""
    return moment.isoformat(timespec="minutes")
