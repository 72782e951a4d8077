"""«Contacto» and the inbox as their people meet them."""

import pytest

from clinicweb.core import db
from tests.accounts.helped import clinic_file
from tests.accounts.solving import digits_in
from tests.booking.crowd import KEY
from tests.cast import ADA, ANA, CLARA, DIAZ, ELSA
from tests.contact.world import BODY, answers, kept, visitor
from tests.pages import make_app, sign_in

TYPED = {"kind": "Consulta general", "text": BODY, "notices": True}


def fill(client, **changes):
    client.get("/contacto")
    return client.form("/contacto").fill(TYPED | changes)


def test_ana_writes_to_the_clinic_and_reads_its_answer(page):
    """S3-49, S3-50, S3-51, S3-52."""
    ana, elsa = page(ANA), page(ELSA)
    form = fill(ana)
    assert form.values["email"] == "ana@pacientes.example"
    assert form.submit("Enviar mensaje").status_code == 303
    ana.follow()
    [row] = kept()
    assert f"Mensaje {row.reference}" in ana.text()
    assert "Sin responder" in ana.text()

    elsa.get("/")
    assert "(1 sin leer)" in elsa.text()
    elsa.get("/bandeja")
    elsa.click(row.reference)
    assert "Ana" in elsa.text()
    answer = elsa.form("Enviar respuesta").fill(text="Sí, de 9 a 13.")
    assert answer.submit("Enviar respuesta").status_code == 303
    elsa.follow()
    assert "Reabrir el mensaje" in elsa.text()
    assert "(1 sin leer)" not in elsa.text()

    ana.get("/contacto/mis-mensajes")
    ana.click(row.reference)
    assert "Respuesta de Elsa" in ana.text()
    assert "Sí, de 9 a 13." in ana.text()


def test_who_cannot_sign_in_writes_too_once_nobody_is_a_robot(app):
    """S3-49: without a captcha nothing is kept, and what was typed stays."""
    rita = visitor(app)
    form = fill(rita, name="Rita Mora", email="rita@correo.example")
    refused = form.submit_anyway("Enviar mensaje")
    assert refused.status_code == 422
    assert "Falta comprobar que no es un robot" in rita.text()
    assert kept() == []
    form = rita.form("/contacto")
    assert form.values["text"] == BODY
    assert (form.values["name"], form.values["kind"]) == ("Rita Mora", "consulta")
    [picture] = [image for image in rita.page.elements("img") if "captcha" in image.get("src")]
    form.fill(captcha_digits=digits_in((KEY,), picture.get("src")))

    assert form.submit("Enviar mensaje").status_code == 303
    rita.follow()
    [row] = kept()
    assert row.reference in rita.text()
    assert (row.account_id, row.name) == (None, "Rita Mora")
    # The same form once more: its captcha is used up, and it was sent already.
    assert form.submit_anyway("Enviar mensaje").headers["Location"].endswith(row.public_id)
    assert len(kept()) == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kind": "Elija uno"}, "Elija el tipo de mensaje."),
        ({"email": "nada"}, "Escriba un correo como ana@ejemplo.cl."),
        ({"text": ""}, "Escriba su mensaje."),
        ({"notices": False}, "Para enviar, lea y acepte los avisos."),
    ],
)
def test_what_is_missing_is_said_and_the_rest_stays(page, wrong, told):
    ana = page(ANA)

    answer = fill(ana, **wrong).submit_anyway("Enviar mensaje")

    assert answer.status_code == 422
    assert told in ana.text()
    form = ana.form("/contacto")
    kept_fields = {"text": BODY, "kind": "consulta"}
    for name in kept_fields.keys() - wrong.keys():
        assert form.values[name] == kept_fields[name]
    assert kept() == []


def test_what_is_too_much_is_told_with_the_form(page, monkeypatch):
    ana = page(ANA)
    rules = ana.application.extensions["clinicweb.rules"]
    few = rules.contact.model_copy(update={"messages_per_account_day": 1})
    monkeypatch.setitem(
        ana.application.extensions, "clinicweb.rules", rules.model_copy(update={"contact": few})
    )
    fill(ana).submit()

    answer = fill(ana, text="Otro").submit()

    assert answer.status_code == 429
    assert "Demasiados intentos" in ana.text()
    assert ana.form("/contacto").values["text"] == "Otro"


