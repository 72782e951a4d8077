"""«Informar a la clínica»: what is kept of a call that failed, and who is told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from clinicweb.clinic.contact_rules import Contact
from clinicweb.contact import policy
from clinicweb.core import db
from clinicweb.core.errors import NotFound, TooManyAttempts
from clinicweb.notifications.models import OutboxMessage
from clinicweb.notifications.rendering import render
from clinicweb.notifications.sender import _letter
from clinicweb.video import incident_actions, incidents
from clinicweb.video.actions import hang_up, start_call
from clinicweb.video.check_models import CallIncident
from clinicweb.video.incident_actions import ReportCall, report_call
from tests.accounts.helped import clinic_file
from tests.cast import ANA, DIAZ, ELSA
from tests.chat.talking import CHAT, begin
from tests.chat.world import RULES, open_with, viewer_of
from tests.contact.world import kept as messages
from tests.notifications.texts import LETTERHEAD
from tests.pages import make_app
from tests.video.calling import journal

SUPPORT = "soporte@clinica.example"
TOLD = {"connection": "failed", "ice": "checking", "relay": 2, "waited": 31, "microphone": "on"}
WITH_SUPPORT = RULES.model_copy(
    update={"video": RULES.video.model_copy(update={"support_email": SUPPORT})}
)


@pytest.fixture
def app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    rules = f'{CHAT}\n[video]\nsupport_email = "{SUPPORT}"\n'
    app = make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, rules))
    yield app
    db.current().dispose()


def kept():
    with db.reading() as session:
        return session.scalars(select(CallIncident).order_by(CallIncident.id)).all()


def mails():
    with db.reading() as session:
        query = select(OutboxMessage).where(OutboxMessage.template == "call_incident")
        return [_letter(row) for row in session.scalars(query.order_by(OutboxMessage.id))]


def report(viewer, call, rules=WITH_SUPPORT, **told):
    diagnosis = told.get("diagnosis", json.dumps(TOLD))
    cause = told.get("cause", "blocked")
    return report_call(rules, ReportCall(viewer, call, cause, diagnosis, "Chrome · Android"))


def test_one_press_is_one_report_with_what_the_page_measured(app):
    ana, diaz = viewer_of("Ana"), viewer_of("Diaz")
    call = start_call(RULES, diaz, open_with(ana))

    reference = report(ana, call)

    assert report(ana, call, cause="offline") == reference
    [row] = kept()
    assert (row.cause, row.diagnosis) == ("blocked", TOLD)
    assert journal(call)[-1] == ("call.report", "Ana")
    [letter] = mails()
    with app.app_context():
        mail = render(letter, LETTERHEAD)
    assert mail["to"] == SUPPORT
    text = mail.get_body(("plain",)).get_content()
    for words in (reference, "La red no dejó pasar", "connection: failed", "Chrome · Android"):
        assert words in text
    assert not {"Ana", "Núñez", "Díaz"} & set(text.split())
    assert report(diaz, call) != reference


def test_a_call_of_others_is_not_reported_and_an_ended_one_is(app):
    ana, diaz = viewer_of("Ana"), viewer_of("Diaz")
    call = start_call(RULES, diaz, open_with(ana))
    hang_up(diaz, call)

    with pytest.raises(NotFound):
        report(viewer_of("Clara"), call)

    assert report(ana, call, RULES.model_copy(update={"contact": Contact()}))
    assert mails() == []  # nobody is named by the clinic


def test_where_no_address_is_named_the_mailbox_of_support_is_told(app):
    ana, diaz = viewer_of("Ana"), viewer_of("Diaz")
    report(ana, start_call(RULES, diaz, open_with(ana)), RULES)

    [letter] = mails()
    assert letter.recipient == RULES.contact.type_of(policy.SUPPORT).mailbox


def test_reports_and_mails_have_an_end(app, monkeypatch):
    monkeypatch.setattr(incident_actions, "MOST_A_DAY", 2)
    monkeypatch.setattr(incident_actions, "MOST_MAILS_A_DAY", 1)
    ana, diaz = viewer_of("Ana"), viewer_of("Diaz")
    talk = open_with(ana)
    calls = []
    for _ in range(3):
        calls.append(start_call(RULES, diaz, talk))
        hang_up(diaz, calls[-1])

    for call in calls[:2]:
        report(ana, call)
    with pytest.raises(TooManyAttempts):
        report(ana, calls[2])

    assert len(kept()) == 2
    assert len(mails()) == 1


@pytest.mark.parametrize(
    ("text", "kept_of_it"),
    [
        ("", {}),
        ("[1]", {}),
        ("{" * 3000, {}),
        ('{"connection": "<b>", "relay": -1, "name": "Ana"}', {}),
        ('{"relay": true, "host": "3", "rtt": NaN}', {}),
        ('{"host": 3.7, "camera": "off"}', {"host": 3, "camera": "off"}),
    ],
)  # fmt: skip
def test_of_a_diagnosis_only_what_is_known_is_kept(text, kept_of_it):
    assert incidents.diagnosis_of(text) == kept_of_it
    assert incidents.cause_of(text) == incidents.OTHER


def test_who_was_in_a_call_reports_it_from_its_page_without_a_script(page):
    """S2-22: and the clinic's staff reads it, and answers."""
    ana, diaz = page(ANA), page(DIAZ)
    talk = begin(ana)
    diaz.get(f"{talk}/videollamada")
    call = diaz.form("Iniciar Llamada").submit("Iniciar Llamada").headers["Location"]
    ana.get(call)
    ana.form(f"{call}/contestar").submit("Aceptar videollamada")
    diaz.get(call)
    diaz.form(f"{call}/colgar").submit("Colgar llamada")
    diaz.get(call)

    assert diaz.form(f"{call}/informe").submit().status_code == 303

    diaz.get(call)
    assert "Su número de aviso es" in diaz.text()
    [row] = kept()
    assert row.reference in diaz.text()
    [message] = messages()
    assert (message.reference, message.kind) == (row.reference, policy.SUPPORT)
    elsa = page(ELSA)
    elsa.get("/bandeja")
    elsa.click(row.reference)
    for words in ("Una videollamada falló.", "Diagnóstico", "Navegador", "Soporte"):
        assert words in elsa.text()
    elsa.form("Enviar respuesta").fill(text="Pruebe otra red.").submit("Enviar respuesta")
    diaz.get("/contacto/mis-mensajes")
    diaz.click(row.reference)
    assert "Pruebe otra red." in diaz.text()
