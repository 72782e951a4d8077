"""The demo's agendas, closures and appointments fit each other."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from tests.demo.reading import Row, Tables, codes, day, moment


def test_agendas_hold_now_and_for_a_year(tables: Tables, today: date) -> None:
    for row in tables["agendas"]:
        assert day(row["valid_from"]) <= today - timedelta(days=60)
        assert day(row["valid_to"]) >= today + timedelta(days=365)
        assert time.fromisoformat(row["from"]) < time.fromisoformat(row["to"])


def test_agendas_fill_the_week_in_the_morning_and_the_afternoon(tables: Tables) -> None:
    agendas = tables["agendas"]
    quotas = codes(agendas, "web_quota")

    assert codes(agendas, "weekday") == set("1234567")
    assert {row["from"] < "12:00" for row in agendas} == {True, False}
    assert codes(agendas, "modality") == {"in_person", "virtual"}
    assert "" in quotas
    assert len(quotas) > 2


def test_no_practitioner_has_two_agendas_at_once(tables: Tables) -> None:
    weeks = defaultdict(list)
    for row in tables["agendas"]:
        weeks[row["practitioner"], row["weekday"]].append((row["from"], row["to"]))

    for hours in weeks.values():
        hours.sort()
        assert all(end <= start for (_, end), (start, _) in pairwise(hours))


def test_agendas_offer_only_what_the_service_and_the_practitioner_do(tables: Tables) -> None:
    modalities = {row["code"]: row["modalities"].split(";") for row in tables["services"]}
    minutes = {row["code"]: row["duration_minutes"] for row in tables["services"]}
    given = {row["code"]: row["services"].split(";") for row in tables["practitioners"]}

    for row in tables["agendas"]:
        assert row["modality"] in modalities[row["service"]]
        assert row["slot_minutes"] == minutes[row["service"]]
        assert row["service"] in given[row["practitioner"]]


def test_each_service_tells_how_to_prepare_and_is_given_by_somebody(tables: Tables) -> None:
    assert all(row["recommendations"] for row in tables["services"])
    assert codes(tables["agendas"], "service") == codes(tables["services"])
    assert codes(tables["services"], "booking") == {"direct", "view", "off"}


def test_closures_end_after_they_begin_and_concern_somebody(tables: Tables) -> None:
    assert len(tables["closures"]) > 10
    for row in tables["closures"]:
        assert moment(row["from"]) < moment(row["to"])
        assert bool(row["practitioner"]) != bool(row["site"])
        assert row["reason"]


def agenda_of(tables: Tables, appointment: Row) -> Row:
    start = moment(appointment["starts_at"])
    [agenda] = [
        row
        for row in tables["agendas"]
        if all(row[key] == appointment[key] for key in ("practitioner", "service", "site"))
        and int(row["weekday"]) == start.isoweekday()
        and row["from"] <= f"{start:%H:%M}" < row["to"]
    ]
    return agenda


def test_appointments_stand_on_the_hours_of_an_agenda(tables: Tables) -> None:
    for row in tables["appointments"]:
        agenda = agenda_of(tables, row)
        start = moment(row["starts_at"])
        opening = datetime.combine(start.date(), time.fromisoformat(agenda["from"]))
        closing = datetime.combine(start.date(), time.fromisoformat(agenda["to"]))
        step = timedelta(minutes=int(agenda["slot_minutes"]))

        assert (start - opening) % step == timedelta()
        assert start + step <= closing
        assert day(agenda["valid_from"]) <= start.date() <= day(agenda["valid_to"])


def test_nobody_is_attended_while_closed(tables: Tables) -> None:
    for row in tables["appointments"]:
        assert not [
            closure
            for closure in tables["closures"]
            if closure["practitioner"] == row["practitioner"] or closure["site"] == row["site"]
            if moment(closure["from"]) <= moment(row["starts_at"]) < moment(closure["to"])
        ]


@pytest.mark.parametrize("who", ["patient_mrn", "practitioner"])
def test_nobody_is_in_two_appointments_at_once(tables: Tables, who: str) -> None:
    diaries = defaultdict(list)
    for row in tables["appointments"]:
        start = moment(row["starts_at"])
        minutes = int(agenda_of(tables, row)["slot_minutes"])
        diaries[row[who]].append((start, start + timedelta(minutes=minutes)))

    for hours in diaries.values():
        hours.sort()
        assert all(end <= start for (_, end), (start, _) in pairwise(hours))


def test_what_is_past_has_an_outcome_and_what_comes_is_booked_or_cancelled(
    tables: Tables, today: date
) -> None:
    past = [row for row in tables["appointments"] if day(row["starts_at"][:10]) < today]
    future = [row for row in tables["appointments"] if day(row["starts_at"][:10]) > today]

    assert len(past) + len(future) == len(tables["appointments"])
    assert len(past) > 50
    assert len(future) > 30
    assert codes(past, "status") == {"fulfilled", "cancelled", "noshow"}
    assert codes(future, "status") == {"booked", "cancelled"}


def test_children_see_the_paediatrician_and_adults_do_not(tables: Tables, today: date) -> None:
    born = {row["mrn"]: day(row["birth_date"]) for row in tables["patients"]}
    seen = [row["patient_mrn"] for row in tables["appointments"] if row["service"] == "PED"]

    assert seen
    assert all((today - born[mrn]).days < 15 * 366 for mrn in seen)


def test_ana_has_one_hour_to_come_and_clara_none(tables: Tables, today: date) -> None:
    def booked(mrn: str) -> int:
        return sum(
            row["patient_mrn"] == mrn and row["status"] == "booked"
            for row in tables["appointments"]
        )

    assert (booked("P-0001"), booked("P-0002"), booked("P-0003")) == (1, 0, 0)
