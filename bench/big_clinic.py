"""
A clinic of any size around the cast's: practitioners, their hours of half a year, who took some.

Each attends on 180 days in 22 hours of 20 minutes: 18 of a specialty, 4 of one of five procedures
of their own.  One hour in 22 is taken; the web's quota of every day is nearly all of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from clinicweb.accounts.models import EMAIL, Account, AccountIdentifier
from clinicweb.booking.catalogue import PROCEDURE, note_change
from clinicweb.booking.models import APPOINTMENT_BOOKED, BOOKED, FREE, Appointment, Slot, WebQuota
from clinicweb.clinic.models import Agreement, Patient, Practitioner, Service, Site
from clinicweb.core import clock, db
from clinicweb.core.text import search_key
from tests import cast
from tests.family.world import fill_family

PART = ("hepática", "de rodilla", "con contraste", "abdominal", "de tórax", "cerebral", "simple")
KIND = ("Resonancia magnética", "Radiografía", "Ecografía", "Tomografía", "Biopsia", "Punción")
BUSIEST, SECOND = "Medicina familiar", "Otorrinolaringología"
CITIES = ("Santiago", "Valparaíso", "Concepción", "La Serena", "Temuco", "Arica", "Iquique")
OPENS, MINUTES = time(8), 20
HOURS, OF_PROCEDURES = 22, 4
_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Size:
    """How large a clinic is; *busiest*: who give the two services that most people look for."""

    name: str
    practitioners: int
    busiest: int
    services: int
    sites: int
    days: int = 180

    @property
    def hours(self) -> int:
        return self.practitioners * self.days * HOURS


SMALL = Size("small", practitioners=10, busiest=4, services=4, sites=3)
LARGE = Size("large", practitioners=1000, busiest=50, services=60, sites=20)


@dataclass(frozen=True, slots=True)
class Places:
    """The ids of what was written; *gives*: of each practitioner their specialty's."""

    practitioners: Sequence[int]
    gives: Sequence[int]
    procedures: Sequence[Sequence[int]]
    sites: Sequence[int]
    first_patient: int


def fill(database: db.Database, size: Size) -> None:
    """Write the cast and the clinic into the migrated, empty *database*."""
    with database.writing() as session:
        cast.fill(session)
        fill_family(session)
        _let_ana_in_everywhere(session)
        places = _write_people(session, size)
        first_slot = (session.scalar(select(func.max(Slot.id))) or 0) + 1
    load = _load_sqlite if database.is_sqlite else _load_postgres
    load(database, Slot.__tablename__, _slots(size, places, first_slot))
    load(database, Appointment.__tablename__, _appointments(size, places, first_slot))
    load(database, WebQuota.__tablename__, _quotas(size, places))
    _settle(database)


def _let_ana_in_everywhere(session: Session) -> None:
    """By e-mail where a clinic wants that; with two agreements, so that she is asked."""
    ana = session.scalars(select(Account).where(Account.name == "Ana")).one()
    ana.identifiers.append(AccountIdentifier(kind=EMAIL, value="ana@pacientes.example"))
    patient = session.get_one(Patient, ana.patient_id)
    patient.agreements.append(Agreement(code="isapre", name="Isapre Ñuble"))