def test_a_colleagues_answer_is_shown_before_ones_own_goes_out(page):
    fill(page(ANA)).submit()
    elsa, ada = page(ELSA), page(ADA)
    address = f"/bandeja/{kept()[0].public_id}"
    forms = []
    for staff in (elsa, ada):
        staff.get(address)
        forms.append(staff.form("Enviar respuesta").fill(text=f"{staff is ada}", closes=False))
    forms[0].submit("Enviar respuesta")

    assert forms[1].submit("Enviar respuesta").status_code == 409
    assert "Otra persona respondió mientras usted escribía" in ada.text()
    assert "Respuesta de Elsa" in ada.text()
    again = ada.form("Enviar respuesta")
    assert again.values["text"] == "True"
    again.submit("Enviar respuesta")
    assert answers() == ["False", "True"]


def test_an_answer_to_what_a_colleague_closed_is_not_lost(page):
    fill(page(ANA)).submit()
    elsa, ada = page(ELSA), page(ADA)
    address = f"/bandeja/{kept()[0].public_id}"
    elsa.get(address)
    form = elsa.form("Enviar respuesta").fill(text="Sí, atendemos.")
    ada.get(address)
    ada.form("Cerrar sin responder").submit()

    assert form.submit("Enviar respuesta").status_code == 409
    assert "Su respuesta no se envió" in elsa.text()
    assert "Sí, atendemos." in elsa.text()
    elsa.form("Reabrir el mensaje").submit()
    elsa.follow()
    assert "Enviar respuesta" in elsa.text()


def test_the_inbox_is_the_staffs_and_messages_are_their_writers(page):
    ana = page(ANA)
    fill(ana).submit()
    message_id = kept()[0].public_id
    for person in (ANA, CLARA, DIAZ):
        assert page(person).get(f"/bandeja/{message_id}").status_code == 404
        assert page(person).get("/bandeja").status_code == 404
    for person in (CLARA, DIAZ, ELSA):
        assert page(person).get(f"/contacto/mis-mensajes/{message_id}").status_code == 404
    assert page().get(f"/contacto/enviado/{message_id}").status_code == 404


def test_the_inbox_is_searched_and_turned_like_a_list(page, monkeypatch):
    from clinicweb.contact import staff_queries

    monkeypatch.setattr(staff_queries, "A_PAGE", 1)
    ana, elsa = page(ANA), page(ELSA)
    for text in ("primero", "segundo"):
        fill(ana, text=text).submit()
    first, second = (row.reference for row in kept())

    elsa.get("/bandeja")
    assert second in elsa.text()
    assert first not in elsa.text()
    elsa.click("Ver más antiguos →")
    assert first in elsa.text()
    elsa.form("Buscar").fill(con="segundo").submit("Buscar")
    assert second in elsa.text()
    assert elsa.get("/bandeja?tipo=nada").status_code == 422
    elsa.get("/bandeja?estado=cerrados")
    assert "No hay mensajes en esta lista." in elsa.text()


def test_a_clinic_without_types_has_no_contact_page(clinic_url, tmp_path):
    rules = tmp_path / "small.toml"
    rules.write_text(
        '[identity]\nname = "Uno"\ncountry = "CL"\ntimezone = "America/Santiago"\n', "utf-8"
    )
    app = make_app(clinic_url, tmp_path, clinic=str(rules))
    ana = sign_in(app, ANA)

    assert ana.get("/contacto").status_code == 404
    assert "Contacto" not in ana.text()
    assert ana.get("/contacto/mis-mensajes").status_code == 200
    db.current().dispose()


def test_words_that_are_markup_are_shown_as_words(page):
    ana, elsa = page(ANA), page(ELSA)
    text = '<script>alert(1)</script> <b hx-get="/salir" hx-trigger="load">x</b>'
    fill(ana, text=text).submit()

    elsa.get(f"/bandeja/{kept()[0].public_id}")

    assert text in elsa.text()


def test_a_clinics_own_words_are_read(clinic_url, tmp_path):
    """Types and notices stand in the clinic's file; the same clinic in English has its English."""
    app = make_app(
        clinic_url, tmp_path, clinic=clinic_file(tmp_path, "[contact]\ncaptcha = false\n")
    )
    rita = visitor(app)
    rita.get("/contacto", headers={"Accept-Language": "en"})

    assert "General question" in rita.text()
    assert "la clínica responde en días hábiles" in rita.text()
    form = rita.form("/contacto").fill(
        kind="General question", name="Rita Mora", email="rita@correo.example", text="Hello",
        notices=True,
    )  # fmt: skip
    assert form.submit(**{"Accept-Language": "en"}).status_code == 303
    assert kept()[0].language == "en"
    db.current().dispose()
