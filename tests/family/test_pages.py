"""A family's pages: who is shown, who is not, and the whole way to an hour and back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from clinicweb.accounts.models import EMAIL, Account, AccountIdentifier
from clinicweb.audit.models import AuditEvent
from clinicweb.booking.models import Slot, WebQuota
from clinicweb.clinic.models import Practitioner
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import COMMAND_LINE
from clinicweb.family.actions import NoteConsent, note_consent
from clinicweb.notifications.models import OutboxMessage
from tests.architecture.world import SAME_ORIGIN
from tests.booking import world as hours
from tests.booking.world import free_slots, prepare, viewer_of
from tests.cast import ANA, CLARA, DIAZ, ELSA
from tests.checked_client import CheckedClient
from tests.family.world import RULES, acting, fill_family, patient
from tests.pages import make_app

HOME = "/servicios/citas"


@pytest.fixture
def app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A clinic with families; who signs in does so by e-mail or by the user name of the cast."""
    database = db.Database(clinic_url)
    with database.writing() as session:
        fill_family(session)
        ana = session.scalars(select(Account).where(Account.name == "Ana")).one()
        ana.identifiers.append(AccountIdentifier(kind=EMAIL, value="ana@pacientes.example"))
        session.execute(update(Practitioner).values(shift="Mañana"))
    database.dispose()
    yield make_app(clinic_url, tmp_path, clinic="afiliados")
    db.current().dispose()


def address(name: str, *rest: str) -> str:
    return "/".join([HOME, patient(name).public_id, *rest])


def send(browser: CheckedClient, path: str, token: str) -> TestResponse:
    return browser.post(path, data={"csrf_token": token}, headers=SAME_ORIGIN)


def to_summary(browser: CheckedClient, name: str, slot_id: int) -> CheckedClient:
    """S3-22 to S3-28, without scripts."""
    browser.get(address(name))
    browser.form("Solicitar cita").submit()
    while browser.last is not None and browser.last.status_code == 303:
        browser.follow()
    browser.form("Ver horas").fill(service="Medicina general").submit()
    browser.form("#days").submit()
    browser.follow()
    browser.form("#slot").fill(slot=str(slot_id)).submit()
    browser.follow()
    return browser


def test_the_family_is_shown_with_the_way_to_each_one(page):
    ana = page(ANA)
    ana.get(HOME)

    words = ana.text()
    assert "Ana Núñez" in words
    assert "Beto Núñez" in words
    assert "Hijo o hija" in words
    assert "Hugo" not in words
    assert "Ya cumplió 18 años" in words
    assert ana.get(address("Beto")).status_code == 200


def test_the_menu_leads_there(page):
    ana = page(ANA)
    ana.get("/")

    ana.click("Citas")

    assert "Parentesco" in ana.text()


@pytest.mark.parametrize("name", ["Beto", "Hugo", "Gloria", "Ana"])
@pytest.mark.parametrize("rest", [(), ("solicitar",)])
def test_a_stranger_learns_nothing_of_another_family(page, name: str, rest: tuple[str, ...]):
    clara = page(CLARA)
    nobody = "/".join([HOME, new_public_id(), *rest])
    clara.get(HOME)
    token = clara.form("Cerrar sesión").values["csrf_token"]

    for path in (address(name, *rest), nobody):
        answer = send(clara, path, token) if rest else clara.get(path)
        assert answer.status_code == 404
        assert name not in clara.text()


def test_an_adult_who_did_not_say_so_is_told_of_and_not_shown(page):
    ana = page(ANA)

    assert ana.get(address("Gloria")).status_code == 403
    assert "cuando ella autorice a la clínica" in ana.text()
    note_consent(NoteConsent(COMMAND_LINE, "1101", "en el mesón"))
    assert ana.get(address("Gloria")).status_code == 200


@pytest.mark.parametrize("person", [None, DIAZ, ELSA])
def test_others_are_asked_to_sign_in_or_find_nothing(page, person):
    browser = page(person)

    answers = {browser.get(path).status_code for path in (HOME, address("Beto"))}

    assert answers == ({303} if person is None else {404})


def test_anas_and_betos_appointments_are_not_mixed(page):
    ana = page(ANA)
    his = prepare(acting(viewer_of("Ana"), "Beto"), free_slots()[4]).book(RULES)
    hers = "anas-appointment-00001"

    assert ana.get(address("Beto", his, "cancelar")).status_code == 200
    assert ana.get(address("Beto", hers, "cancelar")).status_code == 404
    assert ana.get(address("Ana", his, "cancelar")).status_code == 404
    assert ana.get(f"/citas/{his}/liberar").status_code == 404
    assert page(CLARA).get(address("Beto", his, "cancelar")).status_code == 404


def test_an_hour_for_beto_from_the_list_to_the_list(page):
    """S3-20 to S3-29, S3-39, without scripts."""
    ana, slot_id = page(ANA), free_slots()[0]
    to_summary(ana, "Beto", slot_id)
    assert "Beto Núñez" in ana.text()

    ana.form("Agendar cita").submit()
    ana.follow()
    assert "Su cita fue agendada correctamente" in ana.text()
    assert "Para Beto Núñez" in ana.text()
    ana.click("Volver al inicio")

    [public_id] = hours.live_appointments(slot_id)
    assert hours.appointment(public_id).patient_id == patient("Beto").id
    assert "Citas de Beto Núñez" in ana.text()
    assert "Medicina general" in ana.text()


