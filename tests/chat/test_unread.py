"""Who leaves messages unread is told once, without a word of them, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.chat import letters
from clinicweb.chat.editing_actions import ChangeMessage, delete_message
from clinicweb.chat.marks import mark_read
from clinicweb.chat.unread_actions import tell_unread
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.notifications import sms
from clinicweb.notifications.models import OutboxMessage
from clinicweb.notifications.rendering import Letter, render
from tests.booking.world import change
from tests.chat.world import RULES, open_with, post, rules_with
from tests.notifications.mails import make_app
from tests.notifications.texts import LETTERHEAD

NOW = clock.now()
PHONE = "+56912345678"


@pytest.fixture(autouse=True)
def is_texted(monkeypatch):
    """There is a gateway for text messages."""
    monkeypatch.setattr(letters, "sends_texts", lambda: True)


def at(minutes):
    return clock.frozen(NOW + timedelta(minutes=minutes))


def told(minutes=60, rules=RULES):
    """What is written down once the worker came by, *minutes* after the beginning."""
    with at(minutes):
        tell_unread(rules)
    with db.reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_who_leaves_messages_unread_is_told_once_until_they_read(ana, diaz):
    with at(0):
        conversation = open_with(ana)
        post(diaz, conversation, "Hola, Ana")
    with at(14):
        post(diaz, conversation, "¿Está ahí?")

    assert told(14) == []
    assert len(told(15)) == 1
    with at(20):
        post(diaz, conversation, "Le espero")
    assert len(told(90)) == 1

    mark_read(ana, RULES, conversation, 3)
    with at(100):
        post(diaz, conversation, "Buenas tardes")
    assert len(told(114)) == 1
    assert len(told(115)) == 2


def test_who_reads_in_time_is_not_told_nor_who_wrote(ana, diaz):
    with at(0):
        conversation = open_with(ana)
        post(diaz, conversation)
        mark_read(ana, RULES, conversation, 1)
        post(ana, conversation)
        mark_read(diaz, RULES, conversation, 2)

    assert told() == []


def test_what_was_deleted_is_no_news(ana, diaz):
    with at(0):
        conversation = open_with(ana)
        sent = post(diaz, conversation)
        delete_message(RULES, ChangeMessage(diaz, conversation, sent.message_id))

    assert told() == []


def test_the_mail_leads_to_the_conversation_and_says_nothing_of_it(ana, diaz):
    with at(0):
        conversation = open_with(ana)
        post(diaz, conversation, "Su biopsia llegó")
    [message] = told()

    with make_app().app_context():
        mail = render(_letter(message), LETTERHEAD)

    words = mail.as_string()
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    assert all(f"{LETTERHEAD.base_url}/conversaciones/{conversation}" in text for text in parts)
    for secret in ("biopsia", "Díaz", "Diaz", "Pablo"):
        assert secret not in words
        assert not any(secret in text for text in parts)


def _letter(message):
    names = Letter.__dataclass_fields__
    return Letter(**{name: getattr(message, name) for name in names})


@pytest.mark.parametrize("any_clinic_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("notify", "phone", "channels"),
    [
        ("off", PHONE, []),
        ("mail", PHONE, ["email"]),
        ("text", PHONE, ["sms"]),
        ("text", "+573001234567", ["email"]),
        ("both", PHONE, ["sms", "email"]),
    ],
)
def test_the_clinic_chooses_how(ana, diaz, notify, phone, channels):
    change(Patient, Patient.given_name == "Ana", phone=phone)
    rules = rules_with(notify=notify)
    rules = rules.model_copy(update={"sms": rules.sms.model_copy(update={"countries": ("CL",)})})
    with at(0):
        post(diaz, open_with(ana))

    found = told(rules=rules)

    assert [message.channel for message in found] == channels
    with make_app().app_context():
        for message in found:
            if message.channel == "sms":
                assert sms.parts(sms.render(_letter(message), LETTERHEAD).text) == 1


def test_several_workers_tell_each_person_once(ana, diaz, soto, clara):
    with at(0):
        for patient in (ana, clara):
            for code, doctor in (("diaz", diaz), ("soto", soto)):
                post(doctor, open_with(patient, code))
                post(patient, open_with(patient, code))

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(_work, range(4)))

    with db.reading() as session:
        found = session.scalars(select(OutboxMessage.dedupe_key)).all()
    assert sum(counts) == 8
    assert len(found) == len(set(found)) == 8


def _work(_):
    with at(60):
        return tell_unread(RULES)


def test_a_worker_that_dies_has_told_nobody_and_the_next_one_does(ana, diaz, monkeypatch):
    with at(0):
        post(diaz, open_with(ana))
    with monkeypatch.context() as dying:
        dying.setattr("clinicweb.chat.unread_actions.audit.record", _die)
        with pytest.raises(KeyboardInterrupt), at(60):
            tell_unread(RULES)

    assert len(told()) == 1


def _die(*_, **__):
    raise KeyboardInterrupt
