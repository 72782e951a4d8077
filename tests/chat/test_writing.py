"""Opening a conversation and writing in it, on both databases."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from clinicweb.accounts.models import Account
from clinicweb.chat import policy, queries
from clinicweb.chat.actions import (
    EndConsultation,
    OpenConversation,
    end_consultation,
    open_conversation,
    reopen_conversation,
)
from clinicweb.chat.marks import mark_read
from clinicweb.chat.models import ConversationMember
from clinicweb.chat.queries import Stretch
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.core.errors import InvalidInput, NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.ids import new_public_id
from tests.chat.world import RULES, journal, messages, open_with, post, rules_with, viewer_of


def close_account(name):
    with db.current().writing() as session:
        session.execute(update(Account).where(Account.name == name).values(is_active=False))


def leave(viewer):
    """As if somebody had taken *viewer* out of all conversations."""
    with db.current().writing() as session:
        mine = ConversationMember.account_id == viewer.account_id
        session.execute(update(ConversationMember).where(mine).values(left_at=clock.now()))


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


def test_to_a_stranger_the_conversation_does_not_exist(ana, clara, soto):
    conversation = open_with(ana)
    mine = post(ana, conversation)

    for stranger in (clara, soto):
        for act in (
            lambda who=stranger: post(who, conversation),
            lambda who=stranger: mark_read(who, conversation, 1),
            lambda who=stranger: queries.get_conversation(who, RULES, conversation),
            lambda who=stranger: queries.get_changed(who, RULES, conversation, since=0),
            lambda who=stranger: end_consultation(RULES, EndConsultation(who, conversation)),
            lambda who=stranger: reopen_conversation(RULES, who, conversation),
            lambda who=stranger: post(who, open_with(who, "diaz") if who is clara else conversation,
                                      reply_to=mine.message_id),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                act()
    assert messages(conversation) == [(1, "Hola")]
    assert queries.list_conversations(soto, RULES) == ()


def test_who_was_taken_out_gets_nothing_more(ana, diaz):
    conversation = open_with(ana)
    post(diaz, conversation)
    leave(ana)

    assert queries.count_unread(ana) == 0
    assert queries.list_conversations(ana, RULES) == ()
    with pytest.raises(NotFound):
        queries.get_conversation(ana, RULES, conversation)
    with pytest.raises(NotFound):
        post(ana, conversation)


def test_an_account_closed_a_moment_ago_writes_nothing(ana):
    conversation = open_with(ana)
    close_account("Ana")

    with pytest.raises(NotFound):
        post(ana, conversation)


def test_unread_ones_are_counted_until_they_are_read(ana, diaz):
    conversation = open_with(ana)
    for _ in range(3):
        post(diaz, conversation)

    [row] = queries.list_conversations(ana, RULES)
    assert (row.unread, row.name, queries.count_unread(ana)) == (3, "Dr. Pablo Díaz", 1)
    assert queries.count_unread(diaz) == 0
    assert mark_read(ana, conversation, 2)
    assert not mark_read(ana, conversation, 1)
    assert queries.list_conversations(ana, RULES)[0].unread == 1
    assert mark_read(ana, conversation, 999)
    assert queries.count_unread(ana) == 0
    assert queries.get_conversation(diaz, RULES, conversation).messages[-1].is_read


def test_who_answers_has_not_read_what_came_meanwhile(ana, diaz):
    conversation = open_with(ana)
    post(diaz, conversation)
    post(ana, conversation)

    assert not queries.get_conversation(diaz, RULES, conversation).messages[0].is_read


def test_messages_come_in_stretches(ana, diaz):
    conversation = open_with(ana)
    for number in range(1, 8):
        post(ana, conversation, str(number))

    def texts(**stretch):
        found = queries.get_messages(diaz, RULES, conversation, Stretch(**stretch))
        return "".join(row.text for row in found)

    assert texts(most=3) == "567"
    assert texts(before=5, most=3) == "234"
    assert texts(after=2, most=3) == "345"
    assert texts(after=7) == ""


def test_a_page_asks_for_what_it_missed(ana, diaz):
    conversation = open_with(ana)
    post(ana, conversation, "uno")
    known = queries.get_conversation(diaz, RULES, conversation).changes
    post(ana, conversation, "dos")

    changed = queries.get_changed(diaz, RULES, conversation, since=known)

    assert [row.text for row in changed.messages] == ["dos"]
    assert queries.get_changed(diaz, RULES, conversation, since=changed.changes).messages == ()


def test_a_conversation_is_found_by_a_name_without_its_accent(ana, diaz):
    open_with(ana, "soto")
    wanted = open_with(ana, "diaz")

    found = queries.list_conversations(ana, RULES, search="diaz")

    assert [row.public_id for row in found] == [wanted]


def test_an_ended_consultation_is_read_but_not_written_in(ana, diaz):
    conversation = open_with(ana)
    post(ana, conversation)
    end_consultation(RULES, EndConsultation(diaz, conversation, "Reposo"))
    end_consultation(RULES, EndConsultation(diaz, conversation, "Otra vez"))

    page = queries.get_conversation(ana, RULES, conversation)

    assert (page.outcome, page.messages[-1].kind) == ("Reposo", "ended")
    assert (page.post.reason, page.reopen.reason) == (policy.HAS_ENDED, policy.NOT_CLINICIAN)
    with pytest.raises(NotAllowed, match=policy.HAS_ENDED):
        post(ana, conversation)
    assert open_with(ana) != conversation


def test_a_patient_does_not_end_the_consultation(ana):
    conversation = open_with(ana)

    with pytest.raises(NotAllowed, match=policy.NOT_CLINICIAN):
        end_consultation(RULES, EndConsultation(ana, conversation))


def test_a_consultation_goes_on_by_the_clinics_rule(ana, diaz):
    conversation = open_with(ana)
    end_consultation(RULES, EndConsultation(diaz, conversation))
    open_with(ana)  # they have begun another meanwhile

    with pytest.raises(NotAllowed, match=policy.NOT_CLINICIAN):
        reopen_conversation(RULES, ana, conversation)
    with (
        clock.frozen(clock.now() + timedelta(days=31)),
        pytest.raises(NotAllowed, match=policy.REOPEN_LATE),
    ):
        reopen_conversation(RULES, diaz, conversation)
    reopen_conversation(RULES, diaz, conversation)
    reopen_conversation(RULES, diaz, conversation)

    kinds = [row.kind for row in queries.get_conversation(ana, RULES, conversation).messages]
    assert kinds == ["ended", "reopened"]
    assert post(ana, conversation).is_new
