"""Who is in a conversation, how it ends, and who may begin one, on pages."""

from sqlalchemy import select

from clinicweb.audit.models import AuditEvent
from clinicweb.core import db
from tests.cast import ANA, CLARA, DIAZ, SOTO
from tests.chat.talking import begin, shown, write
from tests.pages import make_app


def test_the_doctor_ends_the_consultation(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    write(ana, address, "Gracias")
    diaz.get(address)
    diaz.click("Finalizar consulta")
    diaz.form("Finalizar consulta").fill(outcome="Alta").submit("Finalizar consulta")

    told = shown(ana, address)
    assert "Alta" in told
    assert "finalizó la consulta" in told
    assert "La consulta terminó." in told
    assert "Volver a abrir" not in told
    diaz.get(address)
    diaz.form("Volver a abrir").submit("Volver a abrir")
    assert "Enviar" in shown(ana, address)


def test_a_conversation_is_handed_on_and_the_patient_is_told(page):
    ana, diaz, soto = page(ANA), page(DIAZ), page(SOTO)
    address = begin(ana)
    write(ana, address, "Me duele el pecho")
    diaz.get(address)
    diaz.click("Transferir")
    diaz.form("Dra. Inés Soto").submit("Dra. Inés Soto")

    assert "Desde ahora le atiende aquí Dra. Inés Soto." in shown(ana, address)
    assert "Me duele el pecho" in shown(soto, address)
    assert diaz.get(address).status_code == 404
    assert "Ana Núñez" not in shown(diaz, "/conversaciones")


def test_colleagues_talk_and_come_and_go(page):
    diaz, soto = page(DIAZ), page(SOTO)
    diaz.get("/conversaciones/nueva")
    assert diaz.form("Empezar").submit("Empezar").status_code == 422
    diaz.get("/conversaciones/nueva")
    answer = diaz.form("Empezar").fill(clinicians="soto").submit("Empezar")
    address = answer.headers["Location"]
    write(diaz, address, "¿Lo ves tú?")

    told = shown(soto, address)
    assert "¿Lo ves tú?" in told
    assert "Finalizar consulta" not in told
    soto.click("Personas")
    soto.form("Salir de la conversación").submit("Salir de la conversación")
    assert soto.get(address).status_code == 404
    assert "salió de la conversación" in shown(diaz, address)


def test_a_clinician_finds_the_patients_they_may_write_to(page):
    diaz = page(DIAZ)

    diaz.get("/conversaciones/nueva")
    assert "Ana Núñez" in diaz.text()
    assert "Clara Pérez" not in diaz.text()
    diaz.get("/conversaciones/nueva?buscar=nadie")
    assert "Ana Núñez" not in diaz.text()


def test_a_patient_is_offered_those_with_whom_they_have_an_hour(page):
    browser = page(CLARA)

    browser.get("/conversaciones/nueva")

    assert "Dra. Inés Soto" in browser.text()
    assert "Dr. Pablo Díaz" not in browser.text()


def test_who_looks_at_a_patients_conversation_leaves_a_line(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    for browser in (ana, diaz, diaz):
        browser.get(address)

    with db.reading() as session:
        read = select(AuditEvent).where(AuditEvent.action == "conversation.read")
        rows = [(row.actor_name, row.patient_id is not None) for row in session.scalars(read)]
    assert rows == [("Diaz", True)] * 2


def test_without_conversations_there_is_no_page_of_them(clinic_url, tmp_path):
    from tests.pages import sign_in

    app = make_app(clinic_url, tmp_path, clinic="afiliados")
    ana = sign_in(app, ANA)

    assert "Conversaciones" not in shown(ana, "/")
    assert ana.get("/conversaciones").status_code == 404
    db.current().dispose()
