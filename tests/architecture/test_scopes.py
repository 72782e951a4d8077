"""One patient's things are nothing to another; each filter that says so is needed (T02)."""

import pytest

from clinicweb.chat import membership
from clinicweb.core.drafts import Owner
from tests.architecture.mutants import scope_mutants
from tests.architecture.scopes import leaks, paths, plant_canaries

# No page of Clara's meets these; the tests named here fail without the condition.
KILLED_ELSEWHERE = {
    "booking.offer_actions._own-0": (
        "test_offer_answers::test_an_offer_is_for_one_account_and_for_one_person"
    ),
    "booking.offer_actions._own-1": (
        "test_offer_answers::test_an_offer_is_for_one_account_and_for_one_person"
    ),
    "booking.offer_actions._named-0": (
        "test_offer_answers::test_nobody_elses_appointment_makes_room"
    ),
    "video.admission_actions._conversation_of-0": (
        "test_attention::test_a_conversation_with_another_doctor_is_not_beside_it"
    ),
    "chat.queries.count_unread-0": "test_reading::test_unread_ones_are_counted_until_they_are_read",
    "notifications.push_actions.end_push-0": (
        "test_push::test_a_browser_tells_one_person_alone_and_nobody_ends_anothers"
    ),
    "contact.queries.find_sent-0": ("test_writing::test_the_form_of_one_is_not_sent_by_another"),
    "documents.queries._theirs-0": (
        "test_prescriptions::test_another_patients_prescription_does_not_exist_for_a_query"
    ),
    "documents.leave_queries._theirs-0": (
        "test_sick_leaves::test_another_patients_sick_leave_does_not_exist_for_a_query"
    ),
    "feed.actions._forget-0": "test_feed::test_an_address_of_ones_own_ends_nobody_elses",
    "accounts.passkey_actions.add_passkey-0": "test_passkeys::test_there_is_an_end_to_how_many",
    "booking.moving_queries.get_movable-0": (
        "test_move::test_anothers_appointment_and_one_that_never_was_are_the_same"
    ),
    "booking.waiting_actions._check-0": (
        "test_waiting_pages::test_others_waits_are_not_counted_against_anybody"
    ),
    "accounts.totp_actions._all_of-0": "test_totp::test_clara_does_not_come_in_with_anas_code",
}
MUTANTS = [mutant for mutant in scope_mutants() if str(mutant) not in KILLED_ELSEWHERE]


@pytest.fixture(scope="module")
def planted(world):
    plant_canaries(world)
    return world


def test_clara_meets_nothing_of_anas(planted):
    assert len(list(paths(planted))) >= 15
    assert list(leaks(planted)) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_without_one_of_its_filters_the_portal_leaks(planted, mutant, monkeypatch):
    module, forgetful = mutant.made()
    monkeypatch.setattr(module, mutant.function, forgetful)
    monkeypatch.setattr(planted.client, "may_fail", True)

    assert any(leaks(planted, first=mutant.module.split(".")[1]))


def test_without_the_owner_of_drafts_the_portal_leaks(planted, monkeypatch):
    monkeypatch.setattr(Owner, "owns", lambda *_: True)
    monkeypatch.setattr(planted.client, "may_fail", True)

    assert any(leaks(planted))


def test_without_asking_who_may_be_in_a_conversation_the_portal_leaks(planted, monkeypatch):
    monkeypatch.setattr(membership, "may_be_in", lambda *_: True)
    monkeypatch.setattr(planted.client, "may_fail", True)

    assert any(leaks(planted, first="chat"))


def test_the_filters_were_found():
    names = {mutant.function for mutant in MUTANTS}

    assert {"_appointments", "list_sessions", "end_session", "release_appointment"} <= names
