"""Every page of booking, asked as Ana asks it, in the three clinics whose ways differ."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import delete, select, update
from werkzeug.test import Cookie

from bench.big_clinic import BUSIEST, SECOND
from clinicweb.booking.catalogue import PROCEDURE, note_change
from clinicweb.booking.models import (
    BOOKED,
    IS_LIVE,
    Appointment,
    GuideSeen,
    Slot,
    WebCancellation,
    WebSanction,
)
from clinicweb.clinic.models import Patient, Service
from clinicweb.core import db
from tests.booking.long_way import clinic_file, press
from tests.cast import ANA
from tests.checked_client import CheckedClient
from tests.pages import make_app, sign_in
from tests.query_log import collected_queries

_ID = re.compile(r"/[\w-]{22}(?=/|$)")
_DOCTORS_CLINIC, _OFFICE, _FAMILIES = "teleconsulta", "oficina-virtual", "afiliados"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: which page, in seconds at the server, with how many queries."""

    page: str
    seconds: float
    queries: int


class Clinics:
    """The portal in its three ways on the database at *url*."""

    def __init__(self, url: str, folder: Path) -> None:
        self.asked: list[Asked] = []
        self._cookie: Cookie | None = None
        presets: Mapping[str, str] = {
            _DOCTORS_CLINIC: _DOCTORS_CLINIC,
            _OFFICE: str(clinic_file(folder)),
            _FAMILIES: _FAMILIES,
        }
        self._browsers = {
            name: self._enter(url, folder, preset) for name, preset in presets.items()
        }

    def _enter(self, url: str, folder: Path, preset: str) -> CheckedClient:
        app = make_app(url, folder, clinic=preset)
        browser = self._sign_in(app)
        db.current().dispose()  # the next one's takes its place
        self._listen(app)
        return browser

    def _sign_in(self, app: Flask) -> CheckedClient:
        """Once: it is one database, and who came in by one way is in by the others."""
        if self._cookie is None:
            first = sign_in(app, ANA)
            self._cookie = first.get_cookie("clinicweb")
        browser = CheckedClient(app, use_cookies=True)
        browser.judges_markup = False
        browser.set_cookie("clinicweb", self._cookie.value if self._cookie else "")
        return browser

    def _listen(self, app: Flask) -> None:
        serve = app.wsgi_app

        def timed(environ: Any, start_response: Any) -> Iterable[bytes]:
            statuses: list[str] = []

            def note_status(status: str, *details: Any) -> Any:
                statuses.append(status)
                return start_response(status, *details)

            with collected_queries() as queries:
                began = time.perf_counter()
                answer = serve(environ, note_status)
                seconds = time.perf_counter() - began
            is_lost = " (taken)" if statuses[-1].startswith("409") else ""
            self.asked.append(Asked(_page_of(environ) + is_lost, seconds, len(queries)))
            return answer

        app.wsgi_app = timed  # type: ignore[method-assign]

    def walk(self, name: str) -> list[Asked]:
        """All the pages of the clinic *name*, once."""
        self.asked.clear()
        _offer_procedures(in_search=name == _OFFICE)
        WALKS[name](self._browsers[name])
        _forget()
        return [Asked(f"{name:15} {one.page}", one.seconds, one.queries) for one in self.asked]


def _page_of(environ: Mapping[str, Any]) -> str:
    path = _ID.sub("/…", environ["PATH_INFO"])
    names = dict.fromkeys(re.findall(r"(?:^|&)(\w+)=", environ["QUERY_STRING"]))
    return f"{environ['REQUEST_METHOD']:4} {path}" + (f"?{'&'.join(names)}" if names else "")


def _offer_procedures(*, in_search: bool) -> None:
    """On one screen nobody lists thousands: such a clinic opens only some services to the web."""
    booking = "direct" if in_search else "off"
    others = (Service.kind == PROCEDURE) & (Service.booking != booking)
    with db.bookkeeping() as session:
        changed = session.execute(update(Service).where(others).values(booking=booking))
        if changed.rowcount:  # type: ignore[attr-defined]
            note_change(session)


def _forget() -> None:
    """What would make the next walk another one."""
    with db.bookkeeping() as session:
        for table in (WebSanction, WebCancellation, GuideSeen):
            session.execute(delete(table))


def _walk_one_screen(ana: CheckedClient) -> None:
    ana.get("/")
    ana.get("/reservar/")
    ana.follow()
    _to_hours(ana)
    _lose(ana)
    press(ana, "#slot", slot=_first(ana, "#slot", "slot"))
    _book(ana, "Confirmar Reserva")
    _cancel(ana, 1)


def _lose(ana: CheckedClient) -> None:
    """Choose an hour that somebody else has by now: the nearest others are shown."""
    with db.reading() as session:
        chosen = session.get_one(Slot, int(_first(ana, "#slot", "slot")))
        taken = select(Slot.id).where(
            Slot.practitioner_id == chosen.practitioner_id,
            Slot.day > chosen.day,
            Slot.status == BOOKED,
        )
        slot_id = session.scalars(taken.order_by(Slot.day).limit(1)).one()
    form = ana.form("#slot")
    form.values["slot"] = str(slot_id)
    assert form.submit_anyway().status_code == 409


