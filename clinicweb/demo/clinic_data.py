"""
Write the invented clinic as the CSV files that ``clinicweb import`` reads.

The same rules, seed and day give the same bytes: *today* is passed in, and nothing else changes.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from clinicweb.clinic.rules import ClinicRules
from clinicweb.demo.hours_data import agenda_rows, appointment_rows, closure_rows
from clinicweb.demo.papers_data import (
    prescription_item_rows,
    prescription_rows,
    sick_leave_rows,
)
from clinicweb.demo.patients_data import ascii_only, patient_rows
from clinicweb.demo.places import Place, place_of
from clinicweb.demo.tables import read_plan

SEED = 20
LIST_SEPARATOR = ";"
COLUMNS: Mapping[str, str] = {
    "sites": "code,name,address,city,timezone,phone",
    "services": "code,name,kind,modalities,duration_minutes,recommendations,booking,area",
    "practitioners": "code,prefix,given_name,family_name,email,services,shift",
    "agreements": "code,name",
    "agendas": (
        "practitioner,service,site,modality,weekday,from,to,slot_minutes,"
        "valid_from,valid_to,web_quota"
    ),
    "closures": "practitioner,site,from,to,reason",
    "patients": (
        "mrn,document_type,document_number,given_name,family_name,birth_date,sex,email,phone,"
        "agreements,affiliation_number,card_serial,relationship,family_head_mrn,"
        "affiliation_ends_on"
    ),
    "appointments": "patient_mrn,practitioner,service,site,starts_at,status",
    "prescriptions": "code,patient_mrn,practitioner,authored_on",
    "prescription_items": "prescription,code,medication,dosage,status",
    "sick_leaves": (
        "code,patient_mrn,practitioner,status,kind,issued_on,starts_on,ends_on,note,replaces"
    ),
}

Row = Mapping[str, Any]


def write_clinic(folder: Path, rules: ClinicRules, *, today: date, seed: int = SEED) -> list[Path]:
    """Write one CSV per table into *folder* (made when missing); the paths in reading order."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = build_clinic(place_of(rules), today=today, seed=seed)
    return [_write_table(folder, name, rows) for name, rows in tables.items()]


def build_clinic(place: Place, *, today: date, seed: int = SEED) -> dict[str, Sequence[Row]]:
    """The rows of every file, by file name without its ending."""
    chance = Random(seed)  # noqa: S311 - repeatable by intention, nothing secret comes of it
    services = [{"area": "", **row} for row in read_plan("clinic")["services"]]
    practitioners = read_plan("practitioners")["practitioners"]
    patients = patient_rows(chance, place, today=today)
    agendas = agenda_rows(practitioners, today=today)
    closures = closure_rows(place.sites, place.holidays, today=today)
    return {
        "sites": place.sites,
        "services": [_service_row(service, place) for service in services],
        "practitioners": [_practitioner_row(person, place) for person in practitioners],
        "agreements": place.agreements,
        "agendas": agendas,
        "closures": closures,
        "patients": patients,
        "appointments": appointment_rows(
            chance, patients, agendas, closures, services, today=today
        ),
        "prescriptions": prescription_rows(today=today),
        "prescription_items": prescription_item_rows(),
        "sick_leaves": sick_leave_rows(today=today),
    }


def _service_row(service: Row, place: Place) -> Row:
    is_open = not place.web_services or service["code"] in place.web_services
    return service if is_open or service["booking"] != "direct" else {**service, "booking": "view"}


def _practitioner_row(person: Row, place: Place) -> Row:
    services = dict.fromkeys(agenda["service"] for agenda in person["agendas"])
    return {
        **person,
        "email": f"{ascii_only(person['code'])}@{place.mail_domain}",
        "services": list(services),
    }


def _write_table(folder: Path, name: str, rows: Iterable[Row]) -> Path:
    path = folder / f"{name}.csv"
    columns = COLUMNS[name].split(",")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return path


def _cell(value: object) -> str:
    if isinstance(value, list):
        return LIST_SEPARATOR.join(value)
    return str(value)
