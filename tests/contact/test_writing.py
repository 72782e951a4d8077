"""Writing to the clinic: what is kept, who is told, and where it ends."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import load_rules
from clinicweb.contact import queries
from clinicweb.contact.actions import write_message
from clinicweb.contact.models import ContactNotice
from clinicweb.core import db
from clinicweb.core.errors import Conflict, InvalidInput, NotFound, TooManyAttempts
from clinicweb.core.text import text_hash
from clinicweb.notifications.models import OutboxMessage
from tests.chat.world import viewer_of
from tests.contact.world import (
    BODY,
    COMPLAINTS,
    MAILBOX,
    PRESET,
    a_message,
    journal,
    kept,
    rules_with,
    write,
)


def outbox():
    """(template, recipient) of each mail, the oldest first."""
    with db.reading() as session:
        rows = session.execute(
            select(OutboxMessage.template, OutboxMessage.recipient).order_by(OutboxMessage.id)
        )
        return [(template, recipient) for template, recipient in rows]


def test_a_message_is_kept_with_the_notices_as_they_stood(clinic):
    """S3-51, S3-52."""
    ana = viewer_of("Ana")

    message_id = write(ana, email="otra@correo.example")

    [row] = kept()
    assert row.public_id == message_id
    assert (row.account_id, row.patient_id, row.name) == (ana.account_id, ana.patient_id, "Ana")
    assert (row.email, row.body, row.kind) == ("otra@correo.example", BODY, "consulta")
    notices = PRESET.contact.notices
    assert (row.notices_version, row.notices_hash) == (notices.version, text_hash(notices.text))
    with db.reading() as session:
        assert session.get_one(ContactNotice, row.notices_hash).text == notices.text
    assert journal() == [("contact.write", "Ana")]
    assert outbox() == [
        ("contact_message", MAILBOX),
        ("contact_received", "otra@correo.example"),
    ]


def test_each_type_has_its_mailbox_and_one_without_waits_in_the_portal(clinic):
    write(None, kind="reclamo")
    types = [one.model_copy(update={"mailbox": ""}) for one in PRESET.contact.types]
    write(None, rules_with(types=tuple(types)))

    assert ("contact_message", COMPLAINTS) in outbox()
    assert [template for template, _to in outbox()].count("contact_message") == 1
    assert len(kept()) == 2


def test_pressed_twice_it_is_one_message_even_at_once(clinic):
    message = a_message(viewer_of("Ana"))

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: write_message(PRESET, message), range(4)))

    assert found == {write_message(PRESET, message)}
    assert len(kept()) == 1
    assert len(outbox()) == 2


def test_the_form_of_one_is_not_sent_by_another(clinic):
    message = a_message(viewer_of("Ana"))
    write_message(PRESET, message)

    with pytest.raises(Conflict):
        write_message(PRESET, replace(message, viewer=viewer_of("Clara")))

    assert queries.find_sent(viewer_of("Clara"), message.key) is None
    assert len(kept()) == 1


@pytest.mark.parametrize("changes", [{"kind": "otra"}, {"text": " \n "}, {"text": "a" * 4001}])
def test_what_is_no_message_is_refused(clinic, changes):
    with pytest.raises(InvalidInput):
        write(None, **changes)

    assert kept() == []


def test_each_limit_ends_the_mails_it_is_for(clinic):
    """By account, by network, by whoever's address is typed, by the clinic's mailbox."""
    ana = viewer_of("Ana")
    few = rules_with(messages_per_account_day=2, messages_per_network_hour=3)
    for _ in range(2):
        write(ana, few)
    with pytest.raises(TooManyAttempts):
        write(ana, few)
    for _ in range(3):
        write(None, few, address="192.0.2.7")
    with pytest.raises(TooManyAttempts):
        write(None, few, address="192.0.2.7")
    write(viewer_of("Clara"), few)

    assert len(kept()) == 6
    received = [to for template, to in outbox() if template == "contact_received"]
    assert received == ["rita@correo.example"] * 3

    scarce = rules_with(mails_per_mailbox_hour=1)
    for number in range(2):
        write(None, scarce, kind="reclamo", address=f"198.51.100.{number}")
    assert outbox().count(("contact_message", COMPLAINTS)) == 1
    assert len(kept()) == 8


def test_for_whom_one_may_not_act_nothing_is_written(clinic):
    ana, family = viewer_of("Ana"), load_rules("afiliados")
    with db.current().writing() as session:
        beto = session.scalars(select(Patient).where(Patient.given_name == "Beto")).one()
        clara = session.scalars(select(Patient).where(Patient.given_name == "Clara")).one()
        beto.birth_date = date(2018, 3, 3)
        ids = {"beto": beto.id, "clara": clara.id}

    def for_(name):
        acting = replace(ana, patient_id=ids[name], holder_id=ana.patient_id)
        return write(acting, family, kind="duda")

    for_("beto")
    with pytest.raises(NotFound):
        for_("clara")

    [row] = kept()
    assert (row.account_id, row.patient_id) == (ana.account_id, ids["beto"])


def test_nobody_reads_what_another_wrote(clinic):
    ana, clara = viewer_of("Ana"), viewer_of("Clara")
    hers, strangers = write(ana), write(None)

    assert [row.public_id for row in queries.list_own_messages(ana)] == [hers]
    assert queries.list_own_messages(clara) == ()
    for message_id in (hers, strangers):
        with pytest.raises(NotFound):
            queries.get_own_message(clara, message_id)
    assert queries.get_strangers_reference(None, strangers) == kept()[1].reference
    with pytest.raises(NotFound):
        queries.get_strangers_reference(None, hers)
