"""
The people of all tests, and a small clinic around them.

Ana holds an account; Beto is her son and has none; Clara is a stranger to both. Dr. Díaz and
Dra. Soto attend, Elsa is at the front desk, Ada administers. All sign in with ``PASSWORD``.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from clinicweb.accounts.models import USERNAME, Account, AccountIdentifier
from clinicweb.booking.models import APPOINTMENT_BOOKED, BOOKED, FREE, Appointment, Slot
from clinicweb.clinic.models import Agreement, Patient, Practitioner, Service, Site
from clinicweb.core import clock
from clinicweb.core.viewer import ADMIN, FRONT_DESK, PATIENT, PRACTITIONER

PASSWORD = "cuatro caballos azules"
ZONE = "America/Santiago"
DAYS = 5
TAKEN_HOUR = time(15, 0)
HOURS = (time(9, 0), time(9, 30), time(10, 0), time(16, 30))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; *username* signs in with ``PASSWORD``."""

    username: str
    role: str
    is_active: bool = True


ANA = Person("ana", PATIENT)
CLARA = Person("clara", PATIENT)
DIAZ = Person("diaz", PRACTITIONER)
SOTO = Person("soto", PRACTITIONER)
ELSA = Person("elsa", FRONT_DESK)
ADA = Person("ada", ADMIN)
# Her account was closed: she knows her password, and it is worth nothing.
DORA = Person("dora", PATIENT, is_active=False)
PEOPLE = (ANA, CLARA, DIAZ, SOTO, ELSA, ADA, DORA)

ANAS_APPOINTMENT = "anas-appointment-00001"
CLARAS_APPOINTMENT = "claras-appointment-001"


def fill(session: Session) -> None:
    """Write the clinic, its people, free hours for some days and one appointment each."""
    site = Site(
        code="norte", name="Sede Norte", address="Los Aromos 12", city="Santiago", timezone=ZONE
    )
    services = [
        _service("mg", "Medicina general", "general"),
        _service("car", "Cardiología", "specialty"),
    ]
    doctors = [
        _practitioner("diaz", "Dr.", "Pablo", "Díaz", services[:1]),
        _practitioner("soto", "Dra.", "Inés", "Soto", services),
    ]
    agreement = Agreement(code="fonasa", name="Fonasa")
    ana = _patient("1001", "Ana", "Núñez", "10000013-K", [agreement])
    clara = _patient("1003", "Clara", "Pérez", "11111111-1", [])
    dora = _patient("1004", "Dora", "Ríos", "12345678-5", [])
    session.add_all([site, *services, *doctors, agreement, ana, clara, dora])
    session.flush()
    beto = _patient("1002", "Beto", "Núñez", None, [])
    beto.family_head_id, beto.relationship_code = ana.id, "child"
    session.add(beto)
    patients = {"ana": ana.id, "clara": clara.id, "dora": dora.id}
    practitioners = {doctor.code: doctor.id for doctor in doctors}
    for person in PEOPLE:
        session.add(_account(person, patients, practitioners))
    for doctor in doctors:
        for service in doctor.services:
            session.add_all(_free_hours(site, doctor, service))
    session.flush()
    for public_id, patient, doctor in [(ANAS_APPOINTMENT, ana, 0), (CLARAS_APPOINTMENT, clara, 1)]:
        taken = _slot(site, doctors[doctor], services[doctor], _starts_at(2, TAKEN_HOUR), BOOKED)
        session.add(taken)
        session.flush()
        session.add(an_appointment(public_id, patient.id, taken))


def _service(code: str, name: str, kind: str) -> Service:
    return Service(
        code=code,
        name=name,
        search_key=name.casefold(),
        kind=kind,
        modalities="virtual",
        duration_minutes=30,
        recommendations=None,
        booking="direct",
    )


def _practitioner(
    code: str, prefix: str, given_name: str, family_name: str, services: list[Service]
) -> Practitioner:
    return Practitioner(
        code=code,
        prefix=prefix,
        given_name=given_name,
        family_name=family_name,
        search_key=f"{given_name} {family_name}".casefold(),
        services=services,
    )


def _patient(
    mrn: str, given_name: str, family_name: str, rut: str | None, agreements: list[Agreement]
) -> Patient:
    return Patient(
        mrn=mrn,
        document_type="rut" if rut else None,
        document_number=rut,
        given_name=given_name,
        family_name=family_name,
        email=f"{given_name.casefold()}@pacientes.example",
        agreements=agreements,
    )


@cache
def _password_hash() -> str:
    # A hash says how dear it is to check: this one is cheap, as hundreds of tests sign in.
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def _account(person: Person, patients: dict[str, int], practitioners: dict[str, int]) -> Account:
    return Account(
        name=person.username.title(),
        roles=person.role,
        password_hash=_password_hash(),
        patient_id=patients.get(person.username),
        practitioner_id=practitioners.get(person.username),
        is_active=person.is_active,
        email=None if person.role == PATIENT else f"{person.username}@clinica.example",
        created_at=clock.now(),
        identifiers=[AccountIdentifier(kind=USERNAME, value=person.username)],
    )


def _starts_at(day: int, hour: time) -> datetime:
    today = clock.now().astimezone(ZoneInfo(ZONE)).date()
    return datetime.combine(today + timedelta(days=day), hour, ZoneInfo(ZONE))


def _free_hours(site: Site, doctor: Practitioner, service: Service) -> list[Slot]:
    # Each service has hours of its own, lest one doctor's hours overlap.
    late = timedelta(hours=3 * doctor.services.index(service))
    return [
        _slot(site, doctor, service, _starts_at(day, hour) + late, FREE)
        for day in range(1, DAYS + 1)
        for hour in HOURS
    ]


def _slot(
    site: Site, doctor: Practitioner, service: Service, starts_at: datetime, status: str
) -> Slot:
    return Slot(
        practitioner_id=doctor.id,
        service_id=service.id,
        site_id=site.id,
        modality="virtual",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=service.duration_minutes),
        day=starts_at.date(),
        source="import",
        status=status,
    )


def an_appointment(public_id: str, patient_id: int, slot: Slot) -> Appointment:
    """One that *slot*, already written, was booked for."""
    return Appointment(
        public_id=public_id,
        slot_id=slot.id,
        patient_id=patient_id,
        practitioner_id=slot.practitioner_id,
        service_id=slot.service_id,
        site_id=slot.site_id,
        modality=slot.modality,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status=APPOINTMENT_BOOKED,
        created_at=clock.now(),
    )
