"""From another system's files to an hour that one of its patients books, and its mail."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from icalendar import Calendar

from clinicweb.accounts.actions import CreateAccount, create_account
from clinicweb.clinic.rules import load_rules
from clinicweb.core import clock, db
from clinicweb.core.viewer import COMMAND_LINE
from clinicweb.imports.running import import_paths
from clinicweb.notifications.rendering import Letterhead
from clinicweb.notifications.sender import Courier, send_due
from tests.checked_client import CheckedClient
from tests.imports import bundles, clinic_files
from tests.imports.test_import import SYNTHEA
from tests.pages import make_app

AGUSTIN = "cb5696d9-a0de-4f49-94f9-433f96a28eb0"
PASSWORD = "cuatro caballos azules"
ADDRESS = "agustin@correo.example"


class Kept:
    """A delivery that remembers."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    def deliver(self, message: EmailMessage) -> None:
        self.mails.append(message)


@pytest.fixture
def portal(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The portal of a clinic that was just imported, with an account for Agustín."""
    app = make_app(sqlite_url, tmp_path / "data")
    folder = tmp_path / "csv"
    folder.mkdir()
    found = bundles.read(*(path.read_text("utf-8") for path in sorted(SYNTHEA.rglob("*.json"))))
    hospital, begins = found.records.sites[0].code, clock.now().date() - timedelta(days=1)
    agenda = f"300,mg,{hospital},in_person,{{}},09:00,12:00,30,{begins},,\n"
    head = "practitioner,service,site,modality,weekday,from,to,slot_minutes,valid_from,valid_to,"
    (folder / "agendas.csv").write_text(
        f"{head}web_quota\n" + "".join(agenda.format(weekday) for weekday in range(1, 8)), "utf-8"
    )
    (folder / "services.csv").write_text(clinic_files.SERVICES, "utf-8")
    import_paths((SYNTHEA, folder), load_rules("teleconsulta"))
    create_account(COMMAND_LINE, CreateAccount(PASSWORD, mrn=AGUSTIN, username="agustín"))
    with db.current().writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE patient SET email = ? WHERE mrn = ?", (ADDRESS, AGUSTIN)
        )
    yield app
    db.current().dispose()


def test_a_patient_of_another_system_books_one_of_its_doctors(portal: Flask):
    browser = CheckedClient(portal, use_cookies=True)
    browser.get("/ingresar")
    browser.form("/ingresar").fill(identifier="Agustín", password=PASSWORD).submit()
    browser.get("/")
    assert "Agustín Fonseca" in browser.text()

    browser.click("Reservar una nueva hora haciendo click aquí")
    browser.follow()
    browser.form("Ver horas").fill(service="mg").submit()
    browser.form("#days").submit("day")
    browser.follow()
    hours = browser.form("Continuar con la reserva")
    hours.fill(slot=next(iter(hours.options("slot")))).submit()
    browser.follow()
    browser.form("Confirmar Reserva").submit()
    browser.follow()

    assert "Su hora ha sido reservada de forma correcta" in browser.text()
    mail = sent_mail(portal)
    assert "Agustín Fonseca" in mail.get_body(("plain",)).get_content()
    event = calendar_of(mail).events[0]
    assert (str(event["ATTENDEE"]), event["STATUS"]) == (f"mailto:{ADDRESS}", "CONFIRMED")


def sent_mail(portal: Flask) -> EmailMessage:
    kept = Kept()
    letterhead = Letterhead("Clínica", "citas@clinica.example", "https://portal.example")
    with portal.app_context():
        send_due(Courier(letterhead, kept))
    (mail,) = kept.mails
    return mail


def calendar_of(mail: EmailMessage) -> Calendar:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return Calendar.from_ical(part.get_payload(decode=True))
