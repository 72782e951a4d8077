"""Who changes a record leaves a line in the journal, or nothing is changed."""

from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from clinicweb.audit import actions as audit
from clinicweb.audit.models import AuditEvent
from clinicweb.core import clock, db
from tests.architecture.policy_table import PASS, TABLE
from tests.architecture.routes import stored
from tests.architecture.world import SAME_ORIGIN
from tests.cast import PASSWORD

# They change no record: a cookie, a draft, a counter (signing in with nothing typed fails).
NO_RECORDS = {"web.language", "booking.reserva_answer", "accounts.enter", "recovery.review"}
# No hour is named: nothing is kept for anybody.
NO_RECORDS |= {"booking.keep_hour"}
# Nothing is named to wait for (``test_waiting_pages``).
NO_RECORDS |= {"waiting.start"}
# They write a request down that names nobody yet; answering it leaves a line.
NO_RECORDS |= {"recovery.ask_password", "recovery.ask_username", "recovery.ask_activation"}
NO_RECORDS |= {"reactivation.ask"}
NO_RECORDS |= {"registration.resend", "registration.renew", "registration.send_code"}
# An empty form: nothing happens.
NO_RECORDS |= {"registration.registro_answer", "passkeys.come_in", "passkeys.do_add"}
NO_RECORDS |= {"factors.confirm_app"}
# A code that nobody was sent: the guess is counted.
NO_RECORDS |= {"phone.enter_code"}
# Their forms hold what stood there when they were opened: ``test_own_contact``.
NO_RECORDS |= {"own_data.ask_email", "phone.change"}
# There is none, or nothing that it would be for.
NO_RECORDS |= {"factors.remove_app"}
# A challenge that nobody has answered.
NO_RECORDS |= {"passkeys.add_options", "passkeys.door_options"}
# How far somebody has read; a conversation that is open.
NO_RECORDS |= {"chat.read", "chat.reopen"}
# No file is chosen; one that is said to come (``tests/chat/test_files``).
NO_RECORDS |= {"chat_files.send", "chat_files.begin", "chat_files.part", "chat_files.cancel"}
# Strangers ask what a paper is worth; how often, is counted (``tests/documents/test_verify``).
NO_RECORDS |= {"verify.code", "verify.file"}
# A measurement; nothing was tried yet (``tests/video/test_check``).
NO_RECORDS |= {"check.down", "check.up", "check.relay", "check.save"}
# She consented already, and went already (``tests/video/test_attention``).
NO_RECORDS |= {"attention.accept", "attention.leave"}
# Acts of clinicians (``tests/chat``).
CLINICIANS_ACTS = {"chat.do_end", "chat.do_transfer", "chat.add", "chat.leave", "chat.remove"}
CLINICIANS_ACTS |= {"video.start", "attention.admit", "attention.conclude"}
# Worth something in one browser alone, which nobody here has (``test_second_factor``).
ANOTHER_BROWSER = {"second_factor.send", "second_factor.enter_code"}
ANOTHER_BROWSER |= {"passkeys.show_options", "passkeys.do_show"}
# In a clinic of families alone (``tests/family``).
OTHER_CLINICS = {"booking.do_member_release", "booking.ask_for_member"}
OTHER_CLINICS |= {"booking.do_member_move", "booking.member_keep_hour"}
# Acts of the staff (``tests/contact``).
STAFFS_ACTS = {"inbox.answer", "inbox.close", "inbox.reopen"}
ELSEWHERE = STAFFS_ACTS | NO_RECORDS | ANOTHER_BROWSER | OTHER_CLINICS | CLINICIANS_ACTS
NEW = {"password": "siete patos en fila", "again": "siete patos en fila"}
MESSAGE = "/conversaciones/<public_id:conversation_id>/mensajes/<public_id:message_id>"
TYPED = {
    "/clave/nueva/<token>": NEW,
    "/mi-perfil/clave": NEW | {"current": PASSWORD},
    "/mi-perfil/confirmar": {"password": PASSWORD},
    "/mi-perfil/segundo-factor/llave/<public_id:passkey_id>": {"name": "Otro nombre"},
    "/cuenta/codigo/<public_id:request_id>": {"code": "000000"},
    "/invitacion/<invite_token>": NEW | {"terms": "y"},
    "/mi-perfil/idioma": {"language": "en"},
    "/citas/<public_id:appointment_id>/entrar/nombre": {"name": "Ana María Núñez"},
    "/contacto": {
        "kind": "consulta",
        "email": "ana@correo.example",
        "text": "Hola",
        "notices": "y",
    },
    "/conversaciones/nueva": {"clinician": "diaz"},
    "/mi-perfil/avisos": {
        "endpoint": "https://fcm.googleapis.com/fcm/send/x",
        "p256dh": urlsafe_b64encode(b"\x04" * 65).rstrip(b"=").decode(),
        "auth": "A" * 22,
    },
    "/conversaciones/<public_id:conversation_id>": {"key": "K" * 22, "text": "Hola"},
    "/conversaciones/<public_id:conversation_id>/mensajes/<public_id:message_id>": {
        "text": "Adiós"
    },
}
# What can be done only later: an expired link sends its successor.
LATER = dict.fromkeys(
    (
        "/clave/otro-enlace/<token>",
        "/clave/temporal/<temporary_token>/otra-vez",
        "/invitacion/<invite_token>/otra-vez",
    ),
    timedelta(hours=2),
)
ACTS = sorted(
    line.split(" | ")[0]
    for line in stored()
    if line.split(" | ")[1] == "POST" and line.split(" | ")[2] not in ELSEWHERE
)


def act(world, address):
    """Ana does it; how many lines the journal has grown by, and whether anything changed."""
    rule = next(rule for rule in world.app.url_map.iter_rules() if rule.rule == address)
    ana, before = world.actor("ana"), lines()
    headers = SAME_ORIGIN | {"Cookie": ana.cookie}
    data = {"csrf_token": ana.token} | TYPED.get(address, {})
    with clock.frozen(clock.now() + LATER.get(address, timedelta())):
        world.client.post(world.path_of(rule), headers=headers, data=data)
    grown, is_changed = lines() - before, not world.snapshot.has_the_same_records()
    world.snapshot.restore()
    return grown, is_changed


def lines():
    with db.reading() as session:
        return session.scalar(select(func.count(AuditEvent.id)))


@pytest.mark.parametrize("address", ACTS)
def test_an_act_leaves_a_line(world, address):
    grown, is_changed = act(world, address)

    assert is_changed
    assert grown >= 1


@pytest.mark.parametrize("address", ACTS)
def test_without_its_line_an_act_does_not_happen(world, address, monkeypatch):
    monkeypatch.setattr(audit, "record", lambda *_, **__: None)
    monkeypatch.setattr(world.client, "may_fail", True)

    assert act(world, address) == (0, False)


def test_the_acts_are_not_forgotten():
    assert len(ACTS) >= 3
    assert all(TABLE[endpoint]["ana"] == PASS for endpoint in NO_RECORDS)
