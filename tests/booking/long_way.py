"""A clinic whose way to an hour is long: several places, procedures, types, and two agreements."""

from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.booking.catalogue import note_change
from clinicweb.booking.models import FREE, Slot
from clinicweb.clinic.models import Agreement, Patient, Practitioner, Service, Site
from clinicweb.clinic.rules import PRESETS
from clinicweb.core import clock
from clinicweb.core.text import search_key
from tests import cast
from tests.checked_client import CheckedClient

BOOKED = "Y listo, tu cita quedó asignada"
RECOMMENDED = "Venga en ayunas."
NORTH, SOUTH, COAST = "norte", "sur", "costa"
# service → its doctor, and at which site it begins when; on three days from tomorrow on.
HOURS = {
    "eco": ("nunez", {NORTH: ("09:00", "09:30", "15:00"), COAST: ("09:00",)}),
    "rx": ("ibarra", {SOUTH: ("09:30", "10:30", "11:00"), NORTH: ("11:30",)}),
    "odon": ("ibarra", {NORTH: ("16:00",)}),
}


def clinic_file(folder: Path, *more: str) -> Path:
    """``oficina-virtual``, but a password is enough to come in; *more* are lines of booking."""
    text = (PRESETS / "oficina-virtual.toml").read_text("utf-8")
    for asked in ('second_factor = "always"', "captcha = true"):
        text = text.replace(asked, "")
    path = folder / "oficina.toml"
    path.write_text(text.replace("[booking]\n", "\n".join(["[booking]", *more, ""])), "utf-8")
    return path


def fill(session: Session) -> None:
    """What the cast's clinic has not: it must be there already."""
    sites = {
        SOUTH: Site(code=SOUTH, name="Sede Sur", city="Santiago", timezone=cast.ZONE),
        COAST: Site(code=COAST, name="Sede Costa", city="Valparaíso", timezone=cast.ZONE),
        NORTH: session.scalars(select(Site).where(Site.code == NORTH)).one(),
    }
    services = {
        "eco": _service("eco", "Ecografía abdominal", "procedure", recommendations=RECOMMENDED),
        "rx": _service("rx", "Radiografía de tórax", "procedure"),
        "odon": _service("odon", "Odontología general", "general", area="Odontología"),
    }
    doctors = {
        "nunez": _doctor("nunez", "Rocío", "Núñez", [services["eco"]]),
        "ibarra": _doctor("ibarra", "Rubén", "Ibarra", [services["rx"], services["odon"]]),
    }
    session.add_all([*sites.values(), *services.values(), *doctors.values()])
    ana = session.scalars(select(Patient).where(Patient.mrn == "1001")).one()
    ana.agreements.append(Agreement(code="isapre", name="Isapre Ñuble"))
    session.flush()
    for code, (doctor, places) in HOURS.items():
        for place, starts in places.items():
            for start in starts:
                for day in (1, 2, 3):
                    at = _at(day, time.fromisoformat(start))
                    session.add(_slot(doctors[doctor], services[code], sites[place], at))


def fill_5000(session: Session) -> None:
    """So many procedures besides, in the same words but for their numbers, given by one doctor."""
    names = ("Resonancia magnética", "Radiografía", "Otorrinolaringología", "Toma del Dr. Núñez")
    services = [
        _service(f"p{n}", f"{names[n % 4]} de rodilla número {n}", "procedure") for n in range(5000)
    ]
    session.add(_doctor("lira", "Eva", "Lira", services))
    note_change(session)


def _service(code: str, name: str, kind: str, **more: str) -> Service:
    return Service(
        code=code, name=name, search_key=search_key(name), kind=kind, modalities="in_person",
        duration_minutes=30, booking="direct", **more,
    )  # fmt: skip


def _doctor(code: str, given: str, family: str, services: list[Service]) -> Practitioner:
    return Practitioner(
        code=code, prefix="Dra.", given_name=given, family_name=family,
        search_key=search_key(f"{given} {family}"), services=services,
    )  # fmt: skip


def _at(day: int, hour: time) -> datetime:
    today = clock.now().astimezone(ZoneInfo(cast.ZONE)).date()
    return datetime.combine(today + timedelta(days=day), hour, ZoneInfo(cast.ZONE))


def _slot(doctor: Practitioner, service: Service, site: Site, at: datetime) -> Slot:
    return Slot(
        practitioner_id=doctor.id, service_id=service.id, site_id=site.id, modality="in_person",
        starts_at=at, ends_at=at + timedelta(minutes=30), day=at.date(), source="import",
        status=FREE,
    )  # fmt: skip


def begin(browser: CheckedClient, agreement: str | None = "Isapre Ñuble") -> CheckedClient:
    """S1-14 to S1-18, at the first entry."""
    browser.get("/")
    browser.click("Ingresar")
    browser.follow()
    if agreement:
        press(browser, "#agreement", agreement=agreement)
    press(browser, "Comenzar")
    return press(browser, "Nueva cita")


def press(
    browser: CheckedClient, form: str, button: str | None = None, **typed: str
) -> CheckedClient:
    """Send a form, and go where it leads."""
    answer = browser.form(form).fill(typed).submit(button)
    if answer.status_code == 303:
        browser.follow()
    return browser


def choose_way(browser: CheckedClient, way: str) -> CheckedClient:
    """S1-19 to S1-23, from «Nueva cita»."""
    press(browser, "#area", "Medicina")
    press(browser, "#modality", "Presencial")
    return press(browser, "#by", way)


def to_plan(browser: CheckedClient, site: str = "*") -> CheckedClient:
    """«Varias citas»: an echography and an X-ray, up to the hours that go together."""
    choose_way(browser, "Varias citas")
    browser.click("Ecografía abdominal Agregar")
    browser.click("Radiografía de tórax Agregar")
    press(browser, "Continuar con 2 citas")
    press(browser, "#site", site)
    return press(browser, "Ver agenda")
