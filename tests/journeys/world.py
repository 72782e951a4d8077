"""The cast's clinic with what journeys need besides, and its server, new for each test."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from clinicweb.accounts.models import DOCUMENT, USERNAME, Account, AccountIdentifier
from clinicweb.booking.models import FREE, LIVE_STATUSES, Appointment, Slot
from clinicweb.clinic.models import Agreement, Patient, Practitioner, Service, Site
from clinicweb.core import clock, db, documents
from tests import cast
from tests.journeys.visitor import SECRET_KEY
from tests.server import PortalServer
from tests.services.mail import MailServer

ANAS_RUT = "10.000.013-K"
ANAS_NAME = "Ana Núñez"
ANAS_ADDRESS = "ana@pacientes.example"
ADDRESS = "Doctora Núñez 45, Ñuñoa"
# Their hours begin so late that the first weeks of the search are empty.
FIRST_FAR_DAY = 20
ON_THEIR_WAY = "SELECT count(*) FROM outbox_message WHERE status = 'sending'"


def fill(session: Session) -> None:
    """The cast, two agreements for Ana, and a doctor who attends in person, weeks from now."""
    cast.fill(session)
    session.flush()
    ana = session.scalars(select(Patient).where(Patient.mrn == "1001")).one()
    ana.email = ANAS_ADDRESS
    ana.agreements.append(Agreement(code="nuble", name="Isapre Ñuble"))
    account = session.scalars(select(Account).where(Account.patient_id == ana.id)).one()
    account.name = ANAS_NAME
    rut = documents.normalise("rut", ANAS_RUT)
    account.identifiers.append(AccountIdentifier(kind=DOCUMENT, value=rut))
    site = Site(
        code="nunoa", name="Sede Ñuñoa", address=ADDRESS, city="Santiago", timezone=cast.ZONE
    )
    service = Service(
        code="der",
        name="Dermatología",
        search_key="dermatologia",
        kind="specialty",
        modalities="in_person",
        duration_minutes=30,
        booking="direct",
    )
    doctor = Practitioner(
        code="nancupil",
        prefix="Dr.",
        given_name="Tomás",
        family_name="Ñancupil",
        search_key="tomas nancupil",
        services=[service],
    )
    session.add_all([site, service, doctor])
    session.flush()
    session.add_all(_far_hours(site, doctor, service))


def _far_hours(site: Site, doctor: Practitioner, service: Service) -> list[Slot]:
    today = clock.now().astimezone(ZoneInfo(cast.ZONE)).date()
    day = today + timedelta(days=FIRST_FAR_DAY)
    starts = [datetime.combine(day, time(hour, 15), ZoneInfo(cast.ZONE)) for hour in (9, 10, 11)]
    return [
        Slot(
            practitioner_id=doctor.id,
            service_id=service.id,
            site_id=site.id,
            modality="in_person",
            starts_at=at,
            ends_at=at + timedelta(minutes=service.duration_minutes),
            day=day,
            source="import",
            status=FREE,
        )
        for at in starts
    ]


class Portal:
    """A served portal, its mail server, and its database to look into."""

    def __init__(
        self,
        folder: Path,
        *,
        owner_lock: Path,
        empty: Path,
        clinic: str = "teleconsulta",
        more: Callable[[Session], None] = lambda _: None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._pristine = folder / "pristine.db"
        shutil.copyfile(empty, self._pristine)
        with _opened(self._pristine) as session:
            fill(session)
            more(session)
        self._live = folder / "clinicweb.db"
        shutil.copyfile(self._pristine, self._live)
        self.mail = MailServer()
        mail = {"MAIL_SERVER": self.mail.host, "MAIL_PORT": str(self.mail.port)}
        mail |= {"MAIL_USE_TLS": "false", "MAIL_SENDER": "Clínica <no-responder@clinica.example>"}
        usual = mail | {"RATE_LIMIT": "1000000 per minute", "CLINIC": clinic}
        usual["SECRET_KEY"] = SECRET_KEY
        self.server = PortalServer(
            folder, owner_lock=owner_lock, command=("serve",), settings=usual | (settings or {})
        )

    @property
    def url(self) -> str:
        return self.server.url

    def start(self) -> None:
        self.mail.start()
        self.server.start()

    def stop(self) -> None:
        self.server.stop()
        self.mail.stop()

    def begin_anew(self) -> None:
        """All as it was filled, under the running server: one transaction for all its readers."""
        if not self.server.is_running:  # a test killed it, and failed
            self.server.start()
        self._let_mails_arrive()
        with (
            closing(sqlite3.connect(self._pristine)) as source,
            closing(sqlite3.connect(self._live, timeout=10)) as target,
        ):
            source.backup(target)
        self.mail.attempts.clear()

    def _let_mails_arrive(self) -> None:
        """
        What the test before left to send would else come among the mails of the next one.

        What a killed server was sending stays so for minutes: nobody waits for that.
        """
        give_up_at = monotonic() + 10
        self.change("DELETE FROM outbox_message WHERE status = 'queued'")
        while monotonic() < give_up_at and self.tell(ON_THEIR_WAY):
            sleep(0.05)
            self.change("DELETE FROM outbox_message WHERE status = 'queued'")

    def live_appointments(self, username: str) -> list[str]:
        """The public ids of what *username* has booked, the newest last."""
        query = (
            select(Appointment.public_id)
            .join(Account, Account.patient_id == Appointment.patient_id)
            .join(AccountIdentifier, AccountIdentifier.account_id == Account.id)
            .where(AccountIdentifier.kind == USERNAME, AccountIdentifier.value == username)
            .where(Appointment.status.in_(LIVE_STATUSES))
            .order_by(Appointment.id)
        )
        with _opened(self._live) as session:
            return list(session.scalars(query))

    def change(self, statement: str) -> None:
        """Write into the database below the running server."""
        with _opened(self._live) as session:
            session.execute(text(statement))

    def tell(self, question: str) -> Any:
        """The one value that the database answers."""
        with _opened(self._live) as session:
            return session.scalar(text(question))

    def end_all_holds(self) -> None:
        """As if the minutes had passed for which chosen hours are kept."""
        with _opened(self._live) as session:
            session.execute(
                text("UPDATE slot SET held_until = :then WHERE held_until IS NOT NULL"),
                {"then": "2020-01-01 00:00:00.000000"},
            )


class Clinics:
    """Served clinics of several presets, kept from one test to the next: starting takes long."""

    MOST = 3

    def __init__(self, folders: pytest.TempPathFactory, owner_lock: Path, empty: Path) -> None:
        self._folders, self._owner_lock, self._empty = folders, owner_lock, empty
        self._served: dict[tuple[object, ...], Portal] = {}

    def __call__(
        self,
        clinic: str,
        more: Callable[[Session], None] = lambda _: None,
        **settings: str,
    ) -> Portal:
        """The one of this kind, as it was filled; the one longest not asked for makes room."""
        key = (_rules(clinic), more.__module__, more.__qualname__, *sorted(settings.items()))
        portal = self._served.pop(key, None) or self._started(clinic, more, settings)
        self._served[key] = portal
        portal.begin_anew()
        return portal

    def _started(
        self, clinic: str, more: Callable[[Session], None], settings: Mapping[str, str]
    ) -> Portal:
        if len(self._served) == self.MOST:
            self._served.pop(next(iter(self._served))).stop()
        portal = Portal(
            self._folders.mktemp("clinic"), owner_lock=self._owner_lock, empty=self._empty,
            clinic=clinic, more=more, settings=settings,
        )  # fmt: skip
        portal.start()
        return portal

    def stop(self) -> None:
        for portal in self._served.values():
            portal.stop()


def _rules(clinic: str) -> str:
    """Two files that say the same are one clinic."""
    return Path(clinic).read_text("utf-8") if clinic.endswith(".toml") else clinic


@contextmanager
def _opened(path: Path) -> Iterator[Session]:
    """A session on the SQLite file at *path* that commits when left without an error."""
    database = db.Database(f"sqlite:///{path}")
    try:
        with database.writing() as session:
            yield session
    finally:
        database.dispose()
