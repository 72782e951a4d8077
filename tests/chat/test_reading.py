"""Who reads a conversation, how far, and what its end means, on both databases."""

from datetime import timedelta

import pytest
from flask import g
from sqlalchemy import update

from clinicweb.accounts.models import Account
from clinicweb.chat import policy, queries
from clinicweb.chat.actions import (
    EndConsultation,
    end_consultation,
    reopen_conversation,
)
from clinicweb.chat.context import waiting
from clinicweb.chat.marks import mark_read
from clinicweb.chat.models import ConversationMember
from clinicweb.chat.queries import Stretch
from clinicweb.core import clock, db
from clinicweb.core.errors import NotAllowed, NotFound
from tests.chat.world import RULES, messages, open_with, post, viewer_of


def close_account(name):
    with db.current().writing() as session:
        session.execute(update(Account).where(Account.name == name).values(is_active=False))


def leave(viewer):
    """As if somebody had taken *viewer* out of all conversations."""
    with db.current().writing() as session:
        mine = ConversationMember.account_id == viewer.account_id
        session.execute(update(ConversationMember).where(mine).values(left_at=clock.now()))


def test_to_a_stranger_the_conversation_does_not_exist(ana, clara, soto):
    conversation = open_with(ana)
    mine = post(ana, conversation)

    for stranger in (clara, soto):
        for act in (
            lambda who=stranger: post(who, conversation),
            lambda who=stranger: mark_read(who, RULES, conversation, 1),
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

    assert queries.count_unread(ana, RULES) == 0
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
    assert (row.unread, row.name, queries.count_unread(ana, RULES)) == (3, "Dr. Pablo Díaz", 1)
    assert queries.count_unread(diaz, RULES) == 0
    assert mark_read(ana, RULES, conversation, 2)
    assert not mark_read(ana, RULES, conversation, 1)
    assert queries.list_conversations(ana, RULES)[0].unread == 1
    assert mark_read(ana, RULES, conversation, 999)
    assert queries.count_unread(ana, RULES) == 0
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


def test_who_missed_more_than_comes_at_once_asks_until_nothing_is_left(ana, diaz):
    conversation = open_with(ana)
    for number in range(1, 6):
        post(ana, conversation, str(number))

    known, stretches = 0, []
    while True:
        found = queries.get_changed(diaz, RULES, conversation, since=known, most=2)
        stretches.append([row.text for row in found.messages])
        known = found.changes
        if not found.has_more:
            break

    assert stretches == [["1", "2"], ["3", "4"], ["5"]]
    assert known == queries.get_conversation(diaz, RULES, conversation).changes


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


def test_each_reader_of_one_event_is_told_how_much_waits_for_them(app):
    post(viewer_of("Ana"), open_with(viewer_of("Ana")))
    counts = []

    with app.test_request_context():
        for name in ("Diaz", "Ana"):
            g.viewer = viewer_of(name)
            counts.append(waiting().count)

    assert counts == [1, 0]