def _write_people(session: Session, size: Size) -> Places:
    sites = [
        Site(code=f"s{n}", name=f"Sede {n}", city=CITIES[n // 2 % len(CITIES)], timezone=cast.ZONE)
        for n in range(size.sites)
    ]
    services = [_service(f"e{n}", name, "specialty") for n, name in enumerate(_specialties(size))]
    procedures = [
        [_service(f"p{n}-{m}", _procedure_name(5 * n + m), PROCEDURE) for m in range(5)]
        for n in range(size.practitioners)
    ]
    gives = [_specialty_of(n, size) for n in range(size.practitioners)]
    doctors = [
        _practitioner(n, [services[gives[n]], *procedures[n]]) for n in range(size.practitioners)
    ]
    session.add_all([*sites, *services, *doctors])
    session.flush()
    first_patient = (session.scalar(select(func.max(Patient.id))) or 0) + 1
    patients = [
        {"id": first_patient + n, "mrn": f"b{n}", "public_id": f"b{n:021}",
         "given_name": "Vecina", "family_name": str(n)}
        for n in range(20 * size.practitioners)
    ]  # fmt: skip
    session.execute(insert(Patient), patients)
    note_change(session)
    return Places(
        practitioners=[doctor.id for doctor in doctors],
        gives=[services[n].id for n in gives],
        procedures=[[one.id for one in own] for own in procedures],
        sites=[site.id for site in sites],
        first_patient=first_patient,
    )


def _specialties(size: Size) -> list[str]:
    return [BUSIEST, SECOND, *(f"Especialidad {n}" for n in range(2, size.services))]


def _specialty_of(number: int, size: Size) -> int:
    """The first of all are the many of the two that most people look for."""
    busy = number // size.busiest
    return busy if busy < 2 else 2 + number % (size.services - 2)


def _procedure_name(number: int) -> str:
    kind, part = KIND[number % len(KIND)], PART[number // len(KIND) % len(PART)]
    return f"{kind} {part} {number}"


def _service(code: str, name: str, kind: str) -> Service:
    return Service(
        code=code, name=name, search_key=search_key(name), kind=kind, modalities="in_person",
        duration_minutes=MINUTES, booking="direct",
    )  # fmt: skip


def _practitioner(number: int, services: list[Service]) -> Practitioner:
    given, family = f"Inés {number}", ("Núñez", "Pérez", "Soto", "Catrileo")[number % 4]
    return Practitioner(
        code=f"d{number}", prefix="Dra.", given_name=given, family_name=family,
        search_key=search_key(f"{given} {family}"), services=services,
    )  # fmt: skip


def _days(size: Size) -> list[date]:
    today = clock.local_day(clock.now(), cast.ZONE)
    return [today + timedelta(days=number) for number in range(1, size.days + 1)]


def _instants(size: Size) -> list[list[str]]:
    """Of each day when its hours begin, and at last when the last ends; in UTC, as text."""
    zone = ZoneInfo(cast.ZONE)
    found = []
    for day in _days(size):
        opens = datetime.combine(day, OPENS, zone).astimezone(UTC)
        steps = (opens + timedelta(minutes=MINUTES * n) for n in range(HOURS + 1))
        found.append([f"{step:%Y-%m-%d %H:%M:%S}.000000" for step in steps])
    return found


def _taken_hour(practitioner: int, day: int) -> int:
    return (practitioner + day) % HOURS


def _slots(size: Size, places: Places, first_slot: int) -> Iterator[dict[str, Any]]:
    days, instants, ids = (
        [day.isoformat() for day in _days(size)],
        _instants(size),
        count(first_slot),
    )
    for p, practitioner_id in enumerate(places.practitioners):
        site_id = places.sites[p % len(places.sites)]
        for d, day in enumerate(days):
            taken, begins = _taken_hour(p, d), instants[d]
            procedure = places.procedures[p][d % 5]
            for h in range(HOURS):
                yield {
                    "id": next(ids),
                    "practitioner_id": practitioner_id,
                    "service_id": procedure if h >= HOURS - OF_PROCEDURES else places.gives[p],
                    "site_id": site_id,
                    "modality": "in_person",
                    "starts_at": begins[h],
                    "ends_at": begins[h + 1],
                    "day": day,
                    "source": "import",
                    "status": BOOKED if h == taken else FREE,
                }


def _appointments(size: Size, places: Places, first_slot: int) -> Iterator[dict[str, Any]]:
    """Each of twenty patients of a practitioner comes every twentieth day."""
    instants, ids, created_at = _instants(size), count(1000), f"{clock.now():%Y-%m-%d %H:%M:%S}"
    for p, practitioner_id in enumerate(places.practitioners):
        for d in range(size.days):
            h, number = _taken_hour(p, d), next(ids)
            is_procedure = h >= HOURS - OF_PROCEDURES
            yield {
                "id": number,
                "public_id": f"big-{number:018}",
                "slot_id": first_slot + (p * size.days + d) * HOURS + h,
                "patient_id": places.first_patient + 20 * p + d % 20,
                "practitioner_id": practitioner_id,
                "service_id": places.procedures[p][d % 5] if is_procedure else places.gives[p],
                "site_id": places.sites[p % len(places.sites)],
                "modality": "in_person",
                "starts_at": instants[d][h],
                "ends_at": instants[d][h + 1],
                "status": APPOINTMENT_BOOKED,
                "sequence": 0,
                "created_at": created_at,
            }


def _quotas(size: Size, places: Places) -> Iterator[dict[str, Any]]:
    ids = count(1)
    for p, practitioner_id in enumerate(places.practitioners):
        for day in _days(size):
            yield {
                "id": next(ids),
                "practitioner_id": practitioner_id,
                "service_id": places.gives[p],
                "site_id": places.sites[p % len(places.sites)],
                "modality": "in_person",
                "day": day.isoformat(),
                "total": HOURS - OF_PROCEDURES,
                "taken": 1,
            }


def _load_sqlite(database: db.Database, table: str, rows: Iterable[dict[str, Any]]) -> None:
    columns = None
    with closing(database.write_engine.raw_connection()) as connection:
        raw: Any = connection.dbapi_connection
        for pragma in ("synchronous=OFF", "cache_size=-400000", "temp_store=MEMORY"):
            raw.execute(f"PRAGMA {pragma}")
        for batch in _batches(rows):
            columns = columns or list(batch[0])
            marks = ", ".join("?" * len(columns))
            raw.execute("BEGIN")
            raw.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
                [tuple(row.values()) for row in batch],
            )
            raw.execute("COMMIT")
        raw.execute("PRAGMA synchronous=FULL")


def _load_postgres(database: db.Database, table: str, rows: Iterable[dict[str, Any]]) -> None:
    with database.write_engine.begin() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        # What the rows point at is there: nobody has to look for it four million times.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for batch in _batches(rows):
            columns = ", ".join(batch[0])
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                lines = ("\t".join(map(str, row.values())) for row in batch)
                copy.write("\n".join(lines) + "\n")


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _settle(database: db.Database) -> None:
    """As time does to a real one: counters after the rows, statistics, what is all visible."""
    if database.is_sqlite:
        with closing(database.write_engine.raw_connection()) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with database.write_engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in ("patient", "slot", "appointment", "web_quota"):
            last = f"(SELECT max(id) FROM {table})"  # noqa: S608
            alone.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})"))
        alone.execute(text("VACUUM ANALYZE"))
