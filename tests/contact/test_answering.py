"""The staff's side: who waits, what is answered, and two who answer at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from clinicweb.contact import policy, queries, staff_queries
from clinicweb.contact import staff_actions as actions
from clinicweb.contact.staff_queries import CLOSED, OPEN, InboxSearch
from clinicweb.core import db
from clinicweb.core.errors import Conflict, NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.ids import new_public_id
from tests.accounts.helped import mails
from tests.chat.world import viewer_of
from tests.contact.world import MAILBOX, answers, journal, kept, respond, write


def listed(**search):
    rows, _has_older = staff_queries.list_messages(viewer_of("Elsa"), InboxSearch(**search))
    return [row.public_id for row in rows]


def test_of_two_answers_at_once_the_second_reads_the_first(clinic):
    message_id = write(viewer_of("Ana"))
    staff = [viewer_of("Elsa"), viewer_of("Ada")]

    def answer(viewer):
        try:
            respond(viewer, message_id, text=f"Soy {viewer.name}.")
        except Conflict as conflict:
            return conflict.code
        return "sent"

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(answer, staff))

    assert sorted(found) == [policy.ANSWERED, "sent"]
    late = staff[found.index(policy.ANSWERED)]
    respond(late, message_id, text=f"Soy {late.name}.", seen=1)
    assert sorted(answers()) == ["Soy Ada.", "Soy Elsa."]


def test_an_answer_pressed_twice_is_one_and_its_mail_too(clinic):
    message_id, key = write(viewer_of("Ana")), new_public_id()
    for _ in range(2):
        respond(viewer_of("Elsa"), message_id, key=key)

    assert len(answers()) == 1
    assert journal() == [("contact.write", "Ana"), ("contact.answer", "Elsa")]


def test_one_message_has_so_many_answers_in_a_day(clinic, monkeypatch):
    monkeypatch.setattr(actions, "MOST_ANSWERS_A_DAY", 2)
    message_id = write(None)
    for seen in range(2):
        respond(viewer_of("Elsa"), message_id, seen=seen)

    with pytest.raises(TooManyAttempts):
        respond(viewer_of("Elsa"), message_id, seen=2)

    assert len(answers()) == 2


def test_closed_it_is_not_answered_until_somebody_opens_it_again(clinic):
    elsa, message_id = viewer_of("Elsa"), write(viewer_of("Ana"))
    for _ in range(2):
        actions.close_message(elsa, message_id)
    with pytest.raises(NotAllowed):
        respond(elsa, message_id)
    assert (listed(state=OPEN), listed(state=CLOSED)) == ([], [message_id])
    for _ in range(2):
        actions.reopen_message(elsa, message_id)
    respond(elsa, message_id, closes=True)

    assert listed(state=CLOSED) == [message_id]
    acts = [action.partition(".")[2] for action, _who in journal()]
    assert acts == ["write", "close", "reopen", "answer"]


def test_who_opens_a_message_is_noted_and_it_waits_no_more(clinic):
    elsa, message_id = viewer_of("Elsa"), write(viewer_of("Ana"))
    write(None)
    assert staff_queries.count_unread(elsa) == 2

    actions.note_opened(elsa, message_id)

    assert staff_queries.count_unread(elsa) == 1
    assert ("contact.read", "Elsa") in journal()
    for act in (actions.note_opened, actions.close_message, actions.reopen_message):
        with pytest.raises(NotFound):
            act(elsa, new_public_id())


def test_messages_are_found_by_number_type_and_words_without_accents(clinic):
    first = write(None, text="Mi pensión", address="192.0.2.1")
    second = write(viewer_of("Ana"), kind="reclamo", email="ana@otro.example")
    reference = kept()[1].reference

    assert listed() == [second, first]
    assert listed(words="pension rita") == [first]
    assert listed(words=f" {reference.lower()} ") == [second]
    assert listed(words="otro.example") == [second]
    assert listed(kind="reclamo") == [second]
    assert listed(words="%") == [second, first]
    assert listed(words="nada") == []
    assert listed(before=second) == [first]


def test_the_answer_is_mailed_to_who_has_no_account_alone(app):
    """Others are told that it is there; nobody's words stand in the receipt."""
    hers, strangers = write(viewer_of("Ana")), write(None)
    for message_id in (hers, strangers):
        respond(viewer_of("Elsa"), message_id, text="Venga <b>el martes</b>.\nSaludos.")
    found = [(mail["To"], mail.get_body(("plain",)).get_content()) for mail in mails(app)]
    told = [mail.get_body(("html",)).get_content() for mail in mails(app)]

    clinic_mail, receipt, _, strangers_receipt, hers_answer, strangers_answer = found
    assert clinic_mail[0] == MAILBOX
    assert "¿Atienden el sábado?" in clinic_mail[1]
    assert f"/bandeja/{hers}" in clinic_mail[1]
    assert "sábado" not in receipt[1] + strangers_receipt[1] + hers_answer[1]
    assert kept()[0].reference in receipt[1]
    assert "Venga" not in hers_answer[1]
    assert f"/contacto/mis-mensajes/{hers}" in hers_answer[1]
    assert "Venga <b>el martes</b>.\nSaludos." in strangers_answer[1].replace("\r\n", "\n")
    assert "&lt;b&gt;" in told[-1]
    assert queries.get_own_message(viewer_of("Ana"), hers).answers[0].body.startswith("Venga")
    db.current().dispose()
