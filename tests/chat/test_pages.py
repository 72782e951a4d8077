"""Conversations as people meet them, without JavaScript and as htmx asks for them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.chat.models import MessageVersion
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from tests.cast import ANA, CLARA, DIAZ, ELSA, SOTO
from tests.chat.talking import begin, shown, write
from tests.chat.world import messages, post, viewer_of

HOSTILE = (
    '<img src=x onerror=alert(1)> <a hx-get="/salir" hx-trigger="load">x</a> javascript:alert(1)'
)


def test_a_patient_and_a_doctor_talk(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    write(ana, address, "¿Puedo comer de todo?")

    assert "1 sin leer" in shown(diaz, "/conversaciones")
    assert "Enviado" in shown(ana, address)
    write(diaz, address, "Sí, de todo.")

    assert "1 sin leer" not in shown(diaz, "/conversaciones")
    told = shown(ana, address)
    assert "¿Puedo comer de todo?" in told
    assert "Mensajes nuevos" in told
    assert "Leído" in told
    assert "1 sin leer" in shown(ana, "/conversaciones")
    ana.get(address)
    ana.form("Marcar como leídos").submit("Marcar como leídos")
    told = shown(ana, address)
    assert "Mensajes nuevos" not in told
    assert "Marcar como leídos" not in told


def test_a_page_that_is_looked_at_tells_how_far_and_gets_the_count(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    write(diaz, address, "Buenos días")
    ana.get(address)
    form = ana.form("Marcar como leídos")

    counted = ana.post(form.action, data=dict(form.values), headers=ana.htmx_headers("#chat-count"))

    assert 'id="chat-count"' in counted.get_data(as_text=True)
    assert "></span>" in counted.get_data(as_text=True)
    assert "Leído" in shown(diaz, address)


def test_a_patient_reads_when_there_is_an_answer_and_what_to_do_in_an_emergency(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)

    told = shown(ana, address)
    assert "En una emergencia llame al 131." in told
    assert "Respondemos de 9 a 18." in told
    assert "Iniciar Video" not in told
    assert "En una emergencia" not in shown(diaz, address)


@pytest.mark.parametrize("stranger", [CLARA, SOTO, ELSA])
def test_to_others_there_is_no_such_conversation(page, stranger):
    address = begin(page(ANA))
    browser = page(stranger)
    nothing = f"/conversaciones/{new_public_id()}"

    for path in ("", "/nuevos", "/finalizar", "/transferir", "/colegas"):
        mine, none = browser.get(address + path), browser.get(nothing + path)
        assert (mine.status_code, none.status_code) in {(404, 404), (303, 303)}, path


def test_what_people_write_is_text(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    write(ana, address, f"{HOSTILE}\nhttps://clinica.example/a?b=1&c=2.")

    html = diaz.get(address).get_data(as_text=True)

    assert "<img src=x" not in html
    assert "<a hx-get" not in html
    assert 'href="javascript' not in html
    assert '<a href="https://clinica.example/a?b=1&amp;c=2" target="_blank"' in html
    assert 'rel="noopener noreferrer nofollow"' in html


@pytest.mark.parametrize(
    ("text", "told"), [("", "Escriba un mensaje."), ("a" * 201, "caben 200 caracteres")]
)
def test_what_cannot_be_sent_is_still_there(page, text, told):
    ana = page(ANA)
    address = begin(ana)
    ana.get(address)

    answer = ana.form("Enviar").fill(text=text).submit("Enviar")

    assert answer.status_code == 422
    assert told in ana.text()
    assert text in answer.get_data(as_text=True)


def test_sent_twice_it_is_there_once(page):
    ana = page(ANA)
    address = begin(ana)
    ana.get(address)
    form = ana.form("Enviar").fill(text="Hola")

    assert {form.submit("Enviar").status_code for _ in range(2)} == {303}
    assert messages(address.split("/")[2]) == [(1, "Hola")]


def test_a_clinician_sends_a_quick_answer(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    diaz.get(address)

    diaz.form("Enviar").submit("Le respondo pronto.")

    assert messages(address.split("/")[2]) == [(1, "Le respondo pronto.")]
    assert "Le respondo pronto." not in ana.get(f"{address}?antes=1").get_data(as_text=True)


def test_a_message_is_corrected_and_deleted_and_what_it_said_is_kept(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    write(ana, address, "Tomo dos")
    ana.click("Corregir")
    ana.form("Guardar").fill(text="Tomo tres").submit("Guardar")
    assert "corregido" in shown(diaz, address)
    ana.get(address)
    ana.click("Corregir")
    ana.form("Eliminar el mensaje").submit("Eliminar el mensaje")

    told = shown(diaz, address)
    assert "Mensaje eliminado" in told
    assert "Tomo" not in told
    with db.reading() as session:
        assert list(session.scalars(select(MessageVersion.text))) == ["Tomo dos", "Tomo tres"]


def test_nobody_changes_what_another_wrote_nor_too_late(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    write(ana, address, "Hola")
    ana.get(address)
    edit = ana.click("Corregir").request.path
    assert diaz.get(edit).status_code == 303
    assert "Corregir" not in shown(diaz, address)
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert ana.get(edit).status_code == 303
        assert "Corregir" not in shown(ana, address)


def test_a_reply_shows_what_it_replies_to(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    write(ana, address, "¿El lunes?")
    diaz.get(address)
    diaz.click("Responder")
    assert "¿El lunes?" in diaz.text()
    diaz.form("Enviar").fill(text="Sí").submit("Enviar")

    html = ana.get(address).get_data(as_text=True)
    assert html.count("¿El lunes?") == 2


def test_older_messages_are_a_link_away(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    for number in range(35):
        post(viewer_of("Ana"), address.split("/")[2], f"número {number};")

    assert "número 4;" not in shown(ana, address)
    ana.click("Mensajes anteriores")
    assert "número 4;" in ana.text()
    assert "Ver los últimos mensajes" in ana.text()
    told = shown(diaz, address)
    assert "Ir al primer mensaje sin leer" in told
    diaz.get(f"{address}?antes=5")
    assert "número 0;" in diaz.text()


def test_htmx_gets_the_new_lines_alone_and_304_when_there_are_none(page):
    ana, diaz = page(ANA), page(DIAZ)
    address = begin(ana)
    ana.get(address)
    list_id = f"ol#messages-{address.split('/')[2]}"
    headers = ana.htmx_headers(list_id)
    write(diaz, address, "Buenos días")

    first = ana.get(f"{address}/nuevos?desde=0&visto=0", headers=headers)
    etag = first.headers["ETag"]
    again = ana.get(f"{address}/nuevos?desde=1&visto=1", headers=headers)
    by_tag = ana.get(f"{address}/nuevos?desde=0", headers={**headers, "If-None-Match": etag})

    assert "Buenos días" in first.get_data(as_text=True)
    assert "<main" not in first.get_data(as_text=True)
    assert (again.status_code, by_tag.status_code) == (304, 304)
    assert ana.get(f"{address}/nuevos").status_code == 303