def _to_hours(ana: CheckedClient) -> None:
    ana.form("Ver horas").fill(service=BUSIEST).submit()
    ana.click("Fechas siguientes →")
    some_doctor = _first(ana, "Ver horas", "practitioner")
    ana.form("Ver horas").fill(practitioner=some_doctor).submit()
    ana.form("Ver horas").fill(practitioner="").submit()
    press(ana, "#days")


def _book(ana: CheckedClient, button: str) -> None:
    press(ana, button)
    assert ana.url.endswith("/lista"), ana.text()


def _release(ana: CheckedClient, path: str) -> None:
    ana.get(path)
    ana.form(path).submit()
    ana.follow()


def _walk_family(ana: CheckedClient) -> None:
    """S3-20 to S3-37."""
    with db.reading() as session:
        beto = session.scalars(select(Patient.public_id).where(Patient.given_name == "Beto")).one()
    home = f"/servicios/citas/{beto}"
    ana.get("/servicios/citas")
    ana.get(home)
    ana.form("Solicitar cita").submit()
    while ana.last is not None and ana.last.status_code == 303:
        ana.follow()
    _to_hours(ana)
    press(ana, "#slot", slot=_first(ana, "#slot", "slot"))
    ana.get(ana.url, headers={**ana.htmx_headers(), "HX-Target": "dialog#window"})
    ana.get(ana.url)
    _book(ana, "Agendar cita")
    for which in ("anteriores", "canceladas", "proximas"):
        ana.get(f"{home}?ver={which}")
    _release(ana, f"{home}/{_newest()}/cancelar")


def _walk_long(ana: CheckedClient) -> None:
    """S1-14 to S1-31, by each way, and several at once."""
    _begin(ana)
    _choose_way(ana, "Por médico")
    _search(ana, "Nuñez")
    _to_agenda(ana)
    _begin(ana)
    _choose_way(ana, "Por procedimiento")
    _search(ana, "resonansia")
    _to_agenda(ana)
    _begin(ana)
    _choose_way(ana, "Por especialidad")
    _search(ana, "otorrino")
    _to_agenda(ana)
    agenda = ana.url
    ana.click("Cambiar las fechas")
    ana.get(agenda)
    _lose(ana)
    press(ana, "#slot", slot=_first(ana, "#slot", "slot"))
    _book(ana, "Asignar cita")
    _cancel(ana, 1)
    _walk_several(ana)


def _walk_several(ana: CheckedClient) -> None:
    _begin(ana)
    _choose_way(ana, "Varias citas")
    for name in (BUSIEST, SECOND):
        ana.get(f"{ana.url}{'&' if '?' in ana.url else '?'}q={name[:6].lower()}")
        ana.click(f"{name} Agregar")
    press(ana, "Continuar con 2 citas")
    press(ana, "#city", "Santiago")
    press(ana, "#site", "*")
    press(ana, "Ver agenda")
    press(ana, "Continuar", slots=_first(ana, "Continuar", "slots"))
    _book(ana, "Asignar cita")
    _cancel(ana, 2)


def _begin(ana: CheckedClient) -> None:
    ana.get("/reservar/")
    ana.follow()
    press(ana, "#agreement", agreement="Fonasa")
    if ana.url.endswith("/guia"):
        press(ana, "Comenzar")
    press(ana, "Nueva cita")


def _choose_way(ana: CheckedClient, way: str) -> None:
    press(ana, "#modality", "Presencial")
    press(ana, "#by", way)


def _search(ana: CheckedClient, words: str) -> None:
    ana.get(f"{ana.url}?q={words}")
    ana.get(ana.url, headers=ana.htmx_headers("div#found"))
    _press_first(ana, "#found")


def _to_agenda(ana: CheckedClient) -> None:
    if ana.url.endswith("/ciudad"):
        _press_first(ana, "#city")
    if ana.url.endswith("/sede"):
        _press_first(ana, "#site")
    press(ana, "Ver agenda")


def _cancel(ana: CheckedClient, how_many: int) -> None:
    for _ in range(how_many):
        ana.get("/")
        _release(ana, f"/citas/{_newest()}/liberar")


def _press_first(ana: CheckedClient, form: str) -> None:
    buttons = [button.get("value", "") for button in ana.form(form).element.iter("button")]
    press(ana, form, buttons[0])


def _first(ana: CheckedClient, form: str, field: str) -> str:
    return next(iter(ana.form(form).options(field)))


def _newest() -> str:
    """The appointment that was made last."""
    newest = select(Appointment.public_id).where(IS_LIVE).order_by(Appointment.id.desc()).limit(1)
    with db.reading() as session:
        return session.scalars(newest).one()


WALKS: Mapping[str, Callable[[CheckedClient], None]] = {
    _DOCTORS_CLINIC: _walk_one_screen,
    _OFFICE: _walk_long,
    _FAMILIES: _walk_family,
}
