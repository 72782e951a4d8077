"""Who is in a conversation, how it ends, and who may begin one, on pages."""

import pytest
from sqlalchemy import select

from clinicweb.accounts.models import Account
from clinicweb.audit.models import AuditEvent
from clinicweb.chat import queries
from clinicweb.chat.actions import OpenConversation, open_conversation
from clinicweb.chat.news import GONE
from clinicweb.chat.socket import show_gone, take_online
from clinicweb.clinic.models import Practitioner
from clinicweb.core import clock, db
from clinicweb.core.events import Event
from clinicweb.web import live
from clinicweb.web.delivery import stage
from clinicweb.web.sockets import Person
from tests.accounts.helped import clinic_file
from tests.cast import ANA, CLARA, DIAZ, SOTO
from tests.chat.talking import CHAT, begin, shown, write
from tests.chat.world import RULES, journal, post, viewer_of
from tests.pages import make_app, sign_in


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


def test_somebody_is_taken_out_of_a_group(page, clinic_url):
    rojas, diaz = a_third_doctor(), viewer_of("Diaz")
    diaz_page, soto = page(DIAZ), page(SOTO)
    group = open_conversation(RULES, OpenConversation(diaz, ("soto", "rojas"), key="g"))
    address = f"/conversaciones/{group}"
    post(diaz, group, "¿Lo vemos hoy?")
    diaz_page.get(f"{address}/colegas")
    diaz_page.form(f"{address}/sacar").submit("soto")

    assert soto.get(address).status_code == 404
    assert "Conversaciones" in shown(soto, "/conversaciones")
    assert "¿Lo vemos hoy?" not in soto.text()
    diaz_page.get(f"{address}/colegas")
    assert "Sacar" not in diaz_page.text()
    assert "Dr. Pablo Díaz sacó a Dra. Inés Soto del grupo." in shown(diaz_page, address)
    assert ("conversation.remove", None) in journal(group)
    assert not queries.get_conversation(rojas, RULES, group).remove.allowed


def a_third_doctor():
    """Dra. Rojas; with her there can be a group."""
    with db.current().writing() as session:
        doctor = Practitioner(
            code="rojas", prefix="Dra.", given_name="Eva", family_name="Rojas",
            search_key="rojas eva",
        )  # fmt: skip
        session.add(doctor)
        session.flush()
        session.add(
            Account(
                name="Rojas", roles="practitioner", password_hash="x", practitioner_id=doctor.id,
                created_at=clock.now(),
            )
        )  # fmt: skip
    return viewer_of("Rojas")


@pytest.mark.parametrize(("rule", "is_shown"), [("false", False), ("true", True)])
def test_patients_are_shown_who_is_there_where_the_clinic_says_so(
    clinic_url, tmp_path, monkeypatch, rule, is_shown
):
    """To both of them, or to neither; colleagues always."""
    app = make_app(
        clinic_url, tmp_path, clinic=clinic_file(tmp_path, f"{CHAT}shows_online = {rule}\n")
    )
    ana, diaz, soto = (sign_in(app, person) for person in (ANA, DIAZ, SOTO))
    address = begin(ana)
    diaz.get("/conversaciones/nueva")
    among = diaz.form("Empezar").fill(clinicians="soto").submit("Empezar").headers["Location"]

    assert "En línea" not in shown(soto, among)
    monkeypatch.setattr(live, "present", set)

    assert ("En línea" in shown(ana, address)) is is_shown
    assert ("En línea" in shown(ana, "/conversaciones")) is is_shown
    assert ("En línea" in shown(diaz, address)) is is_shown
    assert "En línea" in shown(soto, among)
    assert "En línea" in shown(soto, "/conversaciones")
    for viewer, where, is_told in (("Ana", address, is_shown), ("Soto", among, True)):
        told = asked_by(app, viewer, where.split("/")[2])
        assert ("En línea" in (told or "")) is is_told
        assert len(told or "") < 600
    db.current().dispose()


def asked_by(app, name, conversation):
    """What the frame is answered that an open page sends once a minute."""
    with stage(app, Person(viewer_of(name), "es", "n" * 22, "t" * 60)):
        return take_online(viewer_of(name), {"conversation": conversation})


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
    app = make_app(clinic_url, tmp_path, clinic="afiliados")
    ana = sign_in(app, ANA)

    assert "Conversaciones" not in shown(ana, "/")
    assert ana.get("/conversaciones").status_code == 404
    db.current().dispose()


def test_an_open_page_of_who_was_taken_out_is_emptied(app, page):
    """Not of who is in it, should the event be late."""
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    conversation = address.split("/")[2]
    diaz.get(address)
    diaz.click("Transferir")
    diaz.form("Dra. Inés Soto").submit("Dra. Inés Soto")
    event = Event(GONE, to=frozenset(), ids={"conversation": conversation})

    def shown_to(name):
        with stage(app, Person(viewer_of(name), "es", "nonce", "token")):
            return show_gone(viewer_of(name), event)

    assert f"#messages-{conversation}" in shown_to("Diaz")
    assert shown_to("Ana") is None