def test_an_hour_of_betos_is_cancelled_and_stands_among_the_cancelled(page):
    """S3-31 to S3-37."""
    ana = page(ANA)
    public_id = prepare(acting(viewer_of("Ana"), "Beto"), free_slots()[4]).book(RULES)
    ana.get(address("Beto"))
    assert "Cancelar: " in ana.text()
    ana.get(address("Beto", public_id, "cancelar"))
    assert "Esto no es reversible" in ana.text()
    assert "Para Beto Núñez" in ana.text()
    assert "Medicina general" in ana.text()

    ana.form("Cancelar").submit()
    ana.follow()

    assert "La cita fue cancelada correctamente" in ana.text()
    assert "No hay citas en esta lista" in ana.text()
    assert hours.appointment(public_id).status == "cancelled"
    ana.click("Canceladas")
    assert "Medicina general" in ana.text()


def test_a_filter_that_is_none_is_not_found(page):
    assert page(ANA).get(address("Beto") + "?ver=todas").status_code == 404


def test_what_it_costs_is_read_before_it_is_pressed(page):
    """S3-38."""
    ana = page(ANA)
    soon = hours.add_slot(free_slots()[0], starts_at=clock.now() + timedelta(hours=5))
    public_id = prepare(acting(viewer_of("Ana"), "Beto"), soon).book(RULES)

    ana.get(address("Beto", public_id, "cancelar"))
    assert "Si cancela ahora no podrá reservar por web hasta el" in ana.text()
    ana.form("Cancelar").submit()
    ana.follow()

    assert "la sanción es de 30 días" in ana.text()
    assert "Solicitar cita" not in ana.text()
    assert ana.get("/reservar/").status_code == 403
    assert "+52 664 555 0170" in ana.text()


def test_the_doctors_stand_there_with_their_shift(page):
    """S3-24."""
    ana = page(ANA)
    ana.get(address("Beto"))
    ana.form("Solicitar cita").submit()
    while ana.last.status_code == 303:
        ana.follow()
    ana.form("Ver horas").fill(service="Medicina general").submit()

    assert "Dra. Inés Soto · Mañana" in ana.text()


def test_a_doctor_whose_web_hours_are_gone_is_said_so_before_any_hour(page):
    """S3-83, S3-84, S3-85."""
    ana = page(ANA)
    with db.current().writing() as session:
        slots = session.scalars(select(Slot).where(Slot.status == "free")).all()
        days = {(s.practitioner_id, s.service_id, s.site_id, s.modality, s.day) for s in slots}
        for practitioner_id, service_id, site_id, modality, day in days:
            row = WebQuota(
                practitioner_id=practitioner_id, service_id=service_id, site_id=site_id,
                modality=modality, day=day, total=0, taken=0,
            )  # fmt: skip
            session.add(row)
    ana.get(address("Beto"))
    ana.form("Solicitar cita").submit()
    while ana.last.status_code == 303:
        ana.follow()

    ana.form("Ver horas").fill(service="Medicina general").submit()
    ana.form("Ver horas").fill(practitioner="Dra. Inés Soto · Mañana").submit()

    words = ana.text()
    assert "No existen citas disponibles por web para éste médico" in words
    assert "+52 664 555 0170" in words


def test_with_htmx_the_summary_comes_as_a_window_and_what_goes_wrong_as_a_page(page):
    """S3-28."""
    ana, slot_id = page(ANA), free_slots()[0]
    to_summary(ana, "Beto", slot_id)
    window = {**ana.htmx_headers(), "HX-Target": "dialog#window"}

    shown = ana.get(ana.url, headers=window)
    assert shown.get_data(as_text=True).lstrip().startswith("<dialog")
    assert "HX-Retarget" not in shown.headers

    other = ana.get(ana.url.replace("confirmar", "hora"), headers=window)
    assert other.headers["HX-Retarget"] == "#main"


def test_betos_hour_is_changed_in_his_name_and_by_nobody_else(page):
    ana = page(ANA)
    his = prepare(acting(viewer_of("Ana"), "Beto"), free_slots()[4]).book(RULES)
    new = free_slots()[0]
    paths = [address("Beto", his, "cambiar"), address("Beto", his, "cambiar", str(new))]
    for path in paths:
        assert page(CLARA).get(path).status_code == 404
        assert ana.get(path.replace(patient("Beto").public_id, patient("Ana").public_id)
                       ).status_code == 404  # fmt: skip

    ana.get(address("Beto"))
    ana.get(paths[0])
    ana.form("Continuar").fill(slot=str(new)).submit()
    ana.follow()
    assert "hasta 15 minutos antes" in ana.text()
    assert "sólo cuenta como cancelación cuando faltan 6 horas o menos" in ana.text()
    ana.form("Cambiar la cita").submit()
    ana.follow()

    assert "La cita se cambió correctamente" in ana.text()
    assert hours.appointment(his).slot_id == new
    with db.reading() as session:
        query = select(AuditEvent.detail).where(AuditEvent.action == "appointment.move")
        detail = session.scalars(query).one()
        query = select(OutboxMessage).where(OutboxMessage.template == "appointment_moved")
        mail = session.scalars(query).one()
    assert detail["on_behalf"] is True
    assert detail["to"] == hours.slot(new).starts_at.isoformat()
    assert (mail.recipient, mail.context["member_name"]) == ("ana@pacientes.example", "Beto")
