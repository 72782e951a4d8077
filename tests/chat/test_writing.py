"""Opening a conversation and writing in it, on both databases."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from clinicweb.accounts.models import Account
from clinicweb.chat import policy
from clinicweb.chat.actions import (
    EndConsultation,
    OpenConversation,
    end_consultation,
    open_conversation,
)
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.core.errors import InvalidInput, NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.ids import new_public_id
from tests.chat.world import RULES, journal, messages, open_with, post, rules_with, viewer_of


def close_account(name):
    with db.current().writing() as session:
        session.execute(update(Account).where(Account.name == name).values(is_active=False))


def public_id_of(viewer):
    with db.reading() as session:
        return session.get_one(Patient, viewer.patient_id).public_id


def test_who_opens_one_again_gets_the_one_that_is_open(ana, diaz):
    first = open_with(ana)
    again = open_with(ana)
    from_the_other_side = open_conversation(
        RULES, OpenConversation(diaz, patient=public_id_of(ana))
    )

    assert first == again == from_the_other_side
    assert journal(first) == [("conversation.open", ana.patient_id)]


def test_the_two_open_one_at_once_and_there_is_one(ana, diaz):
    patient = public_id_of(ana)
    by_him = OpenConversation(diaz, patient=patient)
    acts = [lambda: open_with(ana), lambda: open_conversation(RULES, by_him)]

    with ThreadPoolExecutor(8) as pool:
        found = {future.result() for future in [pool.submit(acts[n % 2]) for n in range(8)]}

    assert len(found) == 1


def test_a_group_is_made_once_of_one_form(ana, diaz):
    wanted = OpenConversation(diaz, clinicians=("soto",), title="Turno", key=new_public_id())
    pair = open_conversation(RULES, wanted)

    assert pair == open_conversation(RULES, wanted)
    assert journal(pair) == [("conversation.open", None)]


def test_the_clinics_rule_stands_in_the_way(ana, clara):
    rules = rules_with(opens="appointment")

    assert open_with(ana, "diaz", rules)
    with pytest.raises(NotAllowed, match=policy.NO_APPOINTMENT):
        open_with(clara, "diaz", rules)


@pytest.mark.parametrize("code", ["nadie", "ana", ""])
def test_there_is_no_conversation_with_who_is_no_clinician(ana, code):
    with pytest.raises(NotFound):
        open_with(ana, code)


def test_nobody_writes_to_an_account_that_is_closed(ana):
    conversation = open_with(ana)
    close_account("Diaz")

    with pytest.raises(NotAllowed, match=policy.NOBODY_THERE):
        open_with(viewer_of("Clara"))
    with pytest.raises(NotAllowed, match=policy.NOBODY_THERE):
        post(ana, conversation)


def test_messages_are_numbered_in_their_order(ana, diaz):
    conversation = open_with(ana)

    first, second = post(ana, conversation, "¿Puede ser?"), post(diaz, conversation, "Sí.\nVenga")

    assert (first.number, second.number) == (1, 2)
    assert messages(conversation) == [(1, "¿Puede ser?"), (2, "Sí.\nVenga")]
    assert journal(conversation)[1:] == [("message.post", ana.patient_id)] * 2


def test_a_message_sent_again_is_the_same_message(ana):
    conversation, key = open_with(ana), new_public_id()

    first = post(ana, conversation, client_key=key)
    again = post(ana, conversation, "otra cosa", client_key=key)

    assert (again.message_id, again.number, again.is_new) == (first.message_id, 1, False)
    assert messages(conversation) == [(1, "Hola")]


def test_a_message_sent_again_after_the_end_answers_as_the_first(ana, diaz):
    conversation, key = open_with(ana), new_public_id()
    first = post(ana, conversation, client_key=key)
    end_consultation(RULES, EndConsultation(diaz, conversation))

    assert post(ana, conversation, client_key=key).message_id == first.message_id


def test_a_message_sent_again_a_month_later_is_the_same_message(ana, diaz):
    conversation, key = open_with(ana), new_public_id()
    first = post(ana, conversation, client_key=key)
    post(diaz, conversation, "Buenos días")

    with clock.frozen(clock.now() + timedelta(days=30)):
        again = post(ana, conversation, client_key=key)

    assert (again.message_id, again.number, again.is_new) == (first.message_id, 1, False)
    assert messages(conversation) == [(1, "Hola"), (2, "Buenos días")]


def test_what_eight_send_at_once_stands_in_the_order_of_each(ana, diaz, record_property):
    conversation, each = open_with(ana), 6

    def send_all(number):
        for turn in range(each):
            key = new_public_id()
            for _again in range(2):
                post((ana, diaz)[number % 2], conversation, f"{number}-{turn}", client_key=key)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send_all, range(8)))

    said = [text for _number, text in messages(conversation)]
    inversions = sum(
        [text for text in said if text.startswith(f"{number}-")]
        != [f"{number}-{turn}" for turn in range(each)]
        for number in range(8)
    )
    record_property("messages", len(said))
    record_property("inversions", inversions)
    assert len(said) == 8 * each
    assert inversions == 0


def test_the_key_of_another_is_no_key(ana, diaz):
    conversation, key = open_with(ana), new_public_id()
    post(ana, conversation, client_key=key)

    for wrong in (key, "corta", ""):
        with pytest.raises(InvalidInput):
            post(diaz, conversation, client_key=wrong or "x")
    assert len(messages(conversation)) == 1


def test_thirty_write_at_once_and_no_number_is_missing_or_given_twice(ana, diaz, record_property):
    conversation = open_with(ana)
    sent = [(random.choice([ana, diaz]), new_public_id()) for _ in range(30)]  # noqa: S311

    def send(who, key):
        return post(who, conversation, key, client_key=key)

    with ThreadPoolExecutor(30) as pool:  # each sent twice, as on a bad line
        answers = list(pool.map(lambda each: send(*each), sent + sent))

    stored = messages(conversation)
    record_property("messages", len(stored))
    assert [number for number, _text in stored] == list(range(1, 31))
    assert {text for _number, text in stored} == {key for _who, key in sent}
    assert {(answer.message_id, answer.number) for answer in answers[:30]} == {
        (answer.message_id, answer.number) for answer in answers[30:]
    }


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("", "chat.empty"), (" \n\u202e\t", "chat.empty"), ("a" * 101, "chat.too_long")],
)
def test_what_cannot_be_a_message_is_refused(ana, text, wrong):
    conversation = open_with(ana)

    with pytest.raises(InvalidInput) as caught:
        post(ana, conversation, text, rules=rules_with(longest_message=100))

    assert caught.value.errors == {"text": [wrong]}


def test_who_writes_without_end_waits(ana):
    conversation, rules = open_with(ana), rules_with(messages_per_minute=5)
    for _ in range(5):
        post(ana, conversation, rules=rules)

    with pytest.raises(TooManyAttempts):
        post(ana, conversation, rules=rules)
