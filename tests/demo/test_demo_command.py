"""``clinicweb demo``: an empty folder becomes a clinic; a full one is kept as it is."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from clinicweb import worker
from clinicweb.booking.models import APPOINTMENT_BOOKED, Appointment, Slot
from clinicweb.clinic.rules import load_rules
from clinicweb.config import Settings
from clinicweb.core import clock, db
from clinicweb.core.db import Base
from clinicweb.demo.commands import demo, demo_settings
from clinicweb.demo.mailbox import MailboxDelivery
from clinicweb.demo.people import DEMO_PEOPLE, DemoPerson
from clinicweb.demo.preparing import forget, prepare
from clinicweb.notifications.sender import send_due
from tests.checked_client import CheckedClient
from tests.pages import make_app
from tests.server import PortalServer

RULES = load_rules("teleconsulta")
ANA = DEMO_PEOPLE[0]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("CLINICWEB_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    prepare(Settings(data_dir=folder), RULES)
    return folder


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Iterator[Settings]:
    shutil.copytree(prepared, tmp_path / "demo")
    settings = Settings(data_dir=tmp_path / "demo")
    db.configure(db.Database(settings.database))
    yield settings
    db.current().dispose()


@pytest.fixture
def app(settings: Settings) -> Flask:
    return make_app(settings.database, settings.data_dir, is_demo=True)


def signed_in(app: Flask, identifier: str, password: str) -> CheckedClient:
    client = CheckedClient(app, use_cookies=True)
    client.get("/ingresar")
    form = client.form("/ingresar").fill(identifier=identifier, password=password)
    assert form.submit().status_code == 303
    client.get("/")
    return client


def row_counts() -> dict[str, int]:
    with db.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def latest_hour() -> datetime:
    with db.reading() as session:
        return session.scalars(select(func.max(Slot.starts_at))).one()


def test_the_whole_clinic_is_imported_with_its_hours(settings: Settings) -> None:
    counts = row_counts()

    assert (counts["site"], counts["practitioner"], counts["patient"]) == (3, 16, 60)
    assert counts["slot"] > 1000
    assert counts["account"] == len(DEMO_PEOPLE)


def test_each_appointment_to_come_holds_its_hour(settings: Settings) -> None:
    without_hour = select(func.count()).where(
        Appointment.status == APPOINTMENT_BOOKED, Appointment.slot_id.is_(None)
    )

    with db.reading() as session:
        assert session.scalar(without_hour) == 0


def test_ana_signs_in_by_rut_and_finds_her_hour(app: Flask, settings: Settings) -> None:
    [rut, *_] = prepare(settings, RULES).names[ANA.username]

    home = signed_in(app, rut, ANA.password)

    assert "Ana Muñoz Peña" in home.text()
    assert "Peñaloza Riquelme" in home.text()


@pytest.mark.parametrize("person", DEMO_PEOPLE, ids=lambda person: person.username)
def test_everybody_signs_in_with_what_is_printed(app: Flask, person: DemoPerson) -> None:
    signed_in(app, person.username, person.password)


def test_preparing_again_changes_nothing(settings: Settings) -> None:
    before = row_counts()

    prepare(settings, RULES)

    assert row_counts() == before


def test_an_hour_by_video_begins_soon_and_another_once_it_is_over(settings: Settings) -> None:
    def boxes() -> list[datetime]:
        query = select(Appointment.starts_at).where(
            Appointment.modality == "virtual", Appointment.starts_at > clock.now()
        )
        with db.reading() as session:
            return list(session.scalars(query.order_by(Appointment.starts_at)))

    for hours in (3, 6):
        with clock.frozen(clock.now() + timedelta(hours=hours)):
            prepare(settings, RULES)
            assert boxes()[0] - clock.now() <= RULES.video.opens_before


def test_weeks_later_further_hours_are_published(settings: Settings) -> None:
    patients, latest = row_counts()["patient"], latest_hour()

    with clock.frozen(clock.now() + timedelta(days=30)):
        prepare(settings, RULES)

    # Not to the day: the last one may be a holiday.
    assert latest_hour() > latest + timedelta(days=25)
    assert row_counts()["patient"] == patients


def test_a_mail_lands_in_the_mailbox_with_its_calendar(app: Flask, settings: Settings) -> None:
    browser = signed_in(app, ANA.username, ANA.password)
    # Her other hour begins in some minutes.
    *_, link = [a for a in browser.page.elements("a") if "/liberar" in a.get("href", "")]
    browser.get(link.get("href"))
    browser.form(link.get("href")).submit()
    mailbox = MailboxDelivery(settings.data_dir / "mailbox")
    courier = worker.courier_for(settings, "Clínica", "http://localhost", also=[mailbox])

    with app.app_context():
        sent = send_due(courier)

    [mail] = browser.get("/demo/buzon.json").get_json()
    assert sent == 1
    assert "ana.munoz@correo.example" in mail["to"]
    assert browser.get(mail["attachments"][0]["url"]).data.startswith(b"BEGIN:VCALENDAR")
    browser.get("/demo/buzon")
    assert mail["subject"] in browser.text()


def test_without_the_demo_there_is_no_mailbox(settings: Settings) -> None:
    app = make_app(settings.database, settings.data_dir)

    assert CheckedClient(app).get("/demo/buzon").status_code == 404
    assert CheckedClient(app).get("/demo/buzon.json").status_code == 404


def test_forgetting_removes_the_demo_and_nothing_else(settings: Settings) -> None:
    (settings.data_dir / "notes.txt").write_text("mine")

    forget(settings.data_dir)

    assert [path.name for path in settings.data_dir.iterdir()] == ["notes.txt"]


def test_the_demo_never_uses_a_real_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINICWEB_DATABASE_URL", "postgresql://clinic.example/patients")
    monkeypatch.setenv("CLINICWEB_DATA_DIR", "elsewhere")

    settings = demo_settings(None, "http://127.0.0.1:8000")

    assert settings.database == "sqlite:///elsewhere/demo/clinicweb.db"


@pytest.mark.parametrize(
    ("option", "variable", "clinic"),
    [
        (None, "", "teleconsulta"),
        (None, "mine.toml", "mine.toml"),
        ("other.toml", "mine.toml", "other.toml"),
    ],
)
def test_the_option_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, option: str | None, variable: str, clinic: str
) -> None:
    monkeypatch.setenv("CLINICWEB_CLINIC", variable)

    assert demo_settings(option, "http://127.0.0.1:8000").clinic == clinic


@pytest.mark.parametrize(
    ("clinic", "folder"),
    [
        (None, "demo"), ("teleconsulta", "demo"), ("afiliados", "demo-afiliados"),
        ("of/mine.toml", "demo-mine"),
    ],
)  # fmt: skip
def test_each_clinic_has_a_folder_of_its_own(clinic: str | None, folder: str) -> None:
    assert demo_settings(clinic, "http://127.0.0.1:8000").data_dir.name == folder


def test_a_taken_port_is_told_before_anything_is_removed(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(
            demo, ["--port", port, "--reset"], env={"CLINICWEB_DATA_DIR": str(Path.cwd())}
        )

    assert result.exit_code == 1
    assert "--port" in result.output
    assert (settings.data_dir / "clinicweb.db").exists()


@pytest.mark.slow
def test_the_served_demo_shows_its_people_and_keeps_what_happened(
    serve: Callable[..., PortalServer],
) -> None:
    server = serve("demo")
    printed = server.log.read_text("utf-8")
    database = Path(server.settings["DATA_DIR"]) / "demo" / "clinicweb.db"
    first = database.stat().st_ino

    server.stop()
    server.start()

    assert all(person.password in printed for person in DEMO_PEOPLE)
    assert f"{server.url}/demo/buzon" in printed
    assert database.stat().st_ino == first
